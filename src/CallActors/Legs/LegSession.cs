using System.Security.Cryptography;
using CallActors.Commands;
using CallActors.Control;
using CallActors.Descriptions;
using CallActors.Headers;
using CallActors.Offers;
using CallActors.Sip;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>The session of a leg's dialog from its answer on: carries out what the <see cref="ModifyQueue"/> decides, and keeps what is agreed.</summary>
internal sealed class LegSession(Leg leg)
{
    private static readonly string s_busy = System.Text.Encoding.ASCII.GetString(ControlTexts.InDialog.SessionBusy);

    private Dictionary<int, Wish>? _wishes;
    private Dictionary<int, LegRequest>? _requests;
    private ModifyQueue? _queue;
    private ModifyQueue.State? _state;
    private OutgoingRequest? _invite;
    private TaskCompletionSource<string?>? _answer;
    private bool? _isHeldByThem;
    private uint _unacknowledged;
    private int _last;

    /// <summary>Whether the leg was answered, so that there is a session to change.</summary>
    public bool IsBegun => _state is not null;

    /// <summary>Our own hold; null when there is none.</summary>
    public HoldMode? Hold => _state?.Hold;

    /// <summary>What we described before our hold; null when there is none.</summary>
    public string? BeforeHold => _state?.BeforeHold;

    /// <summary>Whether the far end takes none of our media, of its own accord.</summary>
    // Most sessions end without anybody having asked, and to know means to read the description.
    public bool IsHeldByThem
    {
        get => _isHeldByThem ??= _state is { Hold: not HoldMode.Inactive } && RemoteHold.Classify(null, leg.RemoteSdp).IsHeld;
        private set => _isHeldByThem = value;
    }

    /// <summary>Whether a change that the far end asked for waits for our answer.</summary>
    public bool IsAsked => _state?.Theirs is { IsAnswered: false };

    /// <summary>Whether no change is under way or waits for its turn, ours or theirs.</summary>
    public bool IsAtRest => _state is null or { Ours: null, Theirs: null, Queue.IsEmpty: true };

    /// <summary>Begins with a dialog whose INVITE was acknowledged.</summary>
    public void Begin(HoldMode? hold = null, string? beforeHold = null) => Begin(ModifyQueue.Start(leg.LocalSdp, leg.RemoteSdp, hold) with { BeforeHold = beforeHold });

    /// <summary>Begins with a dialog that we answered and whose ACK is to come.</summary>
    /// <param name="invite">The INVITE.</param>
    /// <param name="local">What we said.</param>
    /// <param name="remote">Their offer; null when what we said is the offer.</param>
    public void BeginUnacknowledged(SipRequest invite, string? local, string? remote)
    {
        _unacknowledged = invite.CSeq;
        Begin(ModifyQueue.StartUnacknowledged(local, remote));
    }

    /// <summary>Asks for a change; it waits for its turn.</summary>
    public Task<ModifyOutcome> Ask(Modification change, Func<string, Task<string?>>? answer = null, HeaderFields? headers = null)
    {
        if (leg.End is { } end) return Task.FromResult<ModifyOutcome>(new ModifyOutcome.DialogEnded(end.Reason));
        if (_state is null) return Task.FromResult<ModifyOutcome>(new ModifyOutcome.NotSent("the leg is not answered"));
        var number = ++_last;
        var wish = (_wishes ??= [])[number] = new Wish(answer, headers);
        Handle(new ModifyInput.Ask(number, change));
        return wish.Done.Task;
    }

    /// <summary>A re-INVITE of the far end, or an UPDATE that offers.</summary>
    public void Receive(LegRequest request)
    {
        // Sent after the call from the node that it has left, and shown by the server as well.
        if (IsAt(request)) return;
        request.Exchange = ++_last;
        (_requests ??= [])[request.Exchange] = request;
        Handle(new ModifyInput.Received(request.Exchange, request.Offer, request.Message.Method == SipMethod.Update, Chance()));
    }

    /// <summary>The application answers such a request.</summary>
    public void Respond(LegRequest request, int status, string? sdp) => Handle(new ModifyInput.Respond(request.Exchange, status, sdp));

    /// <summary>The far end takes its re-INVITE back.</summary>
    public void Cancel(Octets transactionId)
    {
        if (_requests is null) return;
        foreach (var (_, request) in _requests)
        {
            if (request.TransactionId != transactionId) continue;
            request.Send(487);
            return;
        }
    }

