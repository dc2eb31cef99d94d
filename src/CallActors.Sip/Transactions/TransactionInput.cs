using CallActors.Sip.Messages;

namespace CallActors.Sip.Transactions;

/// <summary>Everything that can happen to a transaction, and to the machines of a dialog that live beside it.</summary>
public abstract record TransactionInput;

/// <summary>A response arrived for our request.</summary>
public sealed record Received(SipResponse Response) : TransactionInput;

/// <summary>The request of a server transaction arrived again, or the ACK for its final response did.</summary>
public sealed record Retransmitted(SipRequest Request) : TransactionInput;

/// <summary>The transaction's user answers.</summary>
public sealed record Respond(SipResponse Response) : TransactionInput;

/// <summary>
/// The user gives the INVITE up; <paramref name="Request"/> is the CANCEL to send as soon as it may be sent (RFC 3261 §9.1).
/// </summary>
public sealed record Cancel(SipRequest Request) : TransactionInput;

/// <summary>The transport could not send the last message (RFC 3261 §17.1.4, §17.2.4).</summary>
/// <param name="Reason">For the log; no machine looks at it.</param>
public sealed record SendFailed(string Reason) : TransactionInput;

/// <summary>A timer that the machine started has run out.</summary>
/// <param name="Timer">Which one.</param>
/// <param name="Turn">The turn it was started with: a timer that has been started anew since is told apart by it.</param>
public sealed record TimerFired(TransactionTimer Timer, int Turn = 0) : TransactionInput
{
    private static readonly TimerFired[] FirstTurns = MakeFirstTurns();

    /// <summary>The shared value for a timer's turn zero, a new one for the others.</summary>
    public static TimerFired Of(TransactionTimer timer, int turn = 0) => turn == 0 ? FirstTurns[(int)timer] : new(timer, turn);

    private static TimerFired[] MakeFirstTurns()
    {
        var timers = Enum.GetValues<TransactionTimer>();
        var fired = new TimerFired[timers.Length];
        foreach (var timer in timers) fired[(int)timer] = new(timer);
        return fired;
    }
}
