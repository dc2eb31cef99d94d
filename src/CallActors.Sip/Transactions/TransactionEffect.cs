using CallActors.Sip.Messages;

namespace CallActors.Sip.Transactions;

/// <summary>Everything a transaction, or a machine of a dialog beside it, can ask of its host.</summary>
public abstract record TransactionEffect;

/// <summary>Give the message to the transport.</summary>
public sealed record Send(SipMessage Message) : TransactionEffect;

/// <summary>Give the message to the transaction's user.</summary>
public sealed record PassUp(SipMessage Message) : TransactionEffect;

/// <summary>
/// Begin a client transaction for this CANCEL, towards where the INVITE went (RFC 3261 §9.1). Its response concerns nobody.
/// </summary>
public sealed record BeginCancel(SipRequest Request) : TransactionEffect;

/// <summary>
/// Hand back <see cref="Fired"/> when the time is over. Nothing ever stops a timer: a state that has moved on ignores it.
/// </summary>
/// <param name="Timer">Which one.</param>
/// <param name="After">How long from now.</param>
/// <param name="Turn">To be handed back: tells a timer from the same one started anew.</param>
public sealed record StartTimer(TransactionTimer Timer, TimeSpan After, int Turn = 0) : TransactionEffect
{
    /// <summary>The input to hand to the machine when the time is over.</summary>
    public TimerFired Fired => TimerFired.Of(Timer, Turn);
}

/// <summary>The machine is at its end: the host forgets it. Always the last effect of all.</summary>
public sealed record Finish(TransactionOutcome Outcome) : TransactionEffect
{
    /// <summary>The shared value for an outcome.</summary>
    public static Finish With(TransactionOutcome outcome) => outcome switch
    {
        TransactionOutcome.Completed => Completed,
        TransactionOutcome.TimedOut => TimedOut,
        TransactionOutcome.Cancelled => Cancelled,
        _ => SendFailed,
    };

    private static readonly Finish Completed = new(TransactionOutcome.Completed);
    private static readonly Finish TimedOut = new(TransactionOutcome.TimedOut);
    private static readonly Finish Cancelled = new(TransactionOutcome.Cancelled);
    private static readonly Finish SendFailed = new(TransactionOutcome.SendFailed);
}

/// <summary>How a machine ended.</summary>
public enum TransactionOutcome
{
    /// <summary>It ran its course: its user has had, or given, the final response.</summary>
    Completed,

    /// <summary>
    /// The peer stayed silent. For a client without a final response the host makes the 408 that its user sees (RFC 3261 §8.1.3.1); for an
    /// INVITE server it was the ACK that never came; a non-INVITE server had no answer to give in time.
    /// </summary>
    TimedOut,

    /// <summary>The INVITE was cancelled and the peer gave no final response within 64*T1 (RFC 3261 §9.1): for its user a 487.</summary>
    Cancelled,

    /// <summary>The transport refused. For a client the host makes the 503 that its user sees (RFC 3261 §8.1.3.1).</summary>
    SendFailed,
}
