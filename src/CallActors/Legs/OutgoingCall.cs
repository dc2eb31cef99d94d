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
    private readonly HashSet<string> _tried = new(StringComparer.OrdinalIgnoreCase);
    private Authentication _authentication = new();
    private HeaderFields? _session;
    private InviteAttempt? _attempt;
    private string _target;
    private string? _nextHop;
    private int _redirects;
    private string? _cancelReason;
    private TimeSpan? _timedOut;
    private bool _isSilent = true;

    internal OutgoingCall(CallCore core, ServerConnection? connection, string target, CallOptions options)
        : base(core, connection)
    {
        _target = CallTarget.Parse(target).Uri;
        _options = options;
        _nextHop = options.NextHop is { } hop ? CallTarget.Parse(hop).Uri : null;
        Credentials = options.Credentials;
    }

    /// <summary>How the call ended up: completes exactly once.</summary>
    public Task<InviteOutcome> Outcome => _outcome.Task;

    /// <summary>The URI that is called now; another one after a redirection.</summary>
    public string Target => _target;

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

        if (_options.RingTimeout is { } ring) Core.After(ring, () => GiveUp(ring));
        if (_options.SetupTimeout is { } setup) Core.After(setup, () => { if (_isSilent) GiveUp(setup); });
        Dial(null, null);
    }

    /// <inheritdoc/>
    internal override void OnArrived(Arrived arrived)
    {
        if (arrived.Request.Method == SipMethod.Ack) Acknowledge(arrived.Request);
        else Core.OnDialogRequest(this, arrived);
    }

    private protected override void BeginEnd(string? reason, HeaderFields? headers)
    {
        if (IsAnswered) base.BeginEnd(reason, headers);
        else _ = Cancel(headers?["Reason"] ?? WithReason(reason, null)?["Reason"]);
    }

    private protected override void OnFinished(LegEnd end) =>
        _outcome.TrySetResult(end.By == EndedBy.ServerLost ? new InviteOutcome.ServerLost(end.Reason) : new InviteOutcome.Cancelled(end.Reason));

    /// <inheritdoc/>
    internal override void Forget()
    {
        base.Forget();
        if (_attempt is { } attempt && Connection is not null) Core.Runtime.Traffic.TablesOf(Connection).RemoveTransaction(attempt.TransactionId);
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
            _tried.Add(_target);
            CallId = $"{Core.Key}~{Number}{(_redirects == 0 ? "" : "." + _redirects.ToString(System.Globalization.CultureInfo.InvariantCulture))}";
        }
        else Core.Runtime.Traffic.TablesOf(Connection!).RemoveTransaction(before.TransactionId);

        _attempt = new InviteAttempt(this, before, credentials);
        if (!_attempt.Send(_nextHop)) LoseServer("the connection to the signalling server is lost");
    }

    private void LoseServer(string reason) =>
        Conclude(new InviteOutcome.ServerLost(reason), new LegEnd(EndedBy.ServerLost, reason, 503));

    private void Conclude(InviteOutcome outcome, LegEnd end)
    {
        _outcome.TrySetResult(outcome);
        Finish(end);
    }

    private void OnResponse(InviteAttempt attempt, Responded responded)
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
        if (sdp is not null && _options.Sdp is not null) RemoteSdp = sdp;
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
        Submit(null, FrameWriter.DialogRequest(dialogId, AppText.Request("ACK").End()));
        Core.OnAnswered(this);
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
                Submit(null, FrameWriter.DialogRequest(DialogId, AppText.Request("ACK").End(MessageBody.OfSdp(answer))));
                LocalSdp = answer;
                Core.OnAnswered(this);
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
            _nextHop = Pinning.NextHop(_nextHop, _target, challenger);
            Dial(attempt, answer);
        }
        else OnRefusal(response);
    }

    private void OnRefusal(SipResponse response)
    {
        if (TryRedirect(response)) return;
        var phrase = Encoding.UTF8.GetString(response.ReasonPhrase);
        Conclude(new InviteOutcome.Rejected(response.StatusCode, phrase, response), new LegEnd(EndedBy.FarEnd, phrase, response.StatusCode));
    }

    private bool TryRedirect(SipResponse response)
    {
        if (response.StatusCode is < 300 or > 399 || _redirects >= _options.MaxRedirects) return false;
        foreach (var value in response.Values(SipHeaderId.Contact))
        {
            if (!ContactView.TryParse(value, out var contact) || contact.IsStar) continue;
            var uri = Encoding.UTF8.GetString(contact.Uri);
            if (!_tried.Add(uri)) continue;
            _redirects++;
            // What follows is another dialog.
            State?.OnRefused(response.StatusCode);
            State = null;
            if (_options.KeepUriOnRedirect) _nextHop = uri;
            else _target = uri;
            Core.Runtime.Traffic.TablesOf(Connection!).RemoveTransaction(_attempt!.TransactionId);
            Dial(null, null);
            return true;
        }

        return false;
    }

    private InviteOutcome Unanswered(string reason) => _timedOut is { } after ? new InviteOutcome.TimedOut(after) : new InviteOutcome.Cancelled(reason);

    /// <summary>One INVITE on the wire.</summary>
    private sealed class InviteAttempt(OutgoingCall call, InviteAttempt? before, HeaderFields? credentials) : ICommand
    {
        private SipRequest? _sent;
        private uint _lastRSeq;

        public Octets TransactionId { get; private set; }

        public bool WantsSent => true;

        /// <summary>The Request-URI as it went out.</summary>
        public string SentUri => _sent is null ? call._target : Encoding.UTF8.GetString(_sent.RequestUri);

        public bool Send(string? nextHop)
        {
            var options = call._options;
            var text = AppText.Request("INVITE", call._target).Header("Call-ID"u8, call.CallId);
            if (before?._sent is { } earlier) text.Header("From"u8, earlier.First(SipHeaderId.From)).Header("CSeq"u8, $"{earlier.CSeq + 1} INVITE");
            else text.Header("From"u8, Identity(options));
            if (options.Headers?["Contact"] is null && options.CallingNumber is { } number) text.Header("Contact"u8, $"<{Address(number)}>");
            text.Headers(HeaderFields.Over(options.Headers, call._session)).Headers(credentials);
            return call.Submit(this, FrameWriter.NewRequest(text.End(options.Body), Encoding.UTF8.GetBytes(nextHop ?? "")));
        }

        public void Cancel(string? reason)
        {
            if (TransactionId.IsEmpty) return;
            var text = AppText.Request("CANCEL", call._target);
            if (!string.IsNullOrEmpty(reason)) text.Header("Reason"u8, reason);
            call.Submit(null, FrameWriter.Cancel(TransactionId, text.End()));
        }

        // Each reliable provisional response is acknowledged once; a repetition means that our PRACK is on its way (RFC 3262 §4).
        public void Acknowledge(SipResponse response, Octets dialogId)
        {
            if (!HeaderNumbers.TryRSeq(response.First(SipHeaderId.RSeq), out var number) || number == _lastRSeq) return;
            _lastRSeq = number;
            call.Submit(null, FrameWriter.DialogRequest(dialogId, AppText.Request("PRACK", call._target).Header("RAck"u8, $"{number} {response.CSeq} INVITE").End()));
        }

        // RFC 4028 §7.3: the interval was too small, the response says which is not.
        public bool TryLongerSession(SipResponse response, out HeaderFields again)
        {
            again = [];
            if (_sent is null || call._session is not null || response.StatusCode != 422 || !response.Has(SipHeaderId.MinSE)) return false;
            var least = Encoding.ASCII.GetString(response.First(SipHeaderId.MinSE));
            again["Session-Expires"] = least;
            again["Min-SE"] = least;
            return true;
        }

        public void OnReply(Replied reply)
        {
            if (call.IsOver) return;
            if (reply.Refusal is { } refusal)
            {
                call.Conclude(new InviteOutcome.NotSent(refusal), new LegEnd(EndedBy.Server, refusal, 500));
                return;
            }

            TransactionId = reply.TransactionId;
            _sent = reply.Sent as SipRequest;
            if (_sent is not null)
            {
                call.LocalTag = TagOf(_sent.FromTag);
                call.CallId = Encoding.UTF8.GetString(_sent.CallId);
                call.LocalUri = _sent.From.Uri;
                call.RemoteUri = _sent.To.Uri;
                call.State ??= call.Core.Runtime.DialogStates.Begin(_sent, Presence.DialogDirection.Recipient);
            }

            if (call._cancelReason is { } reason) Cancel(reason);
        }

        public void OnResponse(Responded responded) => call.OnResponse(this, responded);

        public void OnLost(string reason)
        {
            if (!call.IsAnswered) call.LoseServer(reason);
        }

        private string Identity(CallOptions options)
        {
            if (options.From is { } from) return from;
            var uri = $"<{Address(options.CallingNumber ?? "anonymous")}>";
            return options.CallingName is { } name ? $"{QuotedText.Quote(name)} {uri}" : uri;
        }

        // The server writes its own address in the place of localhost. What a caller is called may be anything, and stays within the user part.
        private string Address(string number)
        {
            var scheme = call._target.StartsWith("sips:", StringComparison.OrdinalIgnoreCase) ? UriScheme.Sips : UriScheme.Sip;
            return SipUri.TryCreate(scheme, Encoding.UTF8.GetBytes(number), "localhost"u8, 0, out var uri) ? uri.ToString() : "sip:anonymous@localhost";
        }
    }
}
