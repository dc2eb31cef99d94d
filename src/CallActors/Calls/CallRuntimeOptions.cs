namespace CallActors;

/// <summary>The runtime's own settings.</summary>
public sealed record CallRuntimeOptions
{
    /// <summary>How long a flow may leave a caller without a final response before it gets 500. A flow that then still waits, without any living leg, is given up.</summary>
    public TimeSpan UnansweredAfter { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>How long an answered leg is kept whose signalling server is out of reach.</summary>
    public TimeSpan DetachedFor { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many subscriptions of its own a call may have at a time.</summary>
    public int MaxSubscriptions { get; init; } = 32;

    /// <summary>What new calls are told to wait while the node drains, in seconds.</summary>
    public int RetryAfter { get; init; } = 10;

    /// <summary>The name under which this node's calls are kept in the ledger.</summary>
    public string NodeName { get; init; } = "node";
}
