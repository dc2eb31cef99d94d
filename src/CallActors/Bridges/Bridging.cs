using System.Text;
using CallActors.Calls;
using CallActors.Headers;
using CallActors.Ringing;
using CallActors.Sip.Messages;
using CallActors.Targets;

namespace CallActors.Bridges;

/// <summary>Connects a caller with whoever of a plan answers first: from the INVITEs that go out to the two answers, or to nothing at all.</summary>
internal sealed class Bridging(IncomingCall a, BridgeOptions options)
{
    private string? _translated;
    private Task<string?>? _translation;
    private PlanRinging? _ringing;
    private HeaderFields? _own;
    private string? _offer;
    private int _lastRung;

    /// <summary>Rings whoever the plan names, until one answers.</summary>
    public async Task<Bridge> To(RingPlan plan)
    {
        if (a.IsSettled) return Gone();
        _offer = options.Offer is { } make ? await make(a.Offer) : a.Offer;
        // Whoever hung up while the offer was made must not make anybody's phone ring.
        if (a.IsSettled) return Gone();
        if (plan.Timeout is null && options.RingTimeout is { } limit) plan = plan.For(limit);
        if (plan.Silence is null && options.SetupTimeout is { } silence) plan = plan.GivingUpSilentAfter(silence);
        a.ChosenTag ??= options.ToTag;
        a.Gone += Abandon;
        _ringing = new PlanRinging(a.Core, plan, Dial);
        options.Late?.Join(_ringing);
        var (b, outcome) = await _ringing.Run();
        a.Gone -= Abandon;
        return outcome is null ? Gone() : await Finish(b, outcome);
    }

    private OutgoingCall Dial(int number, CallTarget target)
    {
        // The plan's own timers limit how long it rings.
        var complete = target.ForCalled(a.Called) with { Caller = target.Caller ?? options.Caller ?? Own(), RingTimeout = null };
        var headers = target.Headers is { } policy ? HeaderFields.Of(policy, a.Invite.Message, options.Headers) : _own ??= HeaderFields.Of(options.RequestHeaders, a.Invite.Message, options.Headers);
        return a.Core.Dial(complete, new CallOptions
        {
            Sdp = _offer,
            Parts = SdpBody.Others(a.Invite.Message),
            LateAnswer = a.Offer is null && _offer is null ? offer => AnswerLate(number, offer) : null,
            Headers = headers,
            Redirects = options.Redirects,
            OnProgress = progress => OnProgress(number, progress),
        });
    }

    // What its own network asserts is not ours to assert to others; that it wants to be private is.
    private CallerIdentity Own() => CallerIdentity.Of(a.Invite.Message) with { IsAsserted = false };

    private void Abandon() =>
        _ringing!.Abandon(a.CancelRequest is { } cancel && cancel.Has(SipHeaderId.Reason) ? Encoding.UTF8.GetString(cancel.First(SipHeaderId.Reason)) : null);

    /// <summary>Brings the outcome of the callee's side to the caller.</summary>
    private async Task<Bridge> Finish(OutgoingCall? b, InviteOutcome outcome)
    {
        if (b is null || !outcome.IsAnswered)
        {
            if (a.IsOver) return Gone();
            // A caller who was given the callee's offer is answered already: there is nothing to try again with.
            if (a.IsAnswered) await a.Hangup("the other side could not be connected");
            a.LastOutcome = outcome;
            a.LastHeaders = outcome is InviteOutcome.Rejected { Response: { } refusal } ? FieldsOf(refusal) : null;
            return new Bridge(a, null, outcome);
        }

        var joined = new TaskCompletionSource();
        b.Joining = joined.Task;
        try
        {
            return await Join(b, outcome);
        }
        finally
        {
            b.Joining = null;
            joined.SetResult();
        }
    }

    private async Task<Bridge> Join(OutgoingCall b, InviteOutcome outcome)
    {
        if (!a.IsAnswered)
        {
            if (options.OnAnswered is { } told) await told(b);
            if (a.IsOver) return Abandon(b);
            var answer = b.RemoteSdp is { } sdp ? await Translate(sdp) : null;
            if (a.IsOver) return Abandon(b);
            var headers = b.Answer is { } response ? FieldsOf(response) : null;
            CallCore.Promise(a, b, options.DialogHeaders);
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

    private async Task OnProgress(int number, CallProgress progress)
    {
        _ringing!.Rang(number);
        if (options.OnProgress is { } told) await told(progress);
        if (!options.PassProgress || a.IsSettled || progress.Status <= 101) return;
        // Of several who ring each may play something else, but the caller hears one; and that it rings is told once.
        var isAlone = _ringing.Ringing == 1;
        var sdp = isAlone && progress.Sdp is { } theirs && a.Offer is not null ? await Translate(theirs) : null;
        if (a.IsSettled || progress.Call.IsOver || (!isAlone && progress.Status == _lastRung)) return;
        _lastRung = progress.Status;
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
    private async Task<string?> AnswerLate(int number, string offer)
    {
        if (a.IsSettled || !_ringing!.Wins(number)) return null;
        var translated = options.Answer is { } make ? await make(offer) : offer;
        if (a.IsSettled) return null;
        if (_ringing.Call(number) is { } b) CallCore.Promise(a, b, options.DialogHeaders);
        if (!(await a.Answer(translated)).IsAnswered) return null;
        if (!await a.Acknowledged || a.RemoteSdp is not { } answer) return null;
        return options.LateAnswer is { } last ? await last(answer) : answer;
    }

    private HeaderFields FieldsOf(SipResponse response) => HeaderFields.Of(options.ResponseHeaders, response, options.ResponseFields?.Invoke(response));

    private static bool Supports100Rel(SipRequest invite) =>
        Sip.Headers.TokenList.Contains(invite, SipHeaderId.Supported, "100rel"u8) || Sip.Headers.TokenList.Contains(invite, SipHeaderId.Require, "100rel"u8);
}
