using System.Collections.Immutable;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;
using static CallActors.Sip.Proxying.ProxyCore.BranchPhase;

namespace CallActors.Sip.Proxying;

/// <summary>
/// The response context of a proxied request (RFC 3261 §16.6 to §16.10): which target is tried when, what is passed on, and when the search is
/// over. The branches themselves are client transactions, which the host runs (100 responses passed up, no timer C of their own); they repeat,
/// acknowledge rejections and hold CANCELs back.
/// </summary>
/// <remarks>
/// The context lives as long as the last of its client transactions, because each of them may still bring a 2xx. A cancelled search answers 487
/// when the last branch that had rung has ended (RFC 3261 §16.10), so that a 2xx crossing the CANCEL still reaches the caller; branches that never
/// gave a sign of life are not waited for.
/// </remarks>
/// <param name="Options">How this request is proxied.</param>
public sealed record ProxyCore(ProxyOptions Options) : IStateMachine<ProxyCore.State>
{
    /// <summary>How many branches redirects may lead to, so that two redirecting servers cannot play ball with us.</summary>
    public const int MostBranches = 64;

    /// <summary>How far a branch is.</summary>
    public enum BranchPhase : byte
    {
        /// <summary>Begun; nothing came back.</summary>
        Trying,

        /// <summary>A provisional response came back.</summary>
        Proceeding,

        /// <summary>Cancelled; its final response is waited for.</summary>
        Cancelling,

        /// <summary>Nobody waits for it any more, though its transaction may still bring something.</summary>
        GivenUp,

        /// <summary>It had its final response, or never will.</summary>
        Answered,
    }

    /// <summary>What the search has come to.</summary>
    public enum SearchPhase : byte
    {
        /// <summary>Targets are tried.</summary>
        Searching,

        /// <summary>No target is tried any more; the branches that were cancelled are waited for.</summary>
        Stopping,

        /// <summary>As <see cref="Stopping"/>, because the caller cancelled.</summary>
        Cancelled,

        /// <summary>A 2xx went upstream.</summary>
        Succeeded,

        /// <summary>Another final response went upstream.</summary>
        Failed,
    }

    /// <summary>One target and what became of it.</summary>
    /// <param name="Target">Where it went.</param>
    /// <param name="Breadth">Its share of Max-Breadth.</param>
    /// <param name="Phase">How far it is.</param>
    /// <param name="Turn">The turn of its timer C.</param>
    /// <param name="WasSkipped">It could not be begun.</param>
    /// <param name="IsOver">Its client transaction is finished.</param>
    public sealed record Branch(
        Octets Target, int Breadth, BranchPhase Phase = Trying, int Turn = 0, bool WasSkipped = false, bool IsOver = false)
    {
        internal bool IsSearching => Phase is Trying or Proceeding;

        internal bool IsAwaited => Phase is Trying or Proceeding or Cancelling;
    }

    /// <summary>Where the search stands.</summary>
    /// <param name="Branches">Every branch ever begun.</param>
    /// <param name="Targets">Those not tried yet, in order.</param>
    /// <param name="Candidates">The rejections so far; empty once one of them was chosen.</param>
    /// <param name="Phase">What the search has come to.</param>
    /// <param name="HasTimedOut">Whether some branch stayed without a final response for too long.</param>
    public sealed record State(
        ImmutableArray<Branch> Branches, ImmutableArray<Octets> Targets, ImmutableArray<SipResponse> Candidates, SearchPhase Phase, bool HasTimedOut = false);

    /// <summary>Begins the search.</summary>
    /// <param name="targets">The target URIs in order, at least one.</param>
    public Transition<State> Start(ImmutableArray<Octets> targets)
    {
        var search = new ProxySearch(Options, new State([], targets, [], SearchPhase.Searching));
        return search.Settle();
    }

    /// <inheritdoc/>
    public Transition<State> Handle(State state, TransactionInput input)
    {
        var search = new ProxySearch(Options, state);
        switch (input)
        {
            case BranchAnswered { Response: { IsProvisional: true } provisional } answered: search.Ring(answered.Branch, provisional); break;
            case BranchAnswered { Response: { IsSuccess: true } answer } answered: search.Succeed(answered.Branch, answer); break;
            case BranchAnswered { Response: var rejection } answered: search.Reject(answered.Branch, rejection); break;
            case BranchOver over: search.End(over.Branch, over.Outcome); break;
            case BranchSkipped skipped: search.Skip(skipped.Branch); break;
            case BranchTimerFired fired: search.RunOut(fired); break;
            case UpstreamCancelled: search.Cancel(); break;
            default: return new(state, []);
        }
        return search.Settle();
    }
}
