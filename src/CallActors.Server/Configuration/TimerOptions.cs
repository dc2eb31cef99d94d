namespace CallActors.Server.Configuration;

/// <summary>The values of the transaction timers: RFC 3261 §17 and its table 4.</summary>
public sealed record TimerOptions
{
    /// <summary>The estimate of the round trip.</summary>
    public TimeSpan T1 { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest pause between retransmissions of anything but an INVITE.</summary>
    public TimeSpan T2 { get; init; } = TimeSpan.FromMilliseconds(4000);

    /// <summary>How long a message may stay in the network.</summary>
    public TimeSpan T4 { get; init; } = TimeSpan.FromMilliseconds(5000);

    /// <summary>The time-out of a transaction (timers B, F, H, J, L and M), 64·T1 unless configured apart.</summary>
    public TimeSpan T1x64 { get; init; } = TimeSpan.FromMilliseconds(32000);
}

/// <summary>The refresher of a session: RFC 4028 §7.</summary>
public enum SessionRefresher : byte
{
    /// <summary>Nobody.</summary>
    None,

    /// <summary>The one that sends the request.</summary>
    Uac,

    /// <summary>The one that answers it.</summary>
    Uas,
}
