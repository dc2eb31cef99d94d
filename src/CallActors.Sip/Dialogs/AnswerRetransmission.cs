using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;
using static CallActors.Sip.Dialogs.AnswerRetransmission.State;
using static CallActors.Sip.Transactions.Step;
using static CallActors.Sip.Transactions.TransactionTimer;

namespace CallActors.Sip.Dialogs;

/// <summary>
/// The UAS core's care for its 2xx until the ACK comes (RFC 3261 §13.3.1.4). Ends with <see cref="TransactionOutcome.Completed"/> when it came
/// and with <see cref="TransactionOutcome.TimedOut"/> when it did not: then the host ends the dialog with a BYE.
/// </summary>
/// <param name="Repeats">
/// Whether the 2xx is sent again. RFC 3261 asks for it over any transport, because a later hop may lose what ours does not; like
/// drachtio the server asks for it over unreliable transports only.
/// </param>
/// <param name="Timers">The configured times.</param>
public sealed record AnswerRetransmission(bool Repeats, SipTimers Timers) : IStateMachine<AnswerRetransmission.State>
{
    /// <summary>Where it stands.</summary>
    public abstract record State
    {
        /// <summary>No ACK yet.</summary>
        public sealed record Waiting(SipResponse Answer, TimeSpan Interval) : State;

        /// <summary>Over.</summary>
        public sealed record Terminated : State;
    }

    private static readonly State TerminatedState = new Terminated();

    /// <summary>Begins once the 2xx was handed to the INVITE server transaction, which sends it the first time.</summary>
    public Transition<State> Start(SipResponse answer) => Repeats
        ? To<State>(new Waiting(answer, Timers.T1), Timers.StartAnswerLimit, Timers.StartAnswer)
        : To<State>(new Waiting(answer, Timers.T1), Timers.StartAnswerLimit);

    /// <inheritdoc/>
    public Transition<State> Handle(State state, TransactionInput input) => (state, input) switch
    {
        (Waiting, Acknowledged) => new(TerminatedState, End(TransactionOutcome.Completed)),
        (Waiting waiting, TimerFired { Timer: Answer }) when Repeats => Repeat(waiting),
        (Waiting, TimerFired { Timer: AnswerLimit }) => new(TerminatedState, End(TransactionOutcome.TimedOut)),
        _ => To(state),
    };

    private Transition<State> Repeat(Waiting waiting)
    {
        var interval = Doubled(waiting.Interval, Timers.T2);
        return To<State>(waiting with { Interval = interval }, new Send(waiting.Answer), new StartTimer(Answer, interval));
    }
}
