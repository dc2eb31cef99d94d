namespace CallActors.Chaos.Checking;

/// <summary>What a fault may cost.</summary>
internal sealed record Bounds
{
    /// <summary>How long, in seconds, any request in a dialog may wait for its answer from the fault on.</summary>
    public double LongestAnswer { get; init; } = 12;

    /// <summary>The same for the median of the first answers that the fault delayed.</summary>
    public double MedianAnswer { get; init; } = 5;

    /// <summary>How many of the calls that were begun meanwhile may be refused.</summary>
    public int Refused { get; init; }
}
