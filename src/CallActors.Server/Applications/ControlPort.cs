using System.Security.Cryptography;
using System.Text;
using CallActors.Control;
using CallActors.Control.Commands;
using CallActors.Net;
using CallActors.Server.Partitions;
using CallActors.Server.Restoring;
using CallActors.Server.Transports;
using CallActors.Sip.Messages;
using Microsoft.Extensions.Logging;

namespace CallActors.Server.Applications;

/// <summary>The server's end of the control protocol: admits applications and carries out what they ask, in the order they ask it.</summary>
internal sealed partial class ControlPort(ServerContext context, SipDispatch dispatch, IReadOnlyList<Partition> partitions) : IApplicationHost
{
    private readonly byte[] _secret = SHA256.HashData(Encoding.UTF8.GetBytes(context.Options.Admin.Secret));
    private readonly byte[] _hostPorts = Encoding.UTF8.GetBytes(context.Transports.HostPorts);
    private readonly byte[] _localHostPorts = Encoding.UTF8.GetBytes(context.Transports.LocalHostPorts);
    private readonly Lock _gate = new();
    private readonly Dictionary<ApplicationConnection, DateTimeOffset> _connected = [];

    /// <summary>What the server calls itself: a version that clients of drachtio understand (specification 1.3).</summary>
    public static ReadOnlySpan<byte> Version => "v0.9.10"u8;

    /// <inheritdoc/>
    public int MaxFrame => context.Options.Limits.MaxControlFrame;

    /// <inheritdoc/>
    public DateTimeOffset UtcNow => context.UtcNow;

    /// <inheritdoc/>
    public TimeSpan Uptime => context.Uptime;

    /// <summary>Who takes over what an application leaves.</summary>
    public Succession Succession { get; } = new(context, dispatch);

    // It keeps nothing, so it does not matter who makes it.
    private Restoration Restoration => field ??= new Restoration(context, dispatch, partitions, Succession);

