using System.Globalization;
using System.Text;
using CallActors.Calls;
using CallActors.Sip;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;
using CallActors.Subscriptions;

namespace CallActors;

/// <summary>A subscription that somebody has with us: we are its notifier (RFC 6665 §4.2). It ends by itself when it is not refreshed.</summary>
/// <remarks>
/// The subscriber's refreshes are granted as the first SUBSCRIBE was, and the end of its subscription is told to it; <see cref="CallActor.OnSubscribe"/> hears of each refresh and by default
/// tells the state once more that was told last.
/// </remarks>
public sealed class IncomingSubscription : Subscription
{
    private const int MostWaiting = 32;

    private static readonly HashSet<string> s_reasons = new(["deactivated", "probation", "rejected", "timeout", "giveup", "noresource", "invariant"], StringComparer.Ordinal);

    private readonly Deadline _expiry;
    private Task<RequestOutcome>? _sending;
    private SubscriptionStatus _status = SubscriptionStatus.Active;
    private MessageBody? _body;
    private TimeSpan _most;
    private bool _isEnding;
    private bool _endsSoon;
    private int _waiting;

    internal IncomingSubscription(CallCore core, IncomingRequest request)
        : base(core, request.Connection, request.Header("Event") ?? "")
    {
        var message = request.Message;
        CallId = Encoding.UTF8.GetString(message.CallId);
        RemoteTag = TagOf(message.FromTag);
        DialogId = Octets.Of($"{CallId};from-tag={RemoteTag}");
        RemoteUri = Headers.SipAddress.Read(message.First(SipHeaderId.From)).Uri;
        LocalUri = Headers.SipAddress.Read(message.First(SipHeaderId.To)).Uri;
        Subscribe = request;
        _expiry = new Deadline(core, () => _ = Terminate("timeout"));
    }

    /// <summary>The SUBSCRIBE.</summary>
    public IncomingRequest Subscribe { get; }

    /// <summary>Whether it wants to be told once and no more: a SUBSCRIBE that lasts no time (RFC 6665 §4.4.3).</summary>
    public bool IsFetch => _most == TimeSpan.Zero;

    /// <summary>Tells the subscriber the state. Notifications are sent one after the other.</summary>
    /// <param name="body">The state.</param>
    /// <param name="status">Whether the subscription is active or waits for somebody's consent.</param>
    /// <param name="headers">More header fields.</param>
    /// <returns>How the NOTIFY ended. One that says that nobody subscribes any more ends the subscription.</returns>
    public Task<RequestOutcome> Notify(MessageBody? body = null, SubscriptionStatus status = SubscriptionStatus.Active, HeaderFields? headers = null)
    {
        if (status is not (SubscriptionStatus.Active or SubscriptionStatus.Pending)) throw new ArgumentException("A subscription is ended by Terminate.", nameof(status));
        if (IsFetch) return Terminate("timeout", body);
        (_status, _body) = (status, body);
        return Send(body, () => $"{(status == SubscriptionStatus.Active ? "active" : "pending")};expires={Seconds(Remaining)}", headers);
    }

    /// <summary>Ends the subscription and says why.</summary>
    /// <param name="reason">A reason of RFC 6665 §4.1.3: <c>noresource</c>, <c>rejected</c>, <c>deactivated</c>, <c>probation</c>, <c>timeout</c>, <c>giveup</c> or <c>invariant</c>.</param>
    /// <param name="body">The last state; null repeats none.</param>
    /// <param name="retryAfter">When to try again, for <c>probation</c> and <c>giveup</c>.</param>
    /// <returns>How the NOTIFY ended; the subscription is over with it.</returns>
    public Task<RequestOutcome> Terminate(string reason = "noresource", MessageBody? body = null, TimeSpan? retryAfter = null) => Terminate(new LegEnd(EndedBy.Us, reason), reason, body, retryAfter, null);

    /// <summary>Accepts the SUBSCRIBE.</summary>
    internal async Task<IncomingSubscription> Accept(TimeSpan expires, int status, HeaderFields? headers)
    {
        _most = expires;
        Core.Add(this);
        var accepting = new Accepting();
        if (!Subscribe.SubmitFinal(accepting, status, null, Granting(expires, headers))) accepting.OnLost("the connection to the signalling server is lost");
        var (refusal, reply) = await accepting.Done;
        if (IsOver) return this;
        if (reply is null)
        {
            Finish(new LegEnd(EndedBy.Server, refusal!, 503));
            return this;
        }

        DialogId = reply.DialogId;
        if (reply.Sent is { } sent) LocalTag = TagOf(sent.ToTag);
        IsAnswered = true;
        Grant(expires);
        if (_endsSoon) BeginEnd(null, null);
        return this;
    }

