using System.Collections.Immutable;
using CallActors.Cluster;

namespace CallActors.Serialization;

/// <summary>What goes between the nodes about shards, not about one call.</summary>
internal static class ClusterFormats
{
    /// <summary>The rows of the table.</summary>
    public static readonly ImmutableArray<MessageFormat> All =
    [
        MessageFormat.Of<WakeShard>('w', (writer, wake) => writer.Number(wake.Shard), (ref WireReader reader) => new(ReadShard(ref reader))),
        MessageFormat.Of<ShardAwake>('a', (writer, awake) => writer.Number(awake.Shard), (ref WireReader reader) => new(ReadShard(ref reader))),
    ];

    private static ushort ReadShard(ref WireReader reader)
    {
        var shard = reader.Number();
        return shard <= ushort.MaxValue ? (ushort)shard : throw WireReader.Bad($"shard {shard}");
    }
}
