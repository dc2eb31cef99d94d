using System.Collections.Immutable;
using CallActors.Descriptions;
using CallActors.Sip.Transactions;

namespace CallActors.Offers;

/// <summary>
/// The changes of one dialog's session after its answer: ours one after the other, theirs in between, and neither over the other (RFC 3261 §14, RFC 3264 §4).
/// </summary>
/// <remarks>
/// What was agreed changes when an exchange succeeds, and only then (RFC 6141 §3.4): a refusal, or a time-out, leaves both descriptions and the hold as they
/// were. A change of ours waits for the ACK of whatever went before it.
/// </remarks>
/// <param name="OwnsCallId">Whether our INVITE made the dialog, which decides how long we wait after a 491.</param>
internal sealed record ModifyQueue(bool OwnsCallId) : IStateMachine<ModifyQueue.State>
{
    /// <summary>How often a change is sent in all before a 491 or 500 is its outcome.</summary>
    public int MostAttempts { get; init; } = 5;

    /// <summary>How long a change may take from its first sending; below 32 s, so that the flow's own answer is never too late for the other side.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest Retry-After that is waited for; RFC 3261 §14.2 gives at most 10 s.</summary>
    public TimeSpan MostRetryAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait for the end of what was cancelled (64*T1).</summary>
    public TimeSpan CancelPatience { get; init; } = TimeSpan.FromSeconds(32);

    /// <summary>How far our own change has come.</summary>
    public enum OurPhase : byte
    {
        /// <summary>To be sent as soon as nothing of theirs is open.</summary>
        Ready,

        /// <summary>The re-INVITE has no final response yet.</summary>
        Sent,

        /// <summary>Its 2xx made the offer, and the flow is to answer.</summary>
        Answering,

        /// <summary>It was refused for now.</summary>
        Waiting,

        /// <summary>It was given up, and its final response is still to come. The flow has its outcome.</summary>
        Cancelled,
    }

    /// <summary>A change that the flow asked for.</summary>
    public readonly record struct Asked(int Id, Modification Change);

    /// <summary>The change being carried out.</summary>
    /// <param name="Asked">The change.</param>
    /// <param name="Phase">How far it has come.</param>
    /// <param name="Attempts">How often it was sent.</param>
    /// <param name="Offer">Our offer while it is sent, theirs while we answer; null for none.</param>
    public sealed record OurExchange(Asked Asked, OurPhase Phase, int Attempts, string? Offer);

    /// <summary>A request of theirs that is not over.</summary>
    /// <param name="Number">The host's number for it.</param>
    /// <param name="Offer">What they offer; null when they ask us to.</param>
    /// <param name="IsUpdate">Whether it is an UPDATE.</param>
    /// <param name="IsAnswered">Whether we sent a 2xx and wait for the ACK.</param>
    /// <param name="OurOffer">What that 2xx offers.</param>
    public sealed record TheirExchange(int Number, string? Offer, bool IsUpdate, bool IsAnswered, string? OurOffer);

    /// <summary>What is agreed, and what is under way.</summary>
    /// <param name="Local">What we said last that holds.</param>
    /// <param name="Remote">What they said last that holds.</param>
    /// <param name="Hold">Our own hold; null when there is none.</param>
    /// <param name="BeforeHold">What we said before it.</param>
    /// <param name="Queue">Changes whose turn has not come.</param>
    /// <param name="Ours">The change being carried out.</param>
    /// <param name="Theirs">Their request that is not over.</param>
    /// <param name="Turn">Tells a timer from the same one started anew.</param>
    /// <param name="EndReason">Why the dialog has ended; null while it lasts.</param>
    /// <param name="Wanted">What we would say if they let us, where that is not to be seen from what we said: they refused a line, and so did our answer. Null where it is.</param>
    public sealed record State(
        string? Local, string? Remote, HoldMode? Hold, string? BeforeHold,
        ImmutableQueue<Asked> Queue, OurExchange? Ours, TheirExchange? Theirs, int Turn, string? EndReason, string? Wanted = null);

    /// <summary>A dialog whose INVITE was acknowledged.</summary>
    public static State Start(string? local, string? remote, HoldMode? hold = null) =>
        new(local, remote, hold, null, ImmutableQueue<Asked>.Empty, null, null, 0, null);

    /// <summary>
    /// A dialog that we have answered and whose ACK is to come, as that of exchange 0. Where the INVITE offered nothing there is no
    /// <paramref name="remote"/> yet: it comes with the ACK.
    /// </summary>
    public static State StartUnacknowledged(string? local, string? remote)
    {
        var theirs = new TheirExchange(0, remote, IsUpdate: false, IsAnswered: true, remote is null ? local : null);
        return Start(remote is null ? null : local, remote) with { Theirs = theirs };
    }

    /// <inheritdoc/>
    public Transition<State> Handle(State state, TransactionInput input)
    {
        var step = new ModifyStep(this, state);
        switch (input)
        {
            case ModifyInput.Ask ask:
                step.Ask(new(ask.Id, ask.Change));
                break;
            case ModifyInput.Received received:
                step.Receive(received);
                break;
            case ModifyInput.Respond respond when state.Theirs is { IsAnswered: false } theirs && theirs.Number == respond.Exchange:
                step.Respond(theirs, respond.Status, respond.Sdp);
                break;
            case ModifyInput.Acknowledged ack when state.Theirs is { IsAnswered: true } theirs && theirs.Number == ack.Exchange:
                step.Acknowledge(theirs, ack.Sdp);
                break;
            case ModifyInput.Accepted accepted when state.Ours is { Phase: OurPhase.Sent or OurPhase.Cancelled } ours:
                step.Accept(ours, accepted.Sdp);
                break;
            case ModifyInput.Answer answer when state.Ours is { Phase: OurPhase.Answering } ours && ours.Asked.Id == answer.Id:
                step.Answer(ours, answer.Sdp);
                break;
            case ModifyInput.Refused refused when state.Ours is { Phase: OurPhase.Sent or OurPhase.Cancelled } ours:
                step.Refuse(ours, refused);
                break;
            case ModifyInput.NotSent lost when state.Ours is { Phase: OurPhase.Sent or OurPhase.Cancelled } ours:
                step.Fail(ours, lost.Reason);
                break;
            case ModifyInput.TimerFired { Timer: ModifyTimer.Retry } fired when state.Ours is { Phase: OurPhase.Waiting } && fired.Turn == state.Turn:
                step.Retry();
                break;
            case ModifyInput.TimerFired { Timer: ModifyTimer.Limit } fired when state.Ours is { Phase: not OurPhase.Cancelled } ours && fired.Turn == ours.Asked.Id:
                step.GiveUp(ours);
                break;
            case ModifyInput.TimerFired { Timer: ModifyTimer.Abandoned } fired when state.Ours is { Phase: OurPhase.Cancelled } ours && fired.Turn == ours.Asked.Id:
                step.Forget();
                break;
            case ModifyInput.Ended ended:
                step.End(ended.Reason);
                break;
        }
        return step.Transition;
    }
}
