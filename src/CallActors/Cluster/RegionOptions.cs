using Akka.Configuration;

namespace CallActors.Cluster;

/// <summary>How calls are spread over nodes; `callactors.cluster` in hocon/callactors.conf says what each means.</summary>
public sealed record RegionOptions
{
    internal const int DefaultShards = 256;

    /// <summary>Whether they are.</summary>
    public bool IsClustered { get; init; }

    /// <summary>Which nodes have calls; empty for all.</summary>
    public string Role { get; init; } = "";

    /// <summary>How many shards the cluster has.</summary>
    public int Shards { get; init; } = DefaultShards;

    /// <summary>How many of them a node takes when it starts.</summary>
    public int ShardsPerNode { get; init; } = 16;

    /// <summary>By how many shards nodes may differ before some are moved.</summary>
    public int Imbalance { get; init; } = 16;

    /// <summary>How many shards may be on their way at a time.</summary>
    public int MovedAtOnce { get; init; } = 2;

    /// <summary>How long an offer of a call is told again when a node is removed.</summary>
    internal TimeSpan OfferPatience { get; init; } = OpenOffers.Patience;

    /// <summary>Reads `callactors.cluster`.</summary>
    public static RegionOptions From(Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var cluster = config.GetConfig("callactors.cluster");
        var options = new RegionOptions
        {
            IsClustered = cluster.GetBoolean("enabled"),
            Role = cluster.GetString("role"),
            Shards = cluster.GetInt("shards"),
            ShardsPerNode = cluster.GetInt("shards-per-node"),
            Imbalance = cluster.GetInt("imbalance"),
            MovedAtOnce = cluster.GetInt("moved-at-once"),
        };
        if (options.Shards is < 1 or > ushort.MaxValue) throw new ConfigurationException($"callactors.cluster.shards is between 1 and {ushort.MaxValue}, not {options.Shards}.");
        if (options.ShardsPerNode < 1) throw new ConfigurationException($"callactors.cluster.shards-per-node is at least 1, not {options.ShardsPerNode}.");
        if (options.Imbalance < 1) throw new ConfigurationException($"callactors.cluster.imbalance is at least 1, not {options.Imbalance}.");
        return options;
    }
}
