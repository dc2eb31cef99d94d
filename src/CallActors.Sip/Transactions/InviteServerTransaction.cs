using CallActors.Sip.Messages;
using static CallActors.Sip.Transactions.InviteServerTransaction.State;
using static CallActors.Sip.Transactions.Step;
using static CallActors.Sip.Transactions.TransactionTimer;

namespace CallActors.Sip.Transactions;

/// <summary>The INVITE server transaction: RFC 3261 §17.2.1 with the Accepted state of RFC 6026 §7.1.</summary>
/// <param name="IsReliable">
/// The responses go over a transport that does not lose them: nothing is repeated, the ACK ends a rejection at once.
/// </param>
/// <param name="Timers">The configured times.</param>
/// <param name="SendsTrying">
/// Whether it answers 100 by itself, and then at once: an application may take longer than the 200 ms that RFC 3261 §17.2.1 allows.
/// </param>
public sealed record InviteServerTransaction(bool IsReliable, SipTimers Timers, bool SendsTrying = true)
    : IStateMachine<InviteServerTransaction.State>
{
    /// <summary>Where the transaction stands: RFC 3261 figure 7 as RFC 6026 redraws it.</summary>
    public abstract record State
    {
        /// <summary>No final response yet; the last provisional one answers a repeated INVITE.</summary>
        public sealed record Proceeding(SipResponse? Last) : State;

        /// <summary>Rejected; repeated until the ACK comes.</summary>
        public sealed record Completed(SipResponse Rejection, TimeSpan Interval) : State;

        /// <summary>Rejected and acknowledged; the ACK may come again.</summary>
        public sealed record Confirmed : State;

        /// <summary>Accepted: the 2xx is repeated by the UAS core, not here (RFC 6026 §7.1).</summary>
        public sealed record Accepted : State;

        /// <summary>Over.</summary>
        public sealed record Terminated : State;
    }

    private static readonly State ConfirmedState = new Confirmed();
    private static readonly State AcceptedState = new Accepted();
    private static readonly State TerminatedState = new Terminated();

    /// <summary>Begins with the received INVITE, which the host has in hand and shows its user itself.</summary>
    public Transition<State> Start(SipRequest invite)
    {
        if (!SendsTrying) return To<State>(new Proceeding(null));
        var trying = invite.RespondTo(100, default, default);
        return To<State>(new Proceeding(trying), new Send(trying));
    }

    /// <inheritdoc/>
    public Transition<State> Handle(State state, TransactionInput input) => (state, input) switch
    {
        (Proceeding, Respond { Response: { IsProvisional: true } provisional }) =>
            To<State>(new Proceeding(provisional), new Send(provisional)),
        (Proceeding, Respond { Response: { IsSuccess: true } answer }) => To(AcceptedState, new Send(answer), Timers.StartL),
        (Proceeding, Respond { Response: var rejection }) => Reject(rejection),

        // The core repeats its 2xx, or a proxy passes on that of another fork (RFC 6026 §7.1).
        (Accepted, Respond { Response: { IsSuccess: true } answer }) => To(state, new Send(answer)),

        (Completed, Retransmitted { Request.Method: SipMethod.Ack }) => Confirm(),
        (Accepted, Retransmitted { Request: { Method: SipMethod.Ack } ack }) => To(state, new PassUp(ack)),
        (Proceeding { Last: { } last }, Retransmitted { Request.Method: not SipMethod.Ack }) => To(state, new Send(last)),
        (Completed completed, Retransmitted) => To(state, new Send(completed.Rejection)),

        (Completed completed, TimerFired { Timer: G }) when !IsReliable => Repeat(completed),
        (Completed, TimerFired { Timer: H }) => End(TransactionOutcome.TimedOut),
        (Confirmed, TimerFired { Timer: I }) => End(TransactionOutcome.Completed),
        (Accepted, TimerFired { Timer: L }) => End(TransactionOutcome.Completed),

        // An accepted call does not end because one copy of its answer could not be sent (RFC 6026 §7.1).
        (Proceeding or Completed, SendFailed) => End(TransactionOutcome.SendFailed),
        _ => To(state),
    };

    private Transition<State> Reject(SipResponse rejection)
    {
        var completed = new Completed(rejection, Timers.T1);
        return IsReliable
            ? To<State>(completed, new Send(rejection), Timers.StartH)
            : To<State>(completed, new Send(rejection), Timers.StartH, Timers.StartG);
    }

    private Transition<State> Repeat(Completed completed)
    {
        var interval = Doubled(completed.Interval, Timers.T2);
        return To<State>(completed with { Interval = interval }, new Send(completed.Rejection), new StartTimer(G, interval));
    }

    // Over a reliable transport timer I is zero: the end is in the same step (RFC 3261 §17.2.1).
    private Transition<State> Confirm() => IsReliable ? End(TransactionOutcome.Completed) : new(ConfirmedState, Timers.OnlyI);

    private static Transition<State> End(TransactionOutcome outcome) => new(TerminatedState, Step.End(outcome));
}
