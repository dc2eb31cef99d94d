using CallActors.Sip.Messages;
using static CallActors.Sip.Transactions.NonInviteServerTransaction.State;
using static CallActors.Sip.Transactions.Step;
using static CallActors.Sip.Transactions.TransactionTimer;

namespace CallActors.Sip.Transactions;

/// <summary>The non-INVITE server transaction: RFC 3261 §17.2.2 under the rules of RFC 4320.</summary>
/// <param name="IsReliable">The responses go over a transport that does not lose them: the final response ends it at once.</param>
/// <param name="Timers">The configured times.</param>
/// <param name="MaySendTimeout">
/// Whether a 408 may go out. RFC 4320 §4.2 forbids it, because it arrives when nobody waits any more and makes the sender think
/// the next hop dead; so it is off by default, and a 408 of the user's leaves the client to its own timer F.
/// </param>
public sealed record NonInviteServerTransaction(bool IsReliable, SipTimers Timers, bool MaySendTimeout = false)
    : IStateMachine<NonInviteServerTransaction.State>
{
    /// <summary>Where the transaction stands: RFC 3261 figure 8.</summary>
    public abstract record State
    {
        /// <summary>Nothing sent yet.</summary>
        public sealed record Trying(SipRequest Request) : State;

        /// <summary>100 sent; it answers a repeated request. The 100 is due no more once <paramref name="IsLate"/>.</summary>
        public sealed record Proceeding(SipResponse Last, bool IsLate = false) : State;

        /// <summary>The user has nothing to say that may be said; repeated requests stop here.</summary>
        public sealed record Silent(bool IsLate) : State;

        /// <summary>Answered; the final response answers a repeated request.</summary>
        public sealed record Completed(SipResponse Final) : State;

        /// <summary>Over.</summary>
        public sealed record Terminated : State;
    }

    private static readonly State TerminatedState = new Terminated();

    /// <summary>Begins with the received request, which the host has in hand and shows its user itself.</summary>
    public Transition<State> Start(SipRequest request) => new(new Trying(request), Timers.OnlyTrying);

    /// <inheritdoc/>
    public Transition<State> Handle(State state, TransactionInput input) => (state, input) switch
    {
        (Trying or Proceeding, Respond { Response: { IsProvisional: true } provisional }) => Delay(state, provisional),
        (Trying, Respond { Response.StatusCode: 408 }) when !MaySendTimeout => To<State>(new Silent(IsLate: false)),
        (Proceeding { IsLate: var late }, Respond { Response.StatusCode: 408 }) when !MaySendTimeout => To<State>(new Silent(late)),
        (Trying or Proceeding, Respond { Response: var final }) => Complete(final),

        (Proceeding proceeding, Retransmitted) => To(state, new Send(proceeding.Last)),
        (Completed completed, Retransmitted) => To(state, new Send(completed.Final)),

        // RFC 4320 §4.1: by now the client repeats every T2 only, and a 100 is owed over any transport.
        (Trying trying, TimerFired { Timer: TransactionTimer.TryingDue }) => SendTrying(trying.Request),
        (Proceeding { IsLate: false } proceeding, TimerFired { Timer: TransactionTimer.TryingDue }) =>
            To<State>(proceeding with { IsLate = true }, Timers.StartRestOfF),
        (Silent { IsLate: false }, TimerFired { Timer: TransactionTimer.TryingDue }) =>
            To<State>(new Silent(IsLate: true), Timers.StartRestOfF),

        // RFC 4320 §4.2: the client has given up, so a response would be late, and late ones are not sent.
        (Trying or Proceeding or Silent, TimerFired { Timer: F }) => End(TransactionOutcome.TimedOut),
        (Completed, TimerFired { Timer: J }) => End(TransactionOutcome.Completed),

        (Trying or Proceeding or Completed, SendFailed) => End(TransactionOutcome.SendFailed),
        _ => To(state),
    };

    // RFC 4320 §4.1: nothing provisional but 100, and over an unreliable transport not before it is due.
    private Transition<State> Delay(State state, SipResponse provisional)
    {
        if (provisional.StatusCode != 100) return To(state);
        var late = state is Proceeding { IsLate: true };
        return IsReliable || late ? To<State>(new Proceeding(provisional, late), new Send(provisional)) : To(state);
    }

    private Transition<State> SendTrying(SipRequest request)
    {
        var trying = request.RespondTo(100, default, default);
        return To<State>(new Proceeding(trying, IsLate: true), new Send(trying), Timers.StartRestOfF);
    }

    // Over a reliable transport timer J is zero: the end is in the same step (RFC 3261 §17.2.2).
    private Transition<State> Complete(SipResponse final) => IsReliable
        ? To(TerminatedState, new Send(final), Finish.With(TransactionOutcome.Completed))
        : To<State>(new Completed(final), new Send(final), Timers.StartJ);

    private static Transition<State> End(TransactionOutcome outcome) => new(TerminatedState, Step.End(outcome));
}
