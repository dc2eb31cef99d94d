using System.Globalization;
using System.Text;
using CallActors.Calls;
using CallActors.Commands;
using CallActors.Connections;
using CallActors.Headers;
using CallActors.Requests;
using CallActors.Sip;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;
using CallActors.Targets;

namespace CallActors;

/// <summary>The leg of whoever we call: an INVITE until its outcome, then the dialog with the callee (the UAC side, RFC 3261 §13.2).</summary>
public sealed class OutgoingCall : Leg
{
    private readonly TaskCompletionSource<InviteOutcome> _outcome = new();
    private readonly CallOptions _options;
    private Authentication _authentication = new();
    private HeaderFields? _session;
    private InviteAttempt? _attempt;
    private RedirectSearch _search;
    private string? _nextHop;
    private string? _cancelReason;
    private TimeSpan? _timedOut;
    private bool _isSilent = true;

    internal OutgoingCall(CallCore core, ServerConnection? connection, CallTarget target, CallOptions options)
        : base(core, connection)
    {
        _search = options.Redirects.Start(target);
        _options = options;
        _nextHop = target.NextHop;
        Credentials = target.Credentials;
    }

    /// <summary>How the call ended up: completes exactly once.</summary>
    public Task<InviteOutcome> Outcome => _outcome.Task;

    /// <summary>Whom we call now; somebody else after a redirection.</summary>
    public CallTarget Target => _search.Current;

    /// <summary>The last provisional response's status; 0 before.</summary>
    public int ProgressStatus { get; private set; }

    /// <summary>The 2xx; null before.</summary>
    public SipResponse? Answer { get; private set; }

    internal CallOptions Options => _options;

    /// <summary>Gives up before the answer: CANCEL at the right moment. An answer that crosses it is acknowledged and released.</summary>
    /// <param name="reason">The Reason header's value, such as <c>SIP;cause=200;text="Call completed elsewhere"</c>.</param>
    /// <returns>The call's outcome.</returns>
    public Task<InviteOutcome> Cancel(string? reason = null)
    {
        if (!IsOver && !IsAnswered && _cancelReason is null)
        {
            _cancelReason = reason ?? "";
            _attempt?.Cancel(reason);
        }

        return Outcome;
    }

    internal void Start()
    {
        if (Connection is null)
        {
            Conclude(new InviteOutcome.ServerLost("no signalling server is connected"), new LegEnd(EndedBy.ServerLost, "no signalling server is connected", 503));
            return;
        }

        if (Target.RingTimeout is { } ring) Core.After(ring, () => GiveUp(ring));
        if (_options.SetupTimeout is { } setup) Core.After(setup, () => { if (_isSilent) GiveUp(setup); });
        Dial(null, null);
    }

    /// <inheritdoc/>
    internal override void OnArrived(Arrived arrived)
    {
        if (arrived.Request.Method == SipMethod.Ack) Session.Acknowledge(arrived.Request);
        else Core.Dialogs.OnRequest(this, arrived);
    }

    private protected override void BeginEnd(string? reason, HeaderFields? headers)
    {
        if (IsAnswered) base.BeginEnd(reason, headers);
        else _ = Cancel(headers?["Reason"] ?? ReasonField.With(reason, null)?["Reason"]);
    }

    private protected override void OnFinished(LegEnd end) =>
        _outcome.TrySetResult(end.By == EndedBy.ServerLost ? new InviteOutcome.ServerLost(end.Reason) : new InviteOutcome.Cancelled(end.Reason));

    /// <inheritdoc/>
    internal override void Forget()
    {
        base.Forget();
        if (_attempt is { } attempt) Forget(attempt.TransactionId);
    }

    private void GiveUp(TimeSpan after)
    {
        if (IsOver || IsAnswered || _cancelReason is not null) return;
        _timedOut = after;
        _ = Cancel("SIP;cause=408;text=\"No answer\"");
    }