    /// <summary>An ACK of the far end.</summary>
    public void Acknowledge(SipRequest ack)
    {
        var sdp = SdpBody.In(ack);
        // An ACK that was overtaken by the next request means the exchange before.
        if (_state?.Theirs is { IsAnswered: true } theirs && ack.CSeq == _unacknowledged) Handle(new ModifyInput.Acknowledged(theirs.Number, sdp));
        var waiting = _answer;
        _answer = null;
        waiting?.TrySetResult(sdp);
    }

    /// <summary>The description in the next ACK: the answer to an offer that we made in a 2xx. Null when the leg ends first, or the ACK has none.</summary>
    public Task<string?> NextAnswer() => (_answer ??= new TaskCompletionSource<string?>()).Task;

    /// <summary>The dialog is over: whatever waits for it has its outcome.</summary>
    public void End()
    {
        Handle(new ModifyInput.Ended(leg.End?.Reason ?? ""));
        _answer?.TrySetResult(null);
    }

    private bool IsAt(LegRequest request)
    {
        foreach (var (_, other) in _requests ?? [])
        {
            if (other.TransactionId == request.TransactionId && other.Connection == request.Connection) return true;
        }

        return false;
    }

    private void Begin(ModifyQueue.State state)
    {
        _queue = new ModifyQueue(OwnsCallId: !leg.IsCaller);
        _state = state;
        _isHeldByThem = null;
    }

    private void Handle(ModifyInput input)
    {
        if (_state is not { } before) return;
        var (after, effects) = _queue!.Handle(before, input);
        var (wasHeld, isHeld) = (false, false);
        if (ReferenceEquals(before.Local, after.Local) && ReferenceEquals(before.Remote, after.Remote) && before.Hold == after.Hold)
        {
            _state = after;
        }
        else
        {
            wasHeld = IsHeldByThem;
            _state = after;
            Agree(after, input);
            isHeld = IsHeldByThem;
        }

        foreach (var effect in effects) Perform((ModifyEffect)effect);
        if (wasHeld != isHeld && !leg.IsOver) leg.Core.OnHold(leg, isHeld);
    }

    private void Agree(ModifyQueue.State agreed, ModifyInput input)
    {
        (leg.LocalSdp, leg.RemoteSdp) = (agreed.Local, agreed.Remote);
        leg.Core.Changed();
        // What they offer is their own will; an answer is so only for what we let them choose.
        if (input is ModifyInput.Respond or ModifyInput.Answer) IsHeldByThem = RemoteHold.Classify(null, agreed.Remote).IsHeld;
        else if (IsTaken(agreed.Local, agreed.Remote) is { } isTaken) IsHeldByThem = !isTaken;
    }

    // Whether they take any of the media that we offered to send; null where we offered none.
    private static bool? IsTaken(string? ours, string? theirs)
    {
        var (offered, answered) = (SessionDescriptionText.Read(ours).Media, SessionDescriptionText.Read(theirs).Media);
        bool? isTaken = null;
        for (var index = 0; index < offered.Length && index < answered.Length; index++)
        {
            if (!offered[index].Direction.Sends()) continue;
            isTaken = isTaken is true || answered[index].Direction.Receives();
        }

        return isTaken;
    }

    private void Perform(ModifyEffect effect)
    {
        switch (effect)
        {
            case ModifyEffect.SendInvite send: Send(send.Id, send.Sdp); break;
            case ModifyEffect.SendAck ack: SendAck(ack.Sdp); break;
            case ModifyEffect.CancelInvite: if (_invite is { } invite) leg.Submit(null, FrameWriter.Cancel(invite.TransactionId, AppText.Request("CANCEL").End())); break;
            case ModifyEffect.AskForAnswer ask: leg.Core.Run(() => AskForAnswer(ask)); break;
            case ModifyEffect.Present present: Present(_requests![present.Exchange], present.Meaning); break;
            case ModifyEffect.Reply reply: Reply(reply); break;
            // Never cancelled: the queue ignores one that comes too late.
            case ModifyEffect.StartTimer timer: leg.Core.After(timer.After, () => Handle(timer.Fired)); break;
            case ModifyEffect.Settle settle: Settle(settle); break;
        }
    }

