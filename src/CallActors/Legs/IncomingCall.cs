using System.Text;
using CallActors.Bridges;
using CallActors.Calls;
using CallActors.Connections;
using CallActors.Control;
using CallActors.Headers;
using CallActors.Ringing;
using CallActors.Sip;
using CallActors.Sip.Messages;
using CallActors.Targets;
using CallActors.Transfers;

namespace CallActors;

/// <summary>The leg of whoever called: an INVITE to be answered, then the dialog with the caller (the UAS side, RFC 3261 §13.3).</summary>
public sealed class IncomingCall : Leg
{
    private CancellationTokenSource? _cancelled;
    private Answering? _answering;
    private List<TaskCompletionSource<bool>>? _acknowledging;
    private bool _isAcknowledged;
    private bool _isOfferRead;
    private bool _hasOtherSdp;

    internal IncomingCall(CallCore core, IncomingRequest request)
        : base(core, request.Connection)
    {
        Invite = request;
        request.Core = core;
        // So every server names it (signalling server 1.7), save for a call that loops back to it; then the answer's reply says so.
        DialogId = request.DialogId;
        State = core.Runtime.DialogStates.Begin(request.Message, Presence.DialogDirection.Initiator);
    }

    /// <summary>The INVITE.</summary>
    public IncomingRequest Invite { get; }

    // The INVITE is kept as long as the leg, and has all of these; most calls never ask, and those that are rejected least of all.
    /// <inheritdoc/>
    public override string CallId => Encoding.UTF8.GetString(Invite.Message.CallId);

    /// <inheritdoc/>
    public override string RemoteTag => TagOf(Invite.Message.FromTag);

    /// <inheritdoc/>
    public override string RemoteUri => Invite.Message.From.Uri;

    /// <inheritdoc/>
    public override string LocalUri => Invite.Message.To.Uri;

    /// <summary>The caller's offer; null when the INVITE came without one and the answer must carry ours.</summary>
    public string? Offer
    {
        get
        {
            if (_isOfferRead) return field;
            _isOfferRead = true;
            return field = SdpBody.In(Invite.Message);
        }
    }

    /// <inheritdoc/>
    public override string? RemoteSdp
    {
        get => _hasOtherSdp ? base.RemoteSdp : Offer;
        internal set => (base.RemoteSdp, _hasOtherSdp) = (value, true);
    }

    /// <summary>The user part of the Request-URI, or the number of a tel URI: what was dialled.</summary>
    public string Called => Invite.Called;

    /// <summary>Whether a final response was sent, or the call is over.</summary>
    public bool IsSettled => IsAnswered || IsOver || Invite.IsAnswered;

    /// <summary>Whether the caller has gone before an answer.</summary>
    public bool IsCancelled => IsOver && !IsAnswered && End!.By != EndedBy.Us;

    /// <summary>Cancelled when the caller goes before an answer; a state, so that nobody can be too late to hear of it.</summary>
    public CancellationToken Cancelled
    {
        get
        {
            _cancelled ??= new CancellationTokenSource();
            if (IsCancelled) _cancelled.Cancel();
            return _cancelled.Token;
        }
    }

    /// <summary>The CANCEL, with its Reason; null when there was none.</summary>
    public SipRequest? CancelRequest { get; private set; }

    /// <summary>Sends a provisional response.</summary>
    /// <param name="status">101 to 199; 180 rings.</param>
    /// <param name="sdp">Early media.</param>
    /// <param name="reliable">Asks for the caller's PRACK (RFC 3262); refused where the caller does not support it.</param>
    /// <param name="headers">More header fields.</param>
    /// <param name="reason">The reason phrase; null is the standard one.</param>
    /// <returns>Null when it was sent, else why it was not.</returns>
    public Task<string?> Ring(int status = 180, string? sdp = null, bool reliable = false, HeaderFields? headers = null, string? reason = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 199);
        if (IsSettled) return Task.FromResult<string?>(IsCancelled ? "the caller has gone" : "the call has its final response already");
        if (reliable)
        {
            var all = new HeaderFields();
            if (headers is not null) all.AddAll(headers);
            all["Require"] = "100rel";
            headers = all;
        }

