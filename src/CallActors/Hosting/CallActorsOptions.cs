using System.Collections.Immutable;
using CallActors.Connections;

namespace CallActors;

/// <summary>What a node's runtime is made of.</summary>
public sealed record CallActorsOptions
{
    /// <summary>The signalling servers to connect to.</summary>
    public ImmutableArray<SignallingServerOptions> Servers { get; init; } = [];

    /// <summary>The application's name: its processes, which have the same, stand in for each other at a signalling server.</summary>
    public string App { get; init; } = "callactors";

    /// <summary>Where servers connect to us, one connection for each session.</summary>
    public ImmutableArray<ListenOptions> Listeners { get; init; } = [];

    /// <summary>The calls' own settings.</summary>
    public CallRuntimeOptions Calls { get; init; } = new();

    /// <summary>How long living calls may go on once the application is told to stop. What still lives then is hung up.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where health is asked for over HTTP; null for nowhere.</summary>
    public HealthOptions? Health { get; init; }
}
