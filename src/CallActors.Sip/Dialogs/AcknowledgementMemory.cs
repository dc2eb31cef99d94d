using System.Collections.Immutable;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;
using static CallActors.Sip.Dialogs.AcknowledgementMemory.State;
using static CallActors.Sip.Transactions.Step;

namespace CallActors.Sip.Dialogs;

/// <summary>
/// The UAC core's care for the 2xx to its INVITE (RFC 3261 §13.2.2.4). Repeats of the 2xx are absorbed until the user acknowledges, and then
/// answered with the ACK kept from it. A user who never acknowledges has it done, and the call ended, after 64*T1; so has at once a 2xx from
/// another fork, which nobody can want beside the first.
/// </summary>
/// <param name="Timers">The configured times.</param>
public sealed record AcknowledgementMemory(SipTimers Timers) : IStateMachine<AcknowledgementMemory.State>
{
    /// <summary>
    /// How many forks beyond the first one are remembered; from then on they are still acknowledged and ended, only more often.
    /// </summary>
    public const int MostForks = 16;

    /// <summary>Where it stands.</summary>
    /// <param name="Surplus">To tags of the other forks that were already ended.</param>
    public abstract record State(ImmutableArray<Octets> Surplus)
    {
        /// <summary>The user has the 2xx and has not acknowledged it.</summary>
        public sealed record Waiting(SipResponse Answer, ImmutableArray<Octets> Surplus) : State(Surplus);

        /// <summary>Acknowledged by the user.</summary>
        public sealed record Acknowledged(SipRequest Ack, ImmutableArray<Octets> Surplus) : State(Surplus);

        /// <summary>Acknowledged and ended on the user's behalf.</summary>
        public sealed record Released(Octets Tag, ImmutableArray<Octets> Surplus) : State(Surplus);

        /// <summary>Over.</summary>
        public sealed record Terminated() : State([]);
    }

    private const int WaitTurn = 0;
    private const int MemoryTurn = 1;
    private static readonly State TerminatedState = new Terminated();

    /// <summary>Begins with the first 2xx, which the host shows its user itself.</summary>
    public Transition<State> Start(SipResponse answer) => To<State>(new Waiting(answer, []), Timers.StartAcknowledgement);

    /// <inheritdoc/>
    public Transition<State> Handle(State state, TransactionInput input) => (state, input) switch
    {
        (Waiting waiting, Received { Response: { IsSuccess: true } answer }) =>
            answer.ToTag.SequenceEqual(waiting.Answer.ToTag) ? To(state) : Surplus(state, answer),
        (State.Acknowledged acknowledged, Received { Response: { IsSuccess: true } answer }) =>
            answer.ToTag.SequenceEqual(acknowledged.Ack.ToTag) ? To(state, new Send(acknowledged.Ack)) : Surplus(state, answer),
        (Released released, Received { Response: { IsSuccess: true } answer }) =>
            answer.ToTag.SequenceEqual(released.Tag.Span) ? To(state, new AcknowledgeAnswer(answer)) : Surplus(state, answer),

        (Waiting waiting, Acknowledge { Ack: var ack }) => To<State>(
            new State.Acknowledged(ack, waiting.Surplus), new Send(ack), RememberFor(Timers.T1x64)),

        (Waiting waiting, Abandoned) => Release(waiting, RememberFor(Timers.T1x64)),
        (Waiting waiting, TimerFired { Timer: TransactionTimer.Acknowledgement, Turn: WaitTurn }) =>
            Release(waiting, Finish.With(TransactionOutcome.TimedOut)),
        (State.Acknowledged or Released, TimerFired { Timer: TransactionTimer.Acknowledgement, Turn: MemoryTurn }) =>
            new(TerminatedState, End(TransactionOutcome.Completed)),
        _ => To(state),
    };

    private static StartTimer RememberFor(TimeSpan time) => new(TransactionTimer.Acknowledgement, time, MemoryTurn);

    // After 64*T1 the peer repeats nothing any more, so there is nothing left to remember.
    private static Transition<State> Release(Waiting waiting, TransactionEffect last) => To(
        last is Finish ? TerminatedState : new Released(Octets.Of(waiting.Answer.ToTag), waiting.Surplus),
        new AcknowledgeAnswer(waiting.Answer),
        new ReleaseAnswer(waiting.Answer),
        last);

    private static Transition<State> Surplus(State state, SipResponse answer)
    {
        foreach (var tag in state.Surplus)
        {
            if (tag.Span.SequenceEqual(answer.ToTag)) return To(state, new AcknowledgeAnswer(answer));
        }
        var next = state.Surplus.Length < MostForks ? state with { Surplus = state.Surplus.Add(Octets.Of(answer.ToTag)) } : state;
        return To(next, new AcknowledgeAnswer(answer), new ReleaseAnswer(answer));
    }
}
