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
        };
        if (options.Shards is < 1 or > ushort.MaxValue) throw new ConfigurationException($"callactors.cluster.shards is between 1 and {ushort.MaxValue}, not {options.Shards}.");
        if (options.ShardsPerNode < 1) throw new ConfigurationException($"callactors.cluster.shards-per-node is at least 1, not {options.ShardsPerNode}.");
        return options;
    }
}
