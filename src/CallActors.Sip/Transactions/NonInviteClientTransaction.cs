using CallActors.Sip.Messages;
using static CallActors.Sip.Transactions.NonInviteClientTransaction.State;
using static CallActors.Sip.Transactions.Step;
using static CallActors.Sip.Transactions.TransactionTimer;

namespace CallActors.Sip.Transactions;

/// <summary>The non-INVITE client transaction: RFC 3261 §17.1.2, figure 6.</summary>
/// <param name="IsReliable">
/// The request goes over a transport that does not lose it: nothing is repeated, the final response ends it at once.
/// </param>
/// <param name="Timers">The configured times.</param>
/// <param name="PassesTrying">Whether the user sees 100 responses too.</param>
public sealed record NonInviteClientTransaction(bool IsReliable, SipTimers Timers, bool PassesTrying = false)
    : IStateMachine<NonInviteClientTransaction.State>
{
    /// <summary>Where the transaction stands.</summary>
    public abstract record State
    {
        /// <summary>No response yet.</summary>
        public sealed record Trying(SipRequest Request, TimeSpan Interval) : State;

        /// <summary>A provisional response came; over unreliable transports the request goes on being repeated, every T2.</summary>
        public sealed record Proceeding(SipRequest Request) : State;

        /// <summary>Answered; the response may come again.</summary>
        public sealed record Completed : State;

        /// <summary>Over.</summary>
        public sealed record Terminated : State;
    }

    private static readonly State CompletedState = new Completed();
    private static readonly State TerminatedState = new Terminated();

    /// <summary>Sends the request.</summary>
    public Transition<State> Start(SipRequest request)
    {
        var trying = new Trying(request, Timers.StartE.After);
        return IsReliable
            ? To<State>(trying, new Send(request), Timers.StartF)
            : To<State>(trying, new Send(request), Timers.StartF, Timers.StartE);
    }

    /// <inheritdoc/>
    public Transition<State> Handle(State state, TransactionInput input) => (state, input) switch
    {
        (Trying trying, Received { Response: { IsProvisional: true } provisional }) => Proceed(new Proceeding(trying.Request), provisional),
        (Proceeding, Received { Response: { IsProvisional: true } provisional }) => Proceed(state, provisional),
        (Trying or Proceeding, Received { Response: var final }) => Complete(final),

        (Trying trying, TimerFired { Timer: E }) when !IsReliable => Retransmit(trying),
        (Proceeding proceeding, TimerFired { Timer: E }) when !IsReliable => To(state, new Send(proceeding.Request), Timers.StartEAtT2),
        (Trying or Proceeding, TimerFired { Timer: F }) => End(TransactionOutcome.TimedOut),
        (Completed, TimerFired { Timer: K }) => End(TransactionOutcome.Completed),

        (Trying or Proceeding, SendFailed) => End(TransactionOutcome.SendFailed),
        _ => To(state),
    };

    private Transition<State> Retransmit(Trying trying)
    {
        var interval = Doubled(trying.Interval, Timers.T2);
        return To<State>(trying with { Interval = interval }, new Send(trying.Request), new StartTimer(E, interval));
    }

    private Transition<State> Proceed(State proceeding, SipResponse provisional) =>
        PassesTrying || provisional.StatusCode != 100 ? To(proceeding, new PassUp(provisional)) : To(proceeding);

    // Over a reliable transport timer K is zero: the end is in the same step (RFC 3261 §17.1.2.2).
    private Transition<State> Complete(SipResponse final) => IsReliable
        ? To(TerminatedState, new PassUp(final), Finish.With(TransactionOutcome.Completed))
        : To(CompletedState, new PassUp(final), Timers.StartK);

    private static Transition<State> End(TransactionOutcome outcome) => new(TerminatedState, Step.End(outcome));
}