    // A retry after a challenge keeps Call-ID, From tag and raises CSeq; a redirection is a new call.
    private void Dial(InviteAttempt? before, HeaderFields? credentials)
    {
        if (before is null)
        {
            _authentication = new Authentication();
            CallId = $"{Core.Key}~{Number}{(_search.Hops == 1 ? "" : "." + _search.Hops.ToString(CultureInfo.InvariantCulture))}";
        }
        else Forget(before.TransactionId);

        _attempt = new InviteAttempt(this, before, _session, credentials);
        if (!_attempt.Send(_nextHop)) LoseServer("the connection to the signalling server is lost");
    }

    /// <summary>The server sent an INVITE: it says what the dialog is called.</summary>
    internal void OnSent(InviteAttempt attempt, SipRequest? sent)
    {
        if (sent is not null)
        {
            LocalTag = TagOf(sent.FromTag);
            CallId = Encoding.UTF8.GetString(sent.CallId);
            LocalUri = sent.From.Uri;
            RemoteUri = sent.To.Uri;
            State ??= Core.Runtime.DialogStates.Begin(sent, Presence.DialogDirection.Recipient);
        }

        if (_cancelReason is { } reason) attempt.Cancel(reason);
    }

    /// <summary>The server refused to send one.</summary>
    internal void OnNotSent(string refusal) => Conclude(new InviteOutcome.NotSent(refusal), new LegEnd(EndedBy.Server, refusal, 500));

    /// <summary>The connection to the server was lost.</summary>
    internal void LoseServer(string reason) =>
        Conclude(new InviteOutcome.ServerLost(reason), new LegEnd(EndedBy.ServerLost, reason, 503));

    private void Conclude(InviteOutcome outcome, LegEnd end)
    {
        _outcome.TrySetResult(outcome);
        Finish(end);
    }

    /// <summary>A response to an INVITE of ours.</summary>
    internal void OnResponse(InviteAttempt attempt, Responded responded)
    {
        if (attempt != _attempt || IsOver) return;
        var response = responded.Response;
        if (response.IsProvisional) OnProvisional(attempt, response, responded.DialogId);
        else if (response.IsSuccess) OnSuccess(response, responded.DialogId);
        else OnFailure(attempt, responded);
    }

    private void OnProvisional(InviteAttempt attempt, SipResponse response, Octets dialogId)
    {
        _isSilent = false;
        if (response.StatusCode == 100 || IsAnswered) return;
        DialogId = dialogId;
        ProgressStatus = response.StatusCode;
        State?.OnProgress(TagOf(response.ToTag));
        if (response.Has(SipHeaderId.RSeq)) attempt.Acknowledge(response, dialogId);
        if (_cancelReason is not null) return;
        var sdp = SdpBody.In(response);
        if (sdp is not null && _options.Sdp is not null) (LocalSdp, RemoteSdp) = (_options.Sdp, sdp);
        Core.OnProgress(new CallProgress(this, response.StatusCode, response, sdp, TagOf(response.ToTag)));
    }

    private void OnSuccess(SipResponse response, Octets dialogId)
    {
        // The server acknowledges repetitions, and releases the answers of other forks (RFC 3261 §13.2.2.4).
        if (IsAnswered) return;
        DialogId = dialogId;
        RemoteTag = TagOf(response.ToTag);
        var sdp = SdpBody.In(response);
        if (_cancelReason is { } reason)
        {
            // The answer crossed our CANCEL. Where the CANCEL had left, the server sends a BYE behind this ACK and knows the dialog no more; else the BYE is ours.
            Release(dialogId);
            Conclude(Unanswered(reason), new LegEnd(EndedBy.Us, "the answer crossed the CANCEL", 487));
            return;
        }

        // A 2xx must say where its sender is (RFC 3261 §12.1.1): without that there is no call, and the server releases by the URI that was called.
        if (!ContactView.TryParse(response.First(SipHeaderId.Contact), out var contact) || contact.IsStar)
        {
            Release(dialogId);
            Conclude(new InviteOutcome.Rejected(500, "No Contact in the answer", response), new LegEnd(EndedBy.Us, "no Contact in the answer", 500));
            return;
        }

        IsAnswered = true;
        Answer = response;
        State?.OnAnswered(RemoteTag);
        if (sdp is not null) RemoteSdp = sdp;
        if (_options.Sdp is null && sdp is not null)
        {
            Core.Run(() => AnswerLate(sdp));
            return;
        }

        LocalSdp = _options.Sdp;
        Session.Begin();
        Core.OnAnswered(this);
        Core.Keep(this);
        Submit(null, FrameWriter.DialogRequest(dialogId, AppText.Request("ACK").End()));
        _outcome.TrySetResult(new InviteOutcome.Answered(this));
    }

