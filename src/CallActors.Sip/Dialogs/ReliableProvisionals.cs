using System.Collections.Immutable;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;
using static CallActors.Sip.Dialogs.ReliableProvisionals.State;
using static CallActors.Sip.Transactions.Step;

namespace CallActors.Sip.Dialogs;

/// <summary>
/// Reliable provisional responses, the side that sends them (RFC 3262 §3): one at a time, repeated until its PRACK; a 2xx waits while one
/// with a session description does. Begins with the first reliable response; from then on every response to the INVITE goes through here.
/// Ends with <see cref="TransactionOutcome.TimedOut"/> when a PRACK never comes: the host rejects the INVITE with a 5xx.
/// </summary>
/// <param name="Timers">The configured times.</param>
public sealed record ReliableProvisionals(SipTimers Timers) : IStateMachine<ReliableProvisionals.State>
{
    /// <summary>A reliable response and whose its PRACK is.</summary>
    public sealed record Promise(SipResponse Response, uint RSeq, bool IsAutomatic)
    {
        internal bool HasOffer => SessionDescription.IsIn(Response);
    }

    /// <summary>Where it stands.</summary>
    /// <param name="NextRSeq">The RSeq that the next reliable response must carry.</param>
    public abstract record State(uint NextRSeq)
    {
        /// <summary>Nothing waits for a PRACK.</summary>
        public sealed record Idle(uint NextRSeq) : State(NextRSeq);

        /// <summary>One response waits for its PRACK.</summary>
        /// <param name="Current">The one that is being repeated.</param>
        /// <param name="Interval">Until it is repeated again.</param>
        /// <param name="Queue">Those that follow it, not sent yet.</param>
        /// <param name="Answer">The 2xx that waits behind them, if any.</param>
        /// <param name="NextRSeq">The RSeq that the next reliable response must carry.</param>
        public sealed record Waiting(Promise Current, TimeSpan Interval, ImmutableArray<Promise> Queue, SipResponse? Answer, uint NextRSeq) : State(NextRSeq);

        /// <summary>
        /// The INVITE has its final response; a PRACK may still come for <paramref name="Current"/>, which is not repeated any more.
        /// </summary>
        public sealed record Answered(Promise Current, uint NextRSeq) : State(NextRSeq);

        /// <summary>Over.</summary>
        public sealed record Terminated() : State(0);
    }

    private static readonly State TerminatedState = new Terminated();

    /// <summary>Before the first reliable response. RFC 3262 §3 wants the number drawn evenly from 1 to 2^31 - 1.</summary>
    public static State Start(uint firstRSeq) => new Idle(Math.Clamp(firstRSeq, 1, int.MaxValue));

    /// <inheritdoc/>
    public Transition<State> Handle(State state, TransactionInput input) => (state, input) switch
    {
        (Idle, RespondReliably respond) => SendFirst(PromiseOf(state, respond), [], null, After(state)),
        (Waiting { Answer: null } waiting, RespondReliably respond) =>
            To<State>(waiting with { Queue = waiting.Queue.Add(PromiseOf(state, respond)), NextRSeq = After(state) }),

        // An unreliable response overtakes nothing that matters, so it never waits.
        (Idle or Waiting { Answer: null }, Respond { Response: { IsProvisional: true } provisional }) => To(state, new Reply(provisional)),
        (Idle, Respond { Response: var final }) => To(TerminatedState, new Reply(final), Finish.With(TransactionOutcome.Completed)),
        (Waiting { Answer: null } waiting, Respond { Response: { IsSuccess: true } answer }) when MustWait(waiting) =>
            To<State>(waiting with { Answer = answer }),

        // RFC 3262 §3: with the final response the repeating ends, and what was not sent yet never will be.
        (Waiting { Answer: null } waiting, Respond { Response: var final }) =>
            To<State>(new Answered(waiting.Current, waiting.NextRSeq), new Reply(final)),
        (Waiting waiting, Respond { Response: { IsRejection: true } rejection }) =>
            To<State>(new Answered(waiting.Current, waiting.NextRSeq), new Reply(rejection)),

        (Waiting { Answer: null } waiting, UserReplaced) =>
            To<State>(waiting with { Current = waiting.Current with { IsAutomatic = true }, Queue = [], NextRSeq = waiting.Current.RSeq + 1 }),

        (Waiting waiting, PrackReceived { Prack: var prack }) =>
            Matches(waiting.Current, prack) ? Advance(waiting, prack) : Refuse(state, prack),
        (Answered answered, PrackReceived { Prack: var prack }) => Matches(answered.Current, prack)
            ? To(TerminatedState, Accept(answered.Current, prack), Finish.With(TransactionOutcome.Completed))
            : Refuse(state, prack),
        (_, PrackReceived { Prack: var prack }) => Refuse(state, prack),

        (Waiting waiting, TimerFired { Timer: TransactionTimer.Provisional } fired) when IsFor(waiting.Current, fired) => Repeat(waiting),
        (Waiting waiting, TimerFired { Timer: TransactionTimer.ProvisionalLimit } fired) when IsFor(waiting.Current, fired) =>
            new(TerminatedState, End(TransactionOutcome.TimedOut)),
        (Answered answered, TimerFired { Timer: TransactionTimer.ProvisionalLimit } fired) when IsFor(answered.Current, fired) =>
            new(TerminatedState, End(TransactionOutcome.Completed)),
        _ => To(state),
    };

