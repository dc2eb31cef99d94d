using System.Text;
using CallActors.Calls;
using CallActors.Requests;
using CallActors.Sip;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;
using CallActors.Subscriptions;
using CallActors.Targets;

namespace CallActors;

/// <summary>A subscription that we have with somebody (RFC 6665 §4.1): it is refreshed by itself until it is hung up or the notifier ends it. Its NOTIFYs reach <see cref="CallActor.OnNotify"/>.</summary>
public sealed class OutgoingSubscription : Subscription
{
    private static readonly TimeSpan s_roundTrip = TimeSpan.FromSeconds(64);

    private readonly TaskCompletionSource<RequestOutcome> _outcome = new();
    private readonly CallRequests _requests;
    private readonly SendOptions _options;
    private readonly MessageBody? _body;
    private readonly HeaderFields? _headers;
    private readonly Deadline _refresh;
    private readonly Deadline _expiry;
    private TimeSpan _asked;
    private string? _leaving;
    private bool _hasAskedLonger;

    internal OutgoingSubscription(CallCore core, CallTarget target, string @event, TimeSpan expires, MessageBody? body, HeaderFields? headers, SendOptions options)
        : base(core, core.Requests.Connection(options.Server), @event)
    {
        (_requests, _options, _body, _headers, _asked) = (core.Requests, options, body, headers, expires);
        Target = target;
        Credentials = target.Credentials;
        _refresh = new Deadline(core, Again);
        _expiry = new Deadline(core, Expire);
    }

    /// <summary>What is subscribed to.</summary>
    public CallTarget Target { get; }

    /// <summary>How the SUBSCRIBE ended. A NOTIFY may come before it.</summary>
    public Task<RequestOutcome> Outcome => _outcome.Task;

    /// <summary>What the last NOTIFY said of the subscription.</summary>
    public SubscriptionStatus Status { get; private set; } = SubscriptionStatus.Pending;

    internal void Start()
    {
        var request = _requests.New("SUBSCRIBE", Target, _body, Asking(_asked), _options, Connection);
        request.WasSent = OnSent;
        request.Over = outcome => OnOutcome(request, outcome);
        request.Send();
    }

    /// <summary>It cannot be begun.</summary>
    internal void Refuse(string reason) => Conclude(new RequestOutcome.NotSent(reason), new LegEnd(EndedBy.Us, reason, 500));

    /// <inheritdoc/>
    // Until the response says what the server calls the dialog, a NOTIFY that is quicker is known by our Call-ID and tag (RFC 6665 §4.1.2.4).
    internal override bool Owns(Octets dialogId, Octets transactionId) =>
        base.Owns(dialogId, transactionId) || (!IsAnswered && !DialogId.IsEmpty && dialogId.Span.StartsWith(DialogId.Span));

    /// <inheritdoc/>
    internal override void OnArrived(Arrived arrived)
    {
        if (arrived.Request.Method == SipMethod.Notify) OnNotify(arrived);
        else Core.Dialogs.OnRequest(this, arrived);
    }

    private protected override void BeginEnd(string? reason, HeaderFields? headers)
    {
        if (_leaving is not null) return;
        _leaving = reason ?? "unsubscribed";
        if (IsAnswered) Leave();
    }

    private protected override void OnFinished(LegEnd end)
    {
        _refresh.Clear();
        _expiry.Clear();
        _outcome.TrySetResult(end.By == EndedBy.ServerLost ? new RequestOutcome.ServerLost(end.Reason) : new RequestOutcome.DialogEnded(end.Reason));
    }

    private void OnSent(SipRequest sent)
    {
        CallId = Encoding.UTF8.GetString(sent.CallId);
        LocalTag = TagOf(sent.FromTag);
        LocalUri = Headers.SipAddress.Read(sent.First(SipHeaderId.From)).Uri;
        RemoteUri = Headers.SipAddress.Read(sent.First(SipHeaderId.To)).Uri;
        DialogId = Octets.Of($"{CallId};from-tag={LocalTag}");
    }

    private void OnOutcome(OutsideRequest request, RequestOutcome outcome)
    {
        if (IsOver) return;
        if (outcome is RequestOutcome.Final { Response: { IsSuccess: true } response })
        {
            if (!request.DialogId.IsEmpty) DialogId = request.DialogId;
            RemoteTag = TagOf(response.ToTag);
            IsAnswered = true;
            Grant(ExpiresOf(response) ?? _asked);
            _outcome.TrySetResult(outcome);
            if (_leaving is not null) Leave();
        }
        else if (AsksLonger(outcome)) Start();
        else Conclude(outcome, new LegEnd(outcome is RequestOutcome.Final ? EndedBy.FarEnd : EndedBy.ServerLost, "not accepted", outcome.Status));
    }

