using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Sip.Proxying;

/// <summary>A branch's client transaction passed up a response.</summary>
public sealed record BranchAnswered(int Branch, SipResponse Response) : TransactionInput;

/// <summary>A branch's client transaction is finished. It comes for every branch that was begun, last of all for that branch.</summary>
public sealed record BranchOver(int Branch, TransactionOutcome Outcome) : TransactionInput;

/// <summary>A branch could not be begun: there is no transport for its target.</summary>
public sealed record BranchSkipped(int Branch) : TransactionInput;

/// <summary>The request was cancelled by its sender; the host has answered the CANCEL with 200.</summary>
public sealed record UpstreamCancelled : TransactionInput
{
    /// <summary>The shared value.</summary>
    public static readonly UpstreamCancelled Instance = new();
}

/// <summary>A branch's timer has run out.</summary>
public sealed record BranchTimerFired(BranchTimer Timer, int Branch, int Turn) : TransactionInput;

/// <summary>The timers of a branch.</summary>
public enum BranchTimer : byte
{
    /// <summary><see cref="ProxyOptions.ProvisionalTimeout"/>.</summary>
    Provisional,

    /// <summary><see cref="ProxyOptions.FinalTimeout"/>.</summary>
    Final,

    /// <summary><see cref="ProxyOptions.TimerC"/>.</summary>
    C,
}
