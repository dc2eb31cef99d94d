using System.Collections.Immutable;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;
using CallActors.Targets;
using static CallActors.Ringing.RingSearch.Phase;

namespace CallActors.Ringing;

/// <summary>
/// A ringing plan being carried out: the first answer wins and everybody else is cancelled; the caller may hang up, targets may be added.
/// </summary>
/// <remarks>
/// Values only: the host places the calls. A target that was cancelled is over for the plan at once; whatever it still says concerns nobody, but an answer,
/// which is released.
/// </remarks>
internal sealed record RingSearch : IStateMachine<RingSearch.State>
{
    /// <summary>The only one needed: what there is to know is in the state.</summary>
    public static readonly RingSearch Instance = new();

    /// <summary>Where the search stands.</summary>
    public enum Phase : byte
    {
        /// <summary>Nobody was rung yet.</summary>
        Planned,

        /// <summary>Somebody rings.</summary>
        Searching,

        /// <summary>It has its outcome.</summary>
        Done,
    }

    /// <summary>How far a target or group has come.</summary>
    public enum Stage : byte
    {
        /// <summary>Its turn has not come.</summary>
        Waiting,

        /// <summary>It was dialled, and is silent.</summary>
        Dialled,

        /// <summary>It rings; of a group, that somebody in it may.</summary>
        Rings,

        /// <summary>It failed, or was cancelled.</summary>
        Over,

        /// <summary>It will never be rung.</summary>
        Skipped,

        /// <summary>It answered first.</summary>
        Winner,
    }

    /// <summary>A target or group of the plan, by its number; the members of a group stand in their order.</summary>
    public sealed record Node(int Parent, CallTarget? Target, bool IsParallel, TimeSpan? Timeout, ImmutableArray<int> Members, Stage Stage)
    {
        /// <summary>Whether it, or somebody in it, may still answer.</summary>
        public bool IsActive => Stage is Stage.Dialled or Stage.Rings;
    }

    /// <summary>The plan, and what came of it so far.</summary>
    /// <param name="Nodes">Its targets and groups; the first is the whole.</param>
    /// <param name="Phase">Where the search stands.</param>
    /// <param name="Failures">Which failures end it.</param>
    /// <param name="Silence">How long a target may be silent.</param>
    /// <param name="Best">The best rejection so far.</param>
    /// <param name="OwnWord">The status for the caller where no target gave any.</param>
    /// <param name="LateReason">What to tell those who answer too late.</param>
    public sealed record State(
        ImmutableArray<Node> Nodes, Phase Phase, FailureRule Failures, TimeSpan? Silence, SipResponse? Best, int OwnWord, string? LateReason);

    /// <summary>Before anybody is rung. A plan without any target fails with 480.</summary>
    public static State Start(RingPlan plan)
    {
        // A single target is a group of one, so that others can join it.
        var whole = plan.Target is null ? plan : RingPlan.Parallel(plan);
        var nodes = ImmutableArray.CreateBuilder<Node>();
        RingStep.Append(nodes, whole, parent: -1);
        return new(nodes.DrainToImmutable(), Planned, plan.Failures, plan.Silence, null, 480, null);
    }

    /// <inheritdoc/>
    public Transition<State> Handle(State state, TransactionInput input)
    {
        var step = new RingStep(state);
        switch (state.Phase, input)
        {
            case (Planned, RingInput.Started):
                step.Begin();
                break;
            case (Planned or Searching, RingInput.CallerGone gone):
                step.Abandon(gone.Reason);
                break;
            case (Planned or Searching, RingInput.Added added):
                step.Add(added.Plan);
                break;
            case (Searching, RingInput.Rang rang) when step.IsAwaited(rang.Target):
                step.Ring(rang.Target);
                break;
            case (Searching, RingInput.Answered answered) when step.IsAwaited(answered.Target):
                step.Win(answered.Target);
                break;
            case (Searching, RingInput.Rejected rejected) when step.IsAwaited(rejected.Target):
                step.Reject(rejected.Target, rejected.Response);
                break;
            case (Searching, RingInput.Lost lost) when step.IsAwaited(lost.Target):
                step.Lose(lost.Target, lost.Status);
                break;
            case (Searching, RingInput.TimedOut { Timer: RingTimer.Ring } fired) when step.IsActive(fired.Node):
                step.GiveUp(fired.Node);
                break;
            case (Searching, RingInput.TimedOut { Timer: RingTimer.Silence } fired) when step.IsSilent(fired.Node):
                step.GiveUp(fired.Node);
                break;
            case (_, RingInput.Answered late) when step.IsOver(late.Target):
                step.Release(late.Target);
                break;
        }
        return step.Transition;
    }
}