    private void OnNotify(Arrived arrived)
    {
        var notify = new LegRequest(Core.Runtime, arrived, this);
        if (!IsAbout(arrived.Request))
        {
            notify.Send(489);
            return;
        }

        if (!SubscriptionState.TryParse(arrived.Request.First(SipHeaderId.SubscriptionState), out var state))
        {
            notify.Send(400);
            return;
        }

        Status = state.Status;
        if (RemoteTag.Length == 0) (DialogId, RemoteTag) = (arrived.DialogId, TagOf(arrived.Request.FromTag));
        var reason = state.Reason.IsEmpty ? "terminated" : Encoding.ASCII.GetString(state.Reason);
        if (Status != SubscriptionStatus.Terminated && state.Expires is { } seconds && _leaving is null) Grant(TimeSpan.FromSeconds(seconds));
        Core.Dialogs.Present(notify);
        if (Status == SubscriptionStatus.Terminated) Finish(_leaving is { } left ? new LegEnd(EndedBy.Us, left) : new LegEnd(EndedBy.FarEnd, reason));
    }

    private void Again()
    {
        if (!IsOver && _leaving is null) Ask(_asked, OnRefreshed);
    }

    private void OnRefreshed(RequestOutcome outcome)
    {
        if (IsOver || _leaving is not null) return;
        if (outcome is RequestOutcome.Final { Response: { IsSuccess: true } response }) Grant(ExpiresOf(response) ?? _asked);
        else if (AsksLonger(outcome)) Again();
        else if (IsGone(outcome)) Finish(new LegEnd(EndedBy.FarEnd, "not refreshed", outcome.Status));
        // Until it expires there may be another chance, above all when the server was out of reach.
        else if (Remaining > TimeSpan.FromSeconds(2)) _refresh.Set(Remaining / 2);
    }

    private void Leave()
    {
        _refresh.Clear();
        _expiry.Set(Patience);
        Ask(TimeSpan.Zero, outcome =>
        {
            // The notifier's last word follows a 2xx; nothing else is waited for.
            if (!outcome.IsSuccess) Finish(new LegEnd(EndedBy.Us, _leaving!));
        });
    }

    private void Ask(TimeSpan expires, Action<RequestOutcome> over)
    {
        var request = SendInDialog("SUBSCRIBE", _body, Asking(expires));
        if (request.IsOver) over(request.Done.Result);
        else request.Over = over;
    }

    private void Expire() => Finish(_leaving is { } left ? new LegEnd(EndedBy.Us, left) : new LegEnd(EndedBy.FarEnd, "expired", 0));

    private void Grant(TimeSpan expires)
    {
        ExpiresAt = Core.Runtime.Time.GetUtcNow() + expires;
        if (expires <= TimeSpan.Zero)
        {
            // Asked once: the only NOTIFY follows (RFC 6665 §4.4.3).
            _expiry.Set(Patience);
            return;
        }

        _expiry.Set(expires);
        // Early enough for a refresh that nobody answers to be tried again.
        _refresh.Set(expires > 2 * s_roundTrip ? expires - s_roundTrip : expires / 2);
    }

    // 423 names the least that is granted (RFC 6665 §4.1.2.1).
    private bool AsksLonger(RequestOutcome outcome)
    {
        if (_hasAskedLonger || outcome is not RequestOutcome.Final { Response: { StatusCode: 423 } response }) return false;
        if (!HeaderNumbers.TryDeltaSeconds(response.First(SipHeaderId.MinExpires), out var least) || TimeSpan.FromSeconds(least) <= _asked) return false;
        (_asked, _hasAskedLonger) = (TimeSpan.FromSeconds(least), true);
        return true;
    }

    private HeaderFields Asking(TimeSpan expires)
    {
        var fields = new HeaderFields();
        if (_headers is not null) fields.AddAll(_headers);
        fields["Call-ID"] = null;
        fields["Event"] = Event;
        fields["Expires"] = Seconds(expires);
        return fields;
    }

    private void Conclude(RequestOutcome outcome, LegEnd end)
    {
        _outcome.TrySetResult(outcome);
        Finish(end);
    }
}