        if (sdp is not null) LocalSdp = sdp;
        ChooseTag();
        return Invite.Respond(status, reason, MessageBody.OfSdp(sdp), headers);
    }

    /// <summary>Answers the call. Without an offer in the INVITE the description is ours to offer, and the answer is the caller's ACK: see <see cref="Acknowledged"/>.</summary>
    /// <param name="sdp">Our session description.</param>
    /// <param name="headers">More header fields of the 200.</param>
    /// <param name="toTag">Our tag, where it must be a certain one; a caller who has heard ringing knows another already.</param>
    /// <returns>Answered once the 200 is sent; Cancelled when the caller was quicker.</returns>
    public Task<InviteOutcome> Answer(string? sdp, HeaderFields? headers = null, string? toTag = null)
    {
        if (IsOver) return Task.FromResult(WhyGone());
        if (_answering is { } answering) return answering.Done.Task;
        _answering = new Answering(this, sdp);
        ChosenTag ??= toTag;
        _answering.Send(headers);
        return _answering.Done.Task;
    }

    /// <summary>Answers with what a function makes of the offer. A caller who goes meanwhile is not answered; a function that throws answers 500 by the flow's failure.</summary>
    public async Task<InviteOutcome> Answer(Func<string?, Task<string?>> answer, HeaderFields? headers = null)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var sdp = await answer(Offer);
        return await Answer(sdp, headers);
    }

    /// <summary>Says no.</summary>
    /// <param name="status">300 to 699.</param>
    /// <param name="reason">The reason phrase; null is the standard one.</param>
    /// <param name="headers">More header fields.</param>
    public Task Reject(int status, string? reason = null, HeaderFields? headers = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 300);
        if (IsSettled) return Task.CompletedTask;
        var sent = Invite.Respond(status, reason, null, headers);
        Finish(new LegEnd(EndedBy.Us, reason ?? Encoding.ASCII.GetString(SipReasonPhrases.Of(status)), status));
        return sent;
    }

    /// <summary>Sends the caller elsewhere: 302 with the targets as Contacts.</summary>
    /// <exception cref="ArgumentException">There is no target.</exception>
    public Task Redirect(params CallTarget[] targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        if (targets.Length == 0) throw new ArgumentException("A redirection names at least one target.", nameof(targets));
        return Reject(302, null, new HeaderFields { { "Contact", string.Join(", ", targets.Select(target => $"<{target.Uri}>")) } });
    }

    /// <summary>
    /// Connects the caller with whoever answers first: one target, or a plan of several, one after the other, all at once, or in groups for a time. Everybody else is
    /// cancelled, and so are all when the caller goes. A failure leaves the caller unanswered: try elsewhere, or reject; when the flow ends there, the caller gets that failure's status.
    /// </summary>
    /// <param name="plan">Whom: a text or target becomes a plan of one by itself; what is none throws an <see cref="ArgumentException"/>.</param>
    /// <param name="options">How.</param>
    public Task<Bridge> BridgeTo(RingPlan plan, BridgeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new Bridging(this, options ?? new BridgeOptions()).To(plan);
    }

    /// <summary>The dialog that this call asks to take the place of (RFC 3891); null when it does not.</summary>
    public DialogName? Replaces => Invite.Message.Has(SipHeaderId.Replaces) ? DialogName.Read(Encoding.UTF8.GetString(Invite.Message.First(SipHeaderId.Replaces))) : null;

    /// <summary>
    /// Puts the caller in the place of the dialog that it names by Replaces, wherever that lives: it is connected with whoever talked there, and the dialog is hung up. Without such a
    /// dialog the caller is rejected with 481, with 486 when it wants one that only rings and that was answered.
    /// </summary>
    /// <returns>How it went; its target is the leg that the caller talks with.</returns>
    public Task<TransferOutcome> TakeOver() => new Takeover(this).Run();

    /// <summary>Completes with true when the caller has acknowledged the answer, with false when it never will.</summary>
    public Task<bool> Acknowledged
    {
        get
        {
            if (_isAcknowledged || IsOver) return Task.FromResult(_isAcknowledged);
            var waiting = new TaskCompletionSource<bool>();
            (_acknowledging ??= []).Add(waiting);
            return waiting.Task;
        }
    }

    /// <inheritdoc cref="IncomingRequest.Proxy"/>
    public Task<ProxyResult> Proxy(ProxyPlan plan) => Invite.Proxy(plan);

    /// <summary>A provisional response as the server sent it.</summary>
    internal void OnSent(SipResponse response)
    {
        if (response.IsProvisional && response.StatusCode > 100) State?.OnProgress(TagOf(response.ToTag));
    }

    /// <summary>How the last attempt to connect the caller ended; null before one.</summary>
    internal InviteOutcome? LastOutcome { get; set; }

    /// <summary>Our tag, where it must be a certain one; it holds from the first response that carries one.</summary>
    internal string? ChosenTag
    {
        get;
        set
        {
            field = value;
            if (value is not null && !Invite.HasResponded) Invite.LocalTag = value;
        }
    }

    /// <summary>Whether the 200 was sent and its reply is to come, of a server that keeps the call from then on.</summary>
    internal bool IsAnswering => _answering is not null && !IsAnswered && Connection!.Grants(ExtensionFeatures.Session);

    /// <summary>Whether nobody has to know of the call yet: its caller is neither answered nor about to be.</summary>
    internal bool IsPending => !IsOver && !IsAnswered && !IsAnswering;

    /// <inheritdoc/>
    internal override bool IsKept => IsAnswered || IsAnswering;

    /// <summary>What the caller would hear of that attempt beside its status.</summary>
    internal HeaderFields? LastHeaders { get; set; }

    /// <summary>Told when the call ends before an answer.</summary>
    internal Action? Gone { get; set; }

    /// <inheritdoc/>
    internal override bool Owns(Octets dialogId, Octets transactionId) =>
        transactionId == Invite.TransactionId || base.Owns(dialogId, transactionId);

    /// <inheritdoc/>
    internal override void OnArrived(Arrived arrived)
    {
        switch (arrived.Request.Method)
        {
            case SipMethod.Cancel when !IsAnswered: OnCancel(arrived.Request); break;
            case SipMethod.Ack: OnAck(arrived.Request); break;
            default: Core.Dialogs.OnRequest(this, arrived); break;
        }
    }

    private protected override void BeginEnd(string? reason, HeaderFields? headers)
    {
        if (IsAnswered) base.BeginEnd(reason, headers);
        else if (_answering is null) _ = Reject(480, null, ReasonField.With(reason, headers));
        else _answering.HangupAfter = reason ?? "";
    }

    private protected override void OnFinished(LegEnd end)
    {
        if (!IsAnswered) _answering?.Done.TrySetResult(WhyGone());
        // What escapes a callback is the application's failure.
        if (IsCancelled && _cancelled is { } cancelled) Core.Run(() => { cancelled.Cancel(); return Task.CompletedTask; });
        if (!IsAnswered) Gone?.Invoke();
        if (_acknowledging is not { } waiting) return;
        _acknowledging = null;
        foreach (var one in waiting) one.TrySetResult(false);
    }

    /// <inheritdoc/>
    internal override void Forget()
    {
        base.Forget();
        Core.Runtime.Traffic.TablesOf(Invite.Connection).RemoveTransaction(Invite.TransactionId);
    }

    /// <inheritdoc/>
    internal override void OnConnectionLost(ServerConnection connection, string reason)
    {
        // Whether the answer went out the claim will tell.
        if (connection == Connection && IsAnswering && Ownership is { IsWritten: true }) Core.Detach(this, reason);
        else base.OnConnectionLost(connection, reason);
    }

    /// <inheritdoc/>
    internal override void Attach(ServerConnection connection)
    {
        base.Attach(connection);
        if (!IsAnswered && _answering is not null) Succeed();
    }

    private void OnCancel(SipRequest cancel)
    {
        CancelRequest = cancel;
        Finish(new LegEnd(EndedBy.FarEnd, DialogEvents.ReasonOf(cancel) ?? "the caller gave up", 487));
    }

    private void OnAck(SipRequest ack)
    {
        Session.Acknowledge(ack);
        if (!_isAcknowledged)
        {
            _isAcknowledged = true;
            var waiting = _acknowledging;
            _acknowledging = null;
            if (waiting is not null)
            {
                foreach (var one in waiting) one.TrySetResult(true);
            }
        }

        Core.OnAcknowledged(this);
    }

    // Whoever keeps the call must know the tag before the server has sent anything with one.
    private void ChooseTag()
    {
        if (Invite.LocalTag is null && Connection!.Grants(ExtensionFeatures.Session)) Invite.LocalTag = Core.KeyText;
    }

    private InviteOutcome WhyGone() => End is { By: EndedBy.ServerLost } lost ? new InviteOutcome.ServerLost(lost.Reason) : new InviteOutcome.Cancelled(End?.Reason ?? "");

    /// <summary>The 200 is about to go out: whoever keeps the call hears of it before.</summary>
    internal void Prepare(string? sdp)
    {
        if (sdp is not null) LocalSdp = sdp;
        ChooseTag();
        if (Invite.LocalTag is { } tag) LocalTag = tag;
        Core.Keep(this);
    }

    /// <summary>The 200 was sent.</summary>
    internal void OnSent(Octets dialogId, SipResponse? response)
    {
        var tag = response is null ? LocalTag : TagOf(response.ToTag);
        // What was kept beforehand was right, unless the call loops back to its server, or its INVITE was offered to somebody before us.
        if (Ownership is null || tag != LocalTag || DialogId != dialogId) Core.Changed();
        (DialogId, LocalTag) = (dialogId, tag);
        Succeed();
    }

    private void Succeed()
    {
        IsAnswered = true;
        Session.BeginUnacknowledged(Invite.Message, LocalSdp, RemoteSdp);
        State?.OnAnswered(LocalTag);
        Core.OnAnswered(this);
        if (_answering!.HangupAfter is { } reason) BeginEnd(reason, null);
        _answering.Done.TrySetResult(new InviteOutcome.Answered(this));
    }
}