    // Acknowledges an answer that nobody wants any more, and ends its dialog.
    private void Release(Octets dialogId)
    {
        Submit(null, FrameWriter.DialogRequest(dialogId, AppText.Request("ACK").End()));
        Submit(null, FrameWriter.DialogRequest(dialogId, AppText.Request("BYE").End()));
    }

    // An offer in the 200 must be answered in the ACK (RFC 3261 §13.2.2.4); without an answer the dialog ends at once.
    private async Task AnswerLate(string offer)
    {
        string? answer = null;
        try
        {
            if (_options.LateAnswer is { } make) answer = await make(offer);
        }
        finally
        {
            if (!IsOver)
            {
                LocalSdp = answer;
                Session.Begin();
                Core.OnAnswered(this);
                if (answer is not null) Core.Keep(this);
                Submit(null, FrameWriter.DialogRequest(DialogId, AppText.Request("ACK").End(MessageBody.OfSdp(answer))));
                if (answer is null) _ = Hangup("no session description");
                _outcome.TrySetResult(answer is null ? new InviteOutcome.Rejected(488, "no answer to the offer", null) : new InviteOutcome.Answered(this));
            }
        }
    }

    private void OnFailure(InviteAttempt attempt, Responded responded)
    {
        var response = responded.Response;
        if (_cancelReason is { } reason)
        {
            Conclude(Unanswered(reason), new LegEnd(EndedBy.Us, reason, response.StatusCode));
            return;
        }

        if (attempt.TryLongerSession(response, out var session))
        {
            // Credentials were for that request; if they are wanted for this one, it is challenged.
            (_session, _authentication) = (session, new Authentication());
            Dial(attempt, null);
            return;
        }

        if (_authentication.CanAnswer(response, Credentials))
        {
            Core.Run(() => AnswerChallenge(attempt, response, responded.Challenger));
            return;
        }

        OnRefusal(response);
    }

    private async Task AnswerChallenge(InviteAttempt attempt, SipResponse response, string? challenger)
    {
        var answer = await _authentication.Answer(response, Credentials!, "INVITE", attempt.SentUri, _options.Body);
        if (IsOver) return;
        // Cancelled between the challenge and its answer: nothing is on the wire now.
        if (_cancelReason is { } reason) Conclude(Unanswered(reason), new LegEnd(EndedBy.Us, reason, response.StatusCode));
        else if (answer is not null)
        {
            _nextHop = Pinning.NextHop(_nextHop, Target.Uri, challenger);
            Dial(attempt, answer);
        }
        else OnRefusal(response);
    }

    private void OnRefusal(SipResponse response)
    {
        if (_search.After(response) is { } next)
        {
            // What follows is another dialog.
            State?.OnRefused(response.StatusCode);
            State = null;
            Forget(_attempt!.TransactionId);
            (_search, _nextHop) = (next, next.Current.NextHop);
            Dial(null, null);
            return;
        }

        var phrase = response.ReasonText;
        Conclude(new InviteOutcome.Rejected(response.StatusCode, phrase, response), new LegEnd(EndedBy.FarEnd, phrase, response.StatusCode));
    }

    private InviteOutcome Unanswered(string reason) => _timedOut is { } after ? new InviteOutcome.TimedOut(after) : new InviteOutcome.Cancelled(reason);
}
