namespace CallActors;

/// <summary>The HTTP port that says how the application is: <c>/health/live</c> and <c>/health/ready</c>.</summary>
public sealed record HealthOptions
{
    /// <summary>The address to bind; this machine alone unless somebody says otherwise.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port; 0 lets the system choose.</summary>
    public int Port { get; init; }
}
