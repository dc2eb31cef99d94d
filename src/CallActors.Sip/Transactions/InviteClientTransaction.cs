using CallActors.Sip.Messages;
using static CallActors.Sip.Transactions.InviteClientTransaction.State;
using static CallActors.Sip.Transactions.Step;
using static CallActors.Sip.Transactions.TransactionTimer;

namespace CallActors.Sip.Transactions;

/// <summary>
/// The INVITE client transaction: RFC 3261 §17.1.1 with the Accepted state of RFC 6026 §7.2, the patience of RFC 3261 §9.1 with CANCEL,
/// and a limit to ringing.
/// </summary>
/// <param name="IsReliable">
/// The INVITE goes over a transport that does not lose it: nothing is repeated, a rejection ends it at once.
/// </param>
/// <param name="Timers">The configured times; <see cref="SipTimers.C"/> null for branches whose proxy keeps timer C itself.</param>
/// <param name="PassesTrying">Whether the user sees 100 responses too. An application does not, a response context may want to.</param>
public sealed record InviteClientTransaction(bool IsReliable, SipTimers Timers, bool PassesTrying = false)
    : IStateMachine<InviteClientTransaction.State>
{
    /// <summary>Where the transaction stands: RFC 3261 figure 5 as RFC 6026 redraws it.</summary>
    public abstract record State
    {
        /// <summary>No response yet. <paramref name="Cancel"/> is held back until there is one.</summary>
        public sealed record Calling(SipRequest Invite, TimeSpan Interval, SipRequest? Cancel = null) : State;

        /// <summary>A provisional response came.</summary>
        /// <param name="Invite">What the final response will be matched with.</param>
        /// <param name="Turn">The turn of timer C: it starts anew with each provisional response.</param>
        /// <param name="GivenUp">How it ends if no final response follows the CANCEL; null while none was sent.</param>
        public sealed record Proceeding(SipRequest Invite, int Turn = 0, TransactionOutcome? GivenUp = null) : State;

        /// <summary>Rejected and acknowledged; the rejection may come again.</summary>
        public sealed record Completed(SipRequest Ack) : State;

        /// <summary>Accepted; further 2xx are the user's (RFC 6026 §7.2).</summary>
        public sealed record Accepted : State;

        /// <summary>Over.</summary>
        public sealed record Terminated : State;
    }

    private static readonly State AcceptedState = new Accepted();
    private static readonly State TerminatedState = new Terminated();

    /// <summary>Sends the INVITE.</summary>
    public Transition<State> Start(SipRequest invite) => IsReliable
        ? To<State>(new Calling(invite, Timers.T1), new Send(invite), Timers.StartB)
        : To<State>(new Calling(invite, Timers.T1), new Send(invite), Timers.StartB, Timers.StartA);

    /// <inheritdoc/>
    public Transition<State> Handle(State state, TransactionInput input) => (state, input) switch
    {
        (Calling calling, Received { Response: { IsProvisional: true } first }) => Proceed(calling, first),
        (Proceeding proceeding, Received { Response: { IsProvisional: true } further }) => Renew(proceeding, further),
        (Calling or Proceeding, Received { Response: { IsSuccess: true } answer }) => To(AcceptedState, new PassUp(answer), Timers.StartM),
        (Calling { Invite: var invite }, Received { Response: var rejection }) => Acknowledge(invite, rejection),
        (Proceeding { Invite: var invite }, Received { Response: var rejection }) => Acknowledge(invite, rejection),

        // Each 2xx may come from another fork, and every one is the user's to acknowledge.
        (Accepted, Received { Response: { IsSuccess: true } answer }) => To(state, new PassUp(answer)),

        // The rejection came again, so our ACK was lost: repeat it, and trouble nobody.
        (Completed completed, Received { Response.IsRejection: true }) => To(state, new Send(completed.Ack)),

        (Calling calling, TimerFired { Timer: A }) when !IsReliable => Retransmit(calling),
        (Calling, TimerFired { Timer: B }) => End(TransactionOutcome.TimedOut),
        (Proceeding { GivenUp: null } proceeding, TimerFired { Timer: C } fired) when fired.Turn == proceeding.Turn =>
            TireOfRinging(proceeding),
        (Proceeding { GivenUp: { } outcome }, TimerFired { Timer: Cancelling }) => End(outcome),
        (Completed, TimerFired { Timer: D }) => End(TransactionOutcome.Completed),
        (Accepted, TimerFired { Timer: M }) => End(TransactionOutcome.Completed),

        // Before any response the peer may not have seen the INVITE, so a CANCEL could overtake it: it waits (RFC 3261 §9.1).
        (Calling { Cancel: null } calling, Cancel cancel) => To<State>(calling with { Cancel = cancel.Request }),
        (Proceeding { GivenUp: null } proceeding, Cancel cancel) =>
            To<State>(proceeding with { GivenUp = TransactionOutcome.Cancelled }, new BeginCancel(cancel.Request), Timers.StartCancelling),

        (Calling or Completed, SendFailed) => End(TransactionOutcome.SendFailed),
        _ => To(state),
    };

    private static Transition<State> Retransmit(Calling calling)
    {
        var interval = Doubled(calling.Interval);
        return To<State>(calling with { Interval = interval }, new Send(calling.Invite), new StartTimer(A, interval));
    }

    private Transition<State> Proceed(Calling calling, SipResponse first)
    {
        if (calling.Cancel is null) return Renew(new Proceeding(calling.Invite), first);
        var cancelled = new Proceeding(calling.Invite, GivenUp: TransactionOutcome.Cancelled);
        return IsForUser(first)
            ? To<State>(cancelled, new PassUp(first), new BeginCancel(calling.Cancel), Timers.StartCancelling)
            : To<State>(cancelled, new BeginCancel(calling.Cancel), Timers.StartCancelling);
    }

    private Transition<State> Renew(Proceeding proceeding, SipResponse provisional)
    {
        if (proceeding.GivenUp is not null || Timers.C is not { } limit)
            return IsForUser(provisional) ? To<State>(proceeding, new PassUp(provisional)) : To<State>(proceeding);
        var renewed = proceeding with { Turn = proceeding.Turn + 1 };
        var startC = new StartTimer(C, limit, renewed.Turn);
        return IsForUser(provisional) ? To<State>(renewed, new PassUp(provisional), startC) : To<State>(renewed, startC);
    }

    // The peer is alive but never decides: our own CANCEL makes it answer, and silence after that is a time-out.
    private Transition<State> TireOfRinging(Proceeding proceeding) => To<State>(
        proceeding with { GivenUp = TransactionOutcome.TimedOut },
        new BeginCancel(proceeding.Invite.CancelFor()),
        Timers.StartCancelling);

    // RFC 3261 §17.1.1.3. Over a reliable transport timer D is zero: the end is in the same step.
    private Transition<State> Acknowledge(SipRequest invite, SipResponse rejection)
    {
        var ack = invite.AckFor(rejection);
        return IsReliable
            ? To(TerminatedState, new Send(ack), new PassUp(rejection), Finish.With(TransactionOutcome.Completed))
            : To<State>(new Completed(ack), new Send(ack), new PassUp(rejection), Timers.StartD);
    }

    private bool IsForUser(SipResponse provisional) => PassesTrying || provisional.StatusCode != 100;

    private static Transition<State> End(TransactionOutcome outcome) => new(TerminatedState, Step.End(outcome));
}