    /// <summary>Tells the state once more that was told last.</summary>
    internal Task Repeat() => Notify(_body, _status);

    /// <inheritdoc/>
    internal override void OnArrived(Arrived arrived)
    {
        if (arrived.Request.Method == SipMethod.Subscribe) Refreshed(new LegRequest(Core.Runtime, arrived, this));
        else Core.Dialogs.OnRequest(this, arrived);
    }

    private protected override void BeginEnd(string? reason, HeaderFields? headers)
    {
        if (!IsAnswered)
        {
            _endsSoon = true;
            return;
        }

        // A node that stops leaves the subscriber free to come back elsewhere at once.
        var told = reason is not null && s_reasons.Contains(reason) ? reason : Core.Runtime.IsDraining ? "deactivated" : "noresource";
        _ = Terminate(new LegEnd(EndedBy.Us, reason ?? told), told, null, null, headers);
    }

    private void Refreshed(LegRequest request)
    {
        if (!IsAbout(request.Message))
        {
            request.Send(489);
            return;
        }

        var asked = ExpiresOf(request.Message) ?? Usual;
        var granted = asked < _most ? asked : _most;
        request.Send(200, null, null, Granting(granted, null));
        if (granted > TimeSpan.Zero)
        {
            Grant(granted);
            Core.Dialogs.Present(request);
            return;
        }

        // Who unsubscribes is told the last state and that this was it (RFC 6665 §4.2.1.4).
        ExpiresAt = Core.Runtime.Time.GetUtcNow();
        _ = Terminate(new LegEnd(EndedBy.FarEnd, "unsubscribed"), "timeout", _body, null, null);
    }

    private Task<RequestOutcome> Terminate(LegEnd end, string reason, MessageBody? body, TimeSpan? retryAfter, HeaderFields? headers)
    {
        if (!s_reasons.Contains(reason)) throw new ArgumentException($"'{reason}' is no reason of RFC 6665.", nameof(reason));
        if (_isEnding) return Task.FromResult<RequestOutcome>(new RequestOutcome.DialogEnded("the subscription ends already"));
        _isEnding = true;
        _expiry.Clear();
        var state = $"terminated;reason={reason}" + (retryAfter is { } after ? ";retry-after=" + Seconds(after) : "");
        return Last(end, Send(body, () => state, headers));
    }

    private async Task<RequestOutcome> Last(LegEnd end, Task<RequestOutcome> sending)
    {
        var outcome = await sending;
        Finish(end);
        return outcome;
    }

    // One at a time: a NOTIFY that overtakes another would tell an old state as the new one.
    private async Task<RequestOutcome> Send(MessageBody? body, Func<string> state, HeaderFields? headers)
    {
        if (!IsAnswered && !IsOver) return new RequestOutcome.NotSent("the subscription is not accepted yet");
        if (_waiting >= MostWaiting) return new RequestOutcome.NotSent("too many notifications wait for their responses");
        _waiting++;
        while (_sending is { } before) await before;
        var fields = new HeaderFields();
        if (headers is not null) fields.AddAll(headers);
        fields["Event"] = Event;
        fields["Subscription-State"] = state();
        _sending = SendInDialog("NOTIFY", body, fields).Done;
        var outcome = await _sending;
        _sending = null;
        _waiting--;
        // A subscriber that does not answer is gone as well (§4.2.2).
        if (IsGone(outcome) || outcome is RequestOutcome.Final { Response.StatusCode: 408 }) Finish(new LegEnd(EndedBy.FarEnd, $"nobody subscribes any more ({outcome.Status.ToString(CultureInfo.InvariantCulture)})"));
        return outcome;
    }

    private void Grant(TimeSpan expires)
    {
        ExpiresAt = Core.Runtime.Time.GetUtcNow() + expires;
        _expiry.Set(IsFetch ? Patience : expires);
    }

    private static HeaderFields Granting(TimeSpan expires, HeaderFields? headers)
    {
        var fields = new HeaderFields();
        if (headers is not null) fields.AddAll(headers);
        fields["Expires"] = Seconds(expires);
        return fields;
    }

    private sealed class Accepting : ICommand
    {
        private readonly TaskCompletionSource<(string? Refusal, Replied? Reply)> _done = new();

        public Task<(string? Refusal, Replied? Reply)> Done => _done.Task;

        public bool WantsSent => true;

        public void OnReply(Replied reply) => _done.TrySetResult((reply.Refusal, reply.Refusal is null ? reply : null));

        public void OnLost(string reason) => _done.TrySetResult((reason, null));
    }
}