    private static Promise PromiseOf(State state, RespondReliably respond) => new(respond.Response, state.NextRSeq, respond.IsAutomatic);

    private static uint After(State state) => state.NextRSeq + 1;

    // The RSeq of the response is the turn of its timers, so those of an acknowledged one mean nothing any more.
    private static bool IsFor(Promise promise, TimerFired fired) => fired.Turn == (int)promise.RSeq;

    private Transition<State> SendFirst(Promise promise, ImmutableArray<Promise> queue, SipResponse? answer, uint nextRSeq, TransactionEffect? before = null)
    {
        var next = new Waiting(promise, Timers.T1, queue, answer, nextRSeq);
        var again = new StartTimer(TransactionTimer.Provisional, Timers.T1, (int)promise.RSeq);
        var limit = new StartTimer(TransactionTimer.ProvisionalLimit, Timers.T1x64, (int)promise.RSeq);
        return before is null
            ? To<State>(next, new Reply(promise.Response), again, limit)
            : To<State>(next, before, new Reply(promise.Response), again, limit);
    }

    // Doubling without a ceiling, over any transport (RFC 3262 §3).
    private static Transition<State> Repeat(Waiting waiting)
    {
        var interval = Doubled(waiting.Interval);
        return To<State>(
            waiting with { Interval = interval },
            new Reply(waiting.Current.Response),
            new StartTimer(TransactionTimer.Provisional, interval, (int)waiting.Current.RSeq));
    }

    private Transition<State> Advance(Waiting waiting, SipRequest prack)
    {
        var accept = Accept(waiting.Current, prack);
        if (waiting.Answer is { } answer && !AnyOffer(waiting.Queue))
            return To(TerminatedState, accept, new Reply(answer), Finish.With(TransactionOutcome.Completed));
        return waiting.Queue is [var next, .. var rest]
            ? SendFirst(next, rest, waiting.Answer, waiting.NextRSeq, accept)
            : To<State>(new Idle(waiting.NextRSeq), accept);
    }

    private static TransactionEffect Accept(Promise promise, SipRequest prack) =>
        promise.IsAutomatic ? new AnswerRequest(prack, 200) : new PassUp(prack);

    private static Transition<State> Refuse(State state, SipRequest prack) => To(state, new AnswerRequest(prack, 481));

    // RFC 3262 §3: the PRACK must name the RSeq, the CSeq number and the method of the response.
    private static bool Matches(Promise promise, SipRequest prack) =>
        RAckView.TryParse(prack.First(SipHeaderId.RAck), out var rack)
        && rack.ResponseNumber == promise.RSeq && rack.CSeq == promise.Response.CSeq && rack.Method.SequenceEqual(promise.Response.CSeqMethodName);

    // RFC 3262 §3: no 2xx before the PRACKs of all responses that described a session. One still queued would describe it too late.
    private static bool MustWait(Waiting waiting) => waiting.Current.HasOffer || AnyOffer(waiting.Queue);

    private static bool AnyOffer(ImmutableArray<Promise> queue)
    {
        foreach (var promise in queue)
        {
            if (promise.HasOffer) return true;
        }
        return false;
    }
}