    private void Send(int number, string? sdp)
    {
        var invite = _invite = leg.SendInDialog("INVITE", MessageBody.OfSdp(sdp), _wishes![number].Headers);
        if (invite.IsOver) OnFinal(invite, invite.Done.Result);
        else invite.Over = outcome => OnFinal(invite, outcome);
    }

    private void OnFinal(OutgoingRequest invite, RequestOutcome outcome)
    {
        var response = (outcome as RequestOutcome.Final)?.Response;
        if (invite != _invite || _state!.Ours is not { Phase: ModifyQueue.OurPhase.Sent or ModifyQueue.OurPhase.Cancelled })
        {
            // It was given up long ago, but a 2xx comes until its ACK.
            if (response is { IsSuccess: true }) SendAck(null);
            return;
        }

        _invite = null;
        if (response is { IsSuccess: true })
        {
            Handle(new ModifyInput.Accepted(SdpBody.In(response)));
            return;
        }

        Handle(response is not null ? new ModifyInput.Refused(response.StatusCode, response.ReasonText, RetryAfterIn(response), Chance()) : Unsent(outcome));
        // The far end knows nothing of the dialog any more (RFC 3261 §12.2.1.2).
        if (response is { StatusCode: 481 }) _ = leg.Hangup("the far end has no such dialog");
    }

    // A change of the far end's that has reached the server, or is not over there, is glare: like a 491, but sooner.
    private static ModifyInput Unsent(RequestOutcome outcome) => outcome switch
    {
        RequestOutcome.NotSent { Reason: var why } when why.EndsWith(s_busy, StringComparison.Ordinal) => new ModifyInput.Refused(491, why, null, Chance()),
        RequestOutcome.NotSent notSent => new ModifyInput.NotSent(notSent.Reason),
        RequestOutcome.ServerLost lost => new ModifyInput.NotSent(lost.Reason),
        RequestOutcome.DialogEnded ended => new ModifyInput.NotSent(ended.Reason),
        _ => new ModifyInput.NotSent("there was no response"),
    };

    private void SendAck(string? sdp) => leg.Submit(null, FrameWriter.DialogRequest(leg.DialogId, AppText.Request("ACK").End(MessageBody.OfSdp(sdp))));

    // A flow that has no answer, or fails, leaves it to the queue: an offer in a 2xx must be answered (RFC 3261 §14.1).
    private async Task AskForAnswer(ModifyEffect.AskForAnswer ask)
    {
        string? answer = null;
        try
        {
            if (_wishes![ask.Id].Answer is { } make) answer = await make(ask.Offer);
        }
        finally
        {
            Handle(new ModifyInput.Answer(ask.Id, answer));
        }
    }

    private void Present(LegRequest request, RemoteHold meaning)
    {
        request.Meaning = meaning;
        leg.Core.Dialogs.Present(request);
    }

    private void Reply(ModifyEffect.Reply reply)
    {
        var request = _requests![reply.Exchange];
        if (reply.Status >= 200) _requests.Remove(reply.Exchange);
        if (reply.Status is >= 200 and < 300 && request.Message.Method == SipMethod.Invite) _unacknowledged = request.Message.CSeq;
        request.Reply(reply.Status, reply.Sdp, reply.RetryAfter);
    }

    private void Settle(ModifyEffect.Settle settle)
    {
        if (_wishes is not null && _wishes.Remove(settle.Id, out var wish)) wish.Done.TrySetResult(settle.Outcome);
    }

    private static TimeSpan? RetryAfterIn(SipResponse? response)
    {
        if (response is null || !response.Has(SipHeaderId.RetryAfter)) return null;
        return RetryAfter.TryParse(response.First(SipHeaderId.RetryAfter), out var after) ? TimeSpan.FromSeconds(after.Seconds) : null;
    }

    private static double Chance() => RandomNumberGenerator.GetInt32(1 << 24) / (double)(1 << 24);

    /// <summary>A change that the application asked for.</summary>
    private sealed class Wish(Func<string, Task<string?>>? answer, HeaderFields? headers)
    {
        public Func<string, Task<string?>>? Answer => answer;

        public HeaderFields? Headers => headers;

        public TaskCompletionSource<ModifyOutcome> Done { get; } = new();
    }
}
