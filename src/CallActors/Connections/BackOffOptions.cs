namespace CallActors.Connections;

/// <summary>How long to wait before a server is tried again: longer each time, up to a cap, and never in step with others.</summary>
public sealed record BackOffOptions
{
    /// <summary>What holds unless somebody says otherwise.</summary>
    public static readonly BackOffOptions Default = new();

    /// <summary>The wait after the first failure.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>How much longer each wait is than the one before.</summary>
    public double Factor { get; init; } = 1.7;

    /// <summary>No wait is longer.</summary>
    public TimeSpan Cap { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The part of a wait that chance may take away, 0 to 1, so that many applications do not come back at the same moment.</summary>
    public double Jitter { get; init; } = 0.2;

    /// <summary>The wait after some failures in a row.</summary>
    /// <param name="failures">How many, the last one included; at least one.</param>
    /// <param name="chance">From 0 to 1: how much of the jitter is taken away.</param>
    public TimeSpan Delay(int failures, double chance)
    {
        // As numbers, for a power that grows beyond every time span is still less than nothing to Min.
        var full = Math.Min(Cap.TotalMilliseconds, First.TotalMilliseconds * Math.Pow(Factor, Math.Max(0, failures - 1)));
        return TimeSpan.FromMilliseconds(full * (1 - Math.Clamp(Jitter, 0, 1) * Math.Clamp(chance, 0, 1)));
    }
}