    /// <summary>How many applications are connected.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _connected.Count;
        }
    }

    /// <summary>A connection was accepted.</summary>
    public ApplicationConnection Accept(IStreamConnection connection) => Admit(connection, isOutbound: false);

    /// <summary>A connection was made by the server.</summary>
    public ApplicationConnection Dialled(IStreamConnection connection) => Admit(connection, isOutbound: true);

    /// <summary>Ends connections that have not proven themselves in time.</summary>
    public void EndUnauthenticated(TimeSpan limit)
    {
        List<ApplicationConnection> late = [];
        lock (_gate)
        {
            foreach (var (application, since) in _connected)
            {
                if (!application.IsAuthenticated && UtcNow - since > limit) late.Add(application);
            }
        }

        foreach (var application in late) application.Close("No authentication in time");
    }

    /// <summary>Ends all connections.</summary>
    public void CloseAll(string reason)
    {
        ApplicationConnection[] all;
        lock (_gate) all = [.. _connected.Keys];
        foreach (var application in all) application.Close(reason);
    }

    /// <inheritdoc/>
    public void Handle(ApplicationConnection application, ReadOnlySpan<byte> payload)
    {
        var command = ControlCommand.Parse(payload, application.IsAuthenticated);
        switch (command.Verdict)
        {
            case CommandVerdict.Refuse:
                LogRefused(application.Remote, Encoding.UTF8.GetString(command.Text));
                application.Refuse(command.Id, command.Text, command.Detail);
                return;
            case CommandVerdict.Decline:
                application.Nok(command.Id, command.Text, command.Detail);
                return;
        }

        switch (command.Kind)
        {
            case CommandKind.Authenticate: Authenticate(application, new AuthenticateCommand(command.Message)); break;
            case CommandKind.Ping: application.Pong(command.Id); break;
            case CommandKind.Route: Route(application, new RouteCommand(command.Message), wants: true); break;
            case CommandKind.RemoveRoute: Route(application, new RouteCommand(command.Message), wants: false); break;
            case CommandKind.NewRequest: Send(application, new NewRequestCommand(command.Message)); break;
            case CommandKind.DialogRequest: Send(application, new DialogRequestCommand(command.Message)); break;
            case CommandKind.Cancel: Cancel(application, new CancelCommand(command.Message)); break;
            case CommandKind.Response: Respond(application, new ResponseCommand(command.Message)); break;
            case CommandKind.Proxy: Proxy(application, new ProxyCommand(command.Message)); break;
            case CommandKind.Session: Succession.Session(application, new SessionCommand(command.Message)); break;
            case CommandKind.Claim: Succession.Claim(application, new ClaimCommand(command.Message)); break;
            case CommandKind.Stray: Succession.Stray(application, new StrayCommand(command.Message)); break;
            case CommandKind.Restore: Restoration.Restore(application, new RestoreCommand(command.Message)); break;
            case CommandKind.Unknown: Restoration.Unknown(application, new UnknownCommand(command.Message)); break;
            default: throw new InvalidOperationException($"No code carries out {command.Kind}.");
        }
    }

    /// <inheritdoc/>
    public void Left(ApplicationConnection application, string? reason)
    {
        lock (_gate) _connected.Remove(application);
        context.Routes.Remove(application);
        LogLeft(application.Remote, reason ?? "closed by the application");
        application.OnAuthenticated?.Invoke(application, false);
        if (!application.IsAuthenticated) return;
        var lost = Succession.Leave(application);
        var heir = HeirOf(application);
        foreach (var partition in partitions)
        {
            using (partition.EnterScope()) partition.Departures.OwnerLeft(application, heir);
        }

        Succession.Offer(application, lost);
        Restoration.Left(application);
    }

    // Adoption by tags, for applications without extensions.
    private ApplicationConnection? HeirOf(ApplicationConnection application)
    {
        if (!context.Options.Extensions.AdoptByTags || application.Group is not null || application.IsOutbound) return null;
        lock (_gate)
        {
            foreach (var other in _connected.Keys)
                if (other is { IsOpen: true, IsAuthenticated: true, IsOutbound: false, Group: null } && other.HasTagsOf(application)) return other;
        }

        return null;
    }

    private ApplicationConnection Admit(IStreamConnection connection, bool isOutbound)
    {
        var application = new ApplicationConnection(this, connection, isOutbound);
        lock (_gate) _connected[application] = UtcNow;
        return application;
    }

    // Compared as hashes in constant time: neither the secret nor its length shows in how long it takes.
    private void Authenticate(ApplicationConnection application, AuthenticateCommand command)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(command.Secret, hash);
        if (!CryptographicOperations.FixedTimeEquals(hash, _secret))
        {
            LogWrongSecret(application.Remote);
            application.Refuse(command.Message.Id, ControlTexts.Protocol.IncorrectSecret);
            return;
        }

        List<string> tags = [];
        foreach (var tag in command.Tags) tags.Add(Encoding.ASCII.GetString(tag));
        application.Authenticate(tags);
        application.Welcome(command.Message.Id, _hostPorts, Version, _localHostPorts, Succession.Join(application, command.Extensions));
        Restoration.Came(application);
        LogJoined(application.Remote, tags.Count == 0 ? "no tags" : string.Join(',', tags));
        application.OnAuthenticated?.Invoke(application, true);
    }

    private void Route(ApplicationConnection application, RouteCommand command, bool wants)
    {
        var verb = Encoding.UTF8.GetString(command.Verb).ToLowerInvariant();
        if (wants && !application.IsOutbound)
        {
            context.Routes.Add(verb, application);
            context.Routed();
        }
        else
        {
            context.Routes.Remove(verb, application);
        }

        application.Ok(command.Message.Id);
    }

    private void Send(ApplicationConnection application, NewRequestCommand command)
    {
        var callId = CallIdOf(command.Sip);
        var fresh = callId.IsEmpty ? context.Identity.NewCallId() : default;
        if (callId.IsEmpty) callId = fresh.Span;

        var partition = dispatch.PartitionOf(callId);
        using (partition.EnterScope()) partition.Requests.Send(application, command.Message.Id, command, callId);
    }

    private void Send(ApplicationConnection application, DialogRequestCommand command)
    {
        var id = command.DialogId;
        var end = id.LastIndexOf(";from-tag="u8);
        var partition = dispatch.PartitionOf(end < 0 ? id : id[..end]);

        // Before it is sent: its answer may be here at once.
        TransactionId received = default;
        var isRelayed = application.Group is not null && TransactionId.TryParse(command.For, out received)
            && SipMethods.Find(command.Sip.Method) is not (SipMethod.Invite or SipMethod.Ack) && Succession.TryLink(application, received);
        bool wasSent;
        using (partition.EnterScope()) wasSent = partition.DialogRequests.Send(application, command.Message.Id, command, isRelayed ? received : null);
        if (isRelayed && !wasSent) Succession.Unlink(received);
    }

    private void Cancel(ApplicationConnection application, CancelCommand command)
    {
        if (!TransactionId.TryParse(command.TransactionId, out var id) || dispatch.PartitionOf(id) is not { } partition)
        {
            application.Nok(command.Message.Id, ControlTexts.Cancel.UnknownTransaction, command.TransactionId);
            return;
        }

        using (partition.EnterScope()) partition.Cancellations.Send(application, command.Message.Id, command, id);
    }

    private void Respond(ApplicationConnection application, ResponseCommand command)
    {
        if (!TransactionId.TryParse(command.TransactionId, out var id) || dispatch.PartitionOf(id) is not { } partition)
        {
            application.Nok(command.Message.Id, ControlTexts.Response.UnknownTransaction);
            return;
        }

        using (partition.EnterScope()) partition.Answers.Respond(application, command.Message.Id, id, command.Sip);
    }

    private void Proxy(ApplicationConnection application, ProxyCommand command)
    {
        if (!TransactionId.TryParse(command.TransactionId, out var id) || dispatch.PartitionOf(id) is not { } partition)
        {
            application.Nok(command.Message.Id, ControlTexts.Proxy.UnknownTransaction, command.TransactionId);
            return;
        }

        using (partition.EnterScope()) partition.Proxies.Begin(application, command.Message.Id, command, id);
    }

    private static ReadOnlySpan<byte> CallIdOf(AppMessage message)
    {
        foreach (var header in message.Headers)
        {
            if (SipHeaderNames.Find(header.Name) == SipHeaderId.CallId) return header.Value;
        }

        return default;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "application at {Remote} connected with {Tags}")]
    private partial void LogJoined(NetAddress remote, string tags);

    [LoggerMessage(Level = LogLevel.Information, Message = "application at {Remote} left: {Reason}")]
    private partial void LogLeft(NetAddress remote, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "application at {Remote} gave an incorrect secret and is disconnected; compare <admin secret> or --secret with the application's")]
    private partial void LogWrongSecret(NetAddress remote);

    [LoggerMessage(Level = LogLevel.Warning, Message = "application at {Remote} broke the protocol and is disconnected: {Text}")]
    private partial void LogRefused(NetAddress remote, string text);

    private readonly ILogger _logger = context.Log;
}
