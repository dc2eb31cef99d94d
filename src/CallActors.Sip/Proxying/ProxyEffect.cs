using System.Collections.Immutable;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Sip.Proxying;

/// <summary>Forward the request to this target in a client transaction of its own, which keeps no timer C.</summary>
/// <param name="Branch">The branch's number, counted from 0.</param>
/// <param name="Target">The URI.</param>
/// <param name="Breadth">The Max-Breadth to send (RFC 5393 §5.3.3).</param>
public sealed record BeginBranch(int Branch, Octets Target, int Breadth) : TransactionEffect;

/// <summary>Hand a CANCEL to the branch's client transaction, which holds it until the branch has a provisional response.</summary>
public sealed record CancelBranch(int Branch) : TransactionEffect;

/// <summary>Hand <see cref="Fired"/> back when the time is over.</summary>
public sealed record StartBranchTimer(BranchTimer Timer, int Branch, TimeSpan After, int Turn) : TransactionEffect
{
    /// <summary>The input to hand back.</summary>
    public BranchTimerFired Fired => new(Timer, Branch, Turn);
}

/// <summary>Forward a response upstream.</summary>
/// <param name="Response">The response as received.</param>
/// <param name="Challenges">
/// Other 401 and 407 responses whose WWW-Authenticate and Proxy-Authenticate fields are to be added (RFC 3261 §16.7 step 7).
/// </param>
public sealed record ForwardUpstream(SipResponse Response, ImmutableArray<SipResponse> Challenges) : TransactionEffect;

/// <summary>Answer upstream with a response of our own.</summary>
public sealed record RespondUpstream(int Status) : TransactionEffect;

/// <summary>
/// A call was answered on a branch after its caller had another final response: acknowledge and end it, for nobody upstream listens any more.
/// </summary>
public sealed record ReleaseBranch(int Branch, SipResponse Answer) : TransactionEffect;

/// <summary>A challenge passed on: the same request with credentials should go to this branch's target alone.</summary>
public sealed record RememberChallenge(int Branch, SipResponse Challenge) : TransactionEffect;

/// <summary>Tell the application of a branch's final response (<c>continue</c>).</summary>
public sealed record ReportFinal(int Branch, SipResponse Response) : TransactionEffect;

/// <summary>Tell the application that the search is over (<c>done</c>). Comes exactly once.</summary>
public sealed record ReportDone : TransactionEffect
{
    /// <summary>The shared value.</summary>
    public static readonly ReportDone Instance = new();
}
