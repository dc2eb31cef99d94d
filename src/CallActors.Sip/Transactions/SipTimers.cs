using System.Collections.Immutable;

namespace CallActors.Sip.Transactions;

/// <summary>The four configurable times of RFC 3261 table 4, and every timer that follows from them.</summary>
/// <remarks>Effects that depend on nothing but these times are made once, here, and shared by all transactions.</remarks>
public sealed class SipTimers
{
    /// <summary>T1 500 ms, T2 4 s, T4 5 s, 64*T1 32 s, C 185 s.</summary>
    public static readonly SipTimers Default = new(
        TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(32));

    /// <summary>Times as configured.</summary>
    /// <param name="t1">The round-trip estimate.</param>
    /// <param name="t2">The longest retransmission interval.</param>
    /// <param name="t4">How long a message may stay in the network.</param>
    /// <param name="t1x64">How long anybody waits for anybody: a setting of its own, not a product.</param>
    /// <param name="d">Timer D; 32 s or <paramref name="t1x64"/>, whichever is more, when absent.</param>
    public SipTimers(TimeSpan t1, TimeSpan t2, TimeSpan t4, TimeSpan t1x64, TimeSpan? d = null)
    {
        (T1, T2, T4, T1x64) = (t1, t2, t4, t1x64);
        D = d ?? (t1x64 > LeastD ? t1x64 : LeastD);
        TryingDelay = UntilEReachesT2(t1, t2);

        StartA = new(TransactionTimer.A, t1);
        StartB = new(TransactionTimer.B, t1x64);
        StartD = new(TransactionTimer.D, D);
        StartE = new(TransactionTimer.E, t1 < t2 ? t1 : t2);
        StartEAtT2 = new(TransactionTimer.E, t2);
        StartF = new(TransactionTimer.F, t1x64);
        StartRestOfF = new(TransactionTimer.F, t1x64 > TryingDelay ? t1x64 - TryingDelay : TimeSpan.Zero);
        StartG = new(TransactionTimer.G, t1);
        StartH = new(TransactionTimer.H, t1x64);
        StartJ = new(TransactionTimer.J, t1x64);
        StartK = new(TransactionTimer.K, t4);
        StartL = new(TransactionTimer.L, t1x64);
        StartM = new(TransactionTimer.M, t1x64);
        StartCancelling = new(TransactionTimer.Cancelling, t1x64);
        StartAnswer = new(TransactionTimer.Answer, t1);
        StartAnswerLimit = new(TransactionTimer.AnswerLimit, t1x64);
        StartAcknowledgement = new(TransactionTimer.Acknowledgement, t1x64);
        OnlyI = [new StartTimer(TransactionTimer.I, t4)];
        OnlyTrying = [new StartTimer(TransactionTimer.TryingDue, TryingDelay)];
    }

    private static readonly TimeSpan LeastD = TimeSpan.FromSeconds(32);

    /// <summary>The round-trip estimate: first interval of every retransmission.</summary>
    public TimeSpan T1 { get; }

    /// <summary>The longest interval between retransmissions of non-INVITE requests and INVITE responses.</summary>
    public TimeSpan T2 { get; }

    /// <summary>How long a message may stay in the network.</summary>
    public TimeSpan T4 { get; }

    /// <summary>How long anybody waits for anybody: timers B, F, H, J, L, M.</summary>
    public TimeSpan T1x64 { get; }

    /// <summary>
    /// Timer D over unreliable transports: at least 32 s by default, because the peer's T1 is not ours (RFC 3261 §17.1.1.2).
    /// </summary>
    public TimeSpan D { get; }

    /// <summary>
    /// How long an INVITE client waits for a final response after the most recent provisional one before it cancels; null waits for ever.
    /// It does for every INVITE what timer C (RFC 3261 §16.6) does for a proxy's.
    /// </summary>
    public TimeSpan? C { get; init; } = TimeSpan.FromSeconds(185);

    /// <summary>
    /// The time a client takes until its timer E is reset to T2: the earliest moment for a 100 to a non-INVITE request over an unreliable
    /// transport, and the latest over any (RFC 4320 §4.1). 3.5 s with the default times.
    /// </summary>
    public TimeSpan TryingDelay { get; }

    internal StartTimer StartA { get; }
    internal StartTimer StartB { get; }
    internal StartTimer StartD { get; }
    internal StartTimer StartE { get; }
    internal StartTimer StartEAtT2 { get; }
    internal StartTimer StartF { get; }
    internal StartTimer StartRestOfF { get; }
    internal StartTimer StartG { get; }
    internal StartTimer StartH { get; }
    internal StartTimer StartJ { get; }
    internal StartTimer StartK { get; }
    internal StartTimer StartL { get; }
    internal StartTimer StartM { get; }
    internal StartTimer StartCancelling { get; }
    internal StartTimer StartAnswer { get; }
    internal StartTimer StartAnswerLimit { get; }
    internal StartTimer StartAcknowledgement { get; }
    internal ImmutableArray<TransactionEffect> OnlyI { get; }
    internal ImmutableArray<TransactionEffect> OnlyTrying { get; }

    private static TimeSpan UntilEReachesT2(TimeSpan t1, TimeSpan t2)
    {
        var elapsed = TimeSpan.Zero;
        for (var interval = t1; interval < t2 && interval > TimeSpan.Zero; interval *= 2) elapsed += interval;
        return elapsed;
    }
}
