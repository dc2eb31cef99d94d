using CallActors.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Bridges;

/// <summary>Connects a caller with one target: from the INVITE that goes out to the two answers, or to nothing at all.</summary>
internal sealed class Bridging(IncomingCall a, BridgeOptions options)
{
    private readonly List<OutgoingCall> _dialled = [];
    private string? _translated;
    private Task<string?>? _translation;
    private bool _isTaken;

    /// <summary>Dials one target.</summary>
    public async Task<Bridge> To(string target)
    {
        if (await OfferForB() is not { } dialling) return Gone();
        var b = Dial(target, dialling);
        return await Finish(b, await b.Outcome);
    }

    /// <summary>Whether the caller still waits for an answer.</summary>
    public bool IsWaiting => !a.IsSettled;

    /// <summary>What every target is offered; null when the caller has gone meanwhile.</summary>
    public async Task<CallOptions?> OfferForB()
    {
        if (a.IsSettled) return null;
        var offer = options.Offer is { } make ? await make(a.Offer) : a.Offer;
        // Whoever hung up while the offer was made must not make anybody's phone ring.
        if (a.IsSettled) return null;
        var caller = CallerIdentity.Of(a.Invite.Message);
        var headers = HeaderFields.Of(options.RequestHeaders, a.Invite.Message, options.Headers);
        return new CallOptions
        {
            Sdp = offer,
            Parts = SdpBody.Others(a.Invite.Message),
            LateAnswer = a.Offer is null && offer is null ? AnswerLate : null,
            CallingNumber = options.CallingNumber ?? caller.Number,
            CallingName = options.CallingName ?? (caller.Name.Length == 0 ? null : caller.Name),
            From = options.From,
            Headers = headers,
            NextHop = options.NextHop,
            Credentials = options.Credentials,
            RingTimeout = options.RingTimeout,
            SetupTimeout = options.SetupTimeout,
            MaxRedirects = options.MaxRedirects,
            OnProgress = OnProgress,
        };
    }

    /// <summary>Dials, and cancels when the caller goes.</summary>
    public OutgoingCall Dial(string target, CallOptions dialling)
    {
        if (_dialled.Count == 0) a.Gone += CancelAll;
        a.ChosenTag ??= options.ToTag;
        var b = a.Core.Dial(target, dialling);
        _dialled.Add(b);
        return b;
    }

    /// <summary>Brings the outcome of the callee's side to the caller.</summary>
    public async Task<Bridge> Finish(OutgoingCall? b, InviteOutcome outcome)
    {
        a.Gone -= CancelAll;
        if (b is null || !outcome.IsAnswered)
        {
            if (a.IsOver) return Gone();
            // A caller who was given the callee's offer is answered already: there is nothing to try again with.
            if (a.IsAnswered) await a.Hangup("the other side could not be connected");
            a.LastOutcome = outcome;
            a.LastHeaders = outcome is InviteOutcome.Rejected { Response: { } refusal } ? FieldsOf(refusal) : null;
            return new Bridge(a, null, outcome);
        }

        if (!a.IsAnswered)
        {
            if (options.OnAnswered is { } told) await told(b);
            if (a.IsOver) return Abandon(b);
            var answer = b.RemoteSdp is { } sdp ? await Translate(sdp) : null;
            if (a.IsOver) return Abandon(b);
            var headers = b.Answer is { } response ? FieldsOf(response) : null;
            if (!(await a.Answer(answer, headers)).IsAnswered) return Abandon(b);
        }

        if (b.IsOver)
        {
            if (!a.IsOver) await a.Hangup(b.End!.Reason);
            return new Bridge(a, b, outcome);
        }

        if (a.IsOver)
        {
            await b.Hangup();
            return new Bridge(a, b, outcome);
        }

        a.Core.Link(a, b, options.DialogHeaders);
        return new Bridge(a, b, outcome);
    }

    // The answer met a caller who had gone: the server has released the callee already, or we do (RFC 3261 §15).
    private Bridge Abandon(OutgoingCall b)
    {
        _ = b.Hangup();
        return Gone();
    }

    private Bridge Gone() => new(a, null, a.End is { By: EndedBy.ServerLost } lost ? new InviteOutcome.ServerLost(lost.Reason) : new InviteOutcome.Cancelled(a.End?.Reason ?? "the caller is settled"));

    private void CancelAll()
    {
        var reason = a.CancelRequest is { } cancel && cancel.Has(SipHeaderId.Reason) ? System.Text.Encoding.UTF8.GetString(cancel.First(SipHeaderId.Reason)) : null;
        foreach (var b in _dialled) _ = b.Cancel(reason);
    }

    private async Task OnProgress(CallProgress progress)
    {
        if (options.OnProgress is { } told) await told(progress);
        if (!options.PassProgress || a.IsSettled || progress.Status <= 101) return;
        var sdp = progress.Sdp is { } theirs && a.Offer is not null ? await Translate(theirs) : null;
        if (a.IsSettled || progress.Call.IsOver) return;
        var reliable = progress.Response.Has(SipHeaderId.RSeq) && Supports100Rel(a.Invite.Message);
        await a.Ring(progress.Status, sdp, reliable, FieldsOf(progress.Response), progress.Response.ReasonText);
    }

    // Early media and the answer are often the same description; it is translated once, also when the answer comes before that is done.
    private Task<string?> Translate(string theirs)
    {
        if (options.Answer is not { } make) return Task.FromResult<string?>(theirs);
        if (_translation is null || theirs != _translated) (_translated, _translation) = (theirs, make(theirs));
        return _translation;
    }

    // The callee's offer becomes ours to the caller, the answer in the caller's ACK becomes ours to the callee.
    private async Task<string?> AnswerLate(string offer)
    {
        if (_isTaken || a.IsSettled) return null;
        _isTaken = true;
        var translated = options.Answer is { } make ? await make(offer) : offer;
        if (a.IsSettled || !(await a.Answer(translated)).IsAnswered) return null;
        if (!await a.Acknowledged || a.RemoteSdp is not { } answer) return null;
        return options.LateAnswer is { } last ? await last(answer) : answer;
    }

    private HeaderFields FieldsOf(SipResponse response) => HeaderFields.Of(options.ResponseHeaders, response, options.ResponseFields?.Invoke(response));

    private static bool Supports100Rel(SipRequest invite) =>
        Sip.Headers.TokenList.Contains(invite, SipHeaderId.Supported, "100rel"u8) || Sip.Headers.TokenList.Contains(invite, SipHeaderId.Require, "100rel"u8);
}
