using System.Collections.Concurrent;
using CallActors.Server.Applications;
using CallActors.Server.Composition;
using CallActors.Server.Configuration;
using CallActors.Server.Restoring;
using CallActors.Server.Routing;
using CallActors.Server.Transports;
using CallActors.Sip;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;
using Microsoft.Extensions.Logging;

namespace CallActors.Server.Partitions;

/// <summary>What all partitions share: configuration, the ways out, and the machines, none of which holds a call's state.</summary>
internal sealed class ServerContext
{
    private long _firstRoute;

    public required ServerOptions Options { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Log { get; init; }

    /// <summary>Takes what should never be thrown.</summary>
    public required Action<Exception> OnFault { get; init; }

    public required SipTimers SipTimers { get; init; }

    public required SipTransports Transports { get; init; }

    public required SipOutput Output { get; init; }

    public required AddressBook Addresses { get; init; }

    public required RegisteredFlows Registrations { get; init; }

    public required RouteTable<ApplicationConnection> Routes { get; init; }

    public required SipIdentity Identity { get; init; }

    /// <summary>Who may be asked for dialogs that are not known.</summary>
    public Restorers Restorers { get; } = new();

    public required ServerCounters Counters { get; init; }

    public required CallRecords Cdrs { get; init; }

    /// <summary>True once the order to leave was given: new calls are turned away.</summary>
    public bool IsDraining { get; set; }

    public required AppHeaderRules HeaderRules { get; init; }

    public required NewRequests NewRequests { get; init; }

    public required Responses Responses { get; init; }

    public required ForwardedRequests Forwarded { get; init; }

    /// <summary>The configured next hop for everything outside dialogs; empty for none.</summary>
    public required Octets OutboundProxy { get; init; }

    /// <summary>Finds dead stream connections by their silence.</summary>
    public required SilentConnections Silent { get; init; }

    /// <summary>Each partition's share of the bounds.</summary>
    public required PartitionLimits PartitionLimits { get; init; }

    /// <summary>The request-handlers; null when none is configured. They need the control port, so they come last.</summary>
    public IRequestHandlers? Handlers { get; set; }

    /// <summary>Final responses to requests that were sent because of received ones, which may be in other partitions.</summary>
    public ConcurrentQueue<RelayedResponse> Relayed { get; } = new();

    /// <summary>Time since the server started.</summary>
    public TimeSpan Uptime => Time.GetElapsedTime(StartedAt);

    public required long StartedAt { get; init; }

    /// <summary>How long ago an application asked for requests for the first time since the start; zero while none has.</summary>
    public TimeSpan SinceFirstRoute => Volatile.Read(ref _firstRoute) is > 0 and var first ? Uptime - new TimeSpan(first) : TimeSpan.Zero;

    /// <summary>An application asks for requests.</summary>
    public void Routed() => Interlocked.CompareExchange(ref _firstRoute, Math.Max(1, Uptime.Ticks), 0);

    /// <summary>The wall clock, for time tokens.</summary>
    public DateTimeOffset UtcNow => Time.GetUtcNow();
}

/// <summary>What the request that was sent because of another was answered.</summary>
/// <param name="Received">The other.</param>
/// <param name="Response">The final response.</param>
internal readonly record struct RelayedResponse(TransactionId Received, SipResponse Response);

/// <summary>One partition's share of the server's bounds.</summary>
/// <param name="Transactions">Transactions of each side.</param>
/// <param name="Dialogs">Dialogs.</param>
/// <param name="Waiting">New requests without a first response.</param>
internal sealed record PartitionLimits(int Transactions, int Dialogs, int Waiting)
{
    /// <summary>The bounds divided by the partitions, rounded up.</summary>
    public static PartitionLimits Of(LimitOptions limits)
    {
        int Share(int bound) => (int)(((long)bound + limits.Partitions - 1) / limits.Partitions);
        return new PartitionLimits(Share(limits.MaxTransactions), Share(limits.MaxDialogs), Share(limits.MaxPendingRequests));
    }
}
