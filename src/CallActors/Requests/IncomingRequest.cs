using System.Text;
using CallActors.Calls;
using CallActors.Commands;
using CallActors.Connections;
using CallActors.Control.Commands;
using CallActors.Headers;
using CallActors.Proxying;
using CallActors.Sip;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>A request outside any dialog: the beginning of a call, or one that ends with its response, such as REGISTER or OPTIONS.</summary>
public sealed class IncomingRequest : ReceivedRequest
{
    private Dictionary<object, object?>? _items;

    internal IncomingRequest(CallRuntime runtime, ServerConnection connection, Octets transactionId, SipRequest message, RequestSource source)
        : base(runtime, connection, transactionId, message) => Source = source;

    /// <summary>Where it came from.</summary>
    public RequestSource Source { get; }

    /// <summary>The Request-URI as text.</summary>
    public string Uri => Encoding.UTF8.GetString(Message.RequestUri);

    /// <summary>The user part of the Request-URI, or the number of a tel URI: who is asked for.</summary>
    public string Called => field ??= CallerIdentity.CalledNumber(Message);

    /// <summary>The name of the signalling server that received it.</summary>
    public string Server => Connection.Server;

    /// <summary>What a server calls the dialog that the request makes (signalling server 1.7); made once, where first asked for.</summary>
    internal Octets DialogId => field.IsEmpty ? field = Octets.Of([.. Message.CallId, .. ";from-tag="u8, .. Message.FromTag]) : field;

    /// <summary>The application's services.</summary>
    public IServiceProvider Services => Runtime.Services;

    /// <summary>What middleware wants to hand on.</summary>
    public IDictionary<object, object?> Items => _items ??= [];

    /// <summary>Accepts a SUBSCRIBE (RFC 6665 §4.2.1). The state is to be told at once with <see cref="IncomingSubscription.Notify"/>.</summary>
    /// <param name="expires">How long it lasts at most until it is refreshed, and never longer than was asked for; null is an hour.</param>
    /// <param name="status">200, or 202 for subscribers of old.</param>
    /// <param name="headers">More header fields.</param>
    /// <returns>The subscription; it is over already when the subscriber could not be told.</returns>
    /// <exception cref="InvalidOperationException">It is no SUBSCRIBE, or was answered.</exception>
    public Task<IncomingSubscription> Accept(TimeSpan? expires = null, int status = 200, HeaderFields? headers = null)
    {
        if (Message.Method != SipMethod.Subscribe || Core is null || IsAnswered) throw new InvalidOperationException("Only a SUBSCRIBE that is not answered can be accepted.");
        if (status is not (200 or 202)) throw new ArgumentOutOfRangeException(nameof(status), status, "A SUBSCRIBE is accepted by 200 or 202.");
        var asked = HeaderNumbers.TryDeltaSeconds(Message.First(SipHeaderId.Expires), out var seconds) ? TimeSpan.FromSeconds(seconds) : Subscription.Usual;
        var most = expires ?? Subscription.Usual;
        return new IncomingSubscription(Core, this).Accept(asked < most ? asked : most, status, headers);
    }

    /// <summary>Has the signalling server proxy the request: it finds the caller's response, and what follows goes by the routes. The call is over with it.</summary>
    /// <param name="plan">To whom, and how.</param>
    /// <returns>Who answered what. Failures are values: <see cref="ProxyResult.Failure"/>. One of a request that was responded to leaves it as it is.</returns>
    public Task<ProxyResult> Proxy(ProxyPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (Core is null || HasResponded || IsAnswered) return Task.FromResult(ProxyResult.Failed("the request has been responded to", 500));
        HandOver();
        var proxied = new ProxiedRequest { Over = OnProxied };
        Core.Run(() => proxied.Done);
        var targets = plan.Targets.IsEmpty ? [Uri] : plan.Targets.Select(target => target.Uri).ToArray();
        var options = new ProxyOptions(plan.RecordRoute, FullResponse: true, plan.FollowRedirects, plan.IsParallel, plan.ProvisionalTimeout, plan.FinalTimeout);
        var text = AppText.Request(Method, targets[0]).Headers(plan.Headers).End();
        if (Runtime.Traffic.Submit(Connection, Core.Key, proxied, FrameWriter.Proxy(TransactionId.Span, options, targets, text))) Core.Touch(Connection);
        else proxied.OnLost("the connection to the signalling server is lost");
        return proxied.Done;
    }

    private protected override bool IsWatched => Core?.Caller is { State: not null } caller && caller.Invite == this;

    private protected override void OnSent(SipResponse response) => Core?.Caller?.OnSent(response);

    private void OnProxied(ProxyResult result)
    {
        if (Core?.Caller is { IsOver: false } caller && caller.Invite == this) caller.Finish(new LegEnd(EndedBy.Us, result.Failure ?? "proxied", result.FinalStatus));
    }

    // Middleware may answer an INVITE as any other request; the caller's leg is over with it.
    private protected override void OnRejected(int status, string? reason)
    {
        if (Core?.Caller is { IsOver: false } caller && caller.Invite == this) caller.Finish(new LegEnd(EndedBy.Us, reason ?? Encoding.ASCII.GetString(SipReasonPhrases.Of(status)), status));
    }
}
