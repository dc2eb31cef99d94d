using System.Globalization;
using CallActors.Calls;
using CallActors.Connections;
using CallActors.Headers;
using CallActors.Sip.Headers;
using CallActors.Targets;

namespace CallActors.Requests;

/// <summary>What one call sends outside dialogs. The call lives until all of it is over.</summary>
internal sealed class CallRequests(CallCore core)
{
    private static readonly SendOptions s_plain = new();
    private int _last;

    /// <summary>Sends a request and waits for its outcome.</summary>
    /// <exception cref="ArgumentException">The method, the target or an option is none that can be sent.</exception>
    public Task<RequestOutcome> Send(string method, CallTarget target, MessageBody? body, HeaderFields? headers, SendOptions? options)
    {
        Check(method, target, options);
        options ??= s_plain;
        var request = New(method, target, body, headers, options, Connection(options.Server));
        core.Run(() => request.Done);
        request.Send();
        return request.Done;
    }

    /// <summary>Makes a request, not sent yet.</summary>
    public OutsideRequest New(string method, CallTarget target, MessageBody? body, HeaderFields? headers, SendOptions options, ServerConnection? connection)
    {
        // The key in the Call-ID brings whatever refers to it here, on any node.
        var callId = $"{core.Key}~m{(++_last).ToString(CultureInfo.InvariantCulture)}";
        var request = new OutsideRequest(core, connection, method, target, body, headers, options, callId)
        {
            // The retry after a challenge needs the message that went out.
            WasSent = static _ => { },
        };
        if (options.OnProgress is { } told) request.Provisional = response => core.Run(() => told(response));
        if (options.Timeout is { } limit) request.LimitTo(limit);
        return request;
    }

    /// <summary>Whether a request may be sent.</summary>
    /// <exception cref="ArgumentException">It may not.</exception>
    public static void Check(string method, CallTarget target, SendOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(method);
        ArgumentNullException.ThrowIfNull(target);
        if (method is "INVITE" or "ACK" or "BYE" or "CANCEL" or "PRACK" or "UPDATE" or "SUBSCRIBE")
            throw new ArgumentException($"{method} is not sent by hand: see Dial, Subscribe and the legs.", nameof(method));
        HeaderLine.Of(method, "");
        if (options?.From is { } from) HeaderLine.Of("From", from);
    }

    /// <summary>Subscribes to somebody's state.</summary>
    /// <exception cref="ArgumentException">The target, the package or an option is none.</exception>
    public OutgoingSubscription Subscribe(CallTarget target, string package, TimeSpan? expires, MessageBody? body, HeaderFields? headers, SendOptions? options)
    {
        Check("OPTIONS", target, options);
        if (!EventValue.TryParse(System.Text.Encoding.UTF8.GetBytes(package), out _)) throw new ArgumentException($"'{package}' is no event package.", nameof(package));
        var asked = expires ?? Subscription.Usual;
        ArgumentOutOfRangeException.ThrowIfLessThan(asked, TimeSpan.Zero, nameof(expires));
        var subscription = new OutgoingSubscription(core, target, package, asked, body, headers, options ?? s_plain);
        var isFull = Living() >= core.Runtime.Options.MaxSubscriptions;
        core.Add(subscription);
        if (isFull) subscription.Refuse("the call has as many subscriptions as it may have");
        else subscription.Start();
        return subscription;
    }

    /// <summary>The connection that a request goes over: that of a server, that of the call, or any.</summary>
    public ServerConnection? Connection(string? server) =>
        server is not null ? core.Runtime.Traffic.Find(server) : core.Request?.Connection ?? core.Runtime.Traffic.Find(null);

    private int Living()
    {
        var count = 0;
        foreach (var leg in core.Legs)
        {
            if (leg is Subscription { IsOver: false }) count++;
        }

        return count;
    }
}
