namespace CallActors.Server.Configuration;

/// <summary>How the server leaves: new calls are refused, living ones may end, and then it goes.</summary>
public sealed record DrainOptions
{
    /// <summary>How long living calls may go on after the order to leave.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What the 503 for a new call tells the caller to wait.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(10);
}
