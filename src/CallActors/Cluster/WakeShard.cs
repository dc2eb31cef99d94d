namespace CallActors.Cluster;

/// <summary>Asks for a shard to be somewhere: if it is nowhere yet, it comes to the node that asks. Answered by <see cref="ShardAwake"/>.</summary>
internal sealed record WakeShard(ushort Shard);

/// <summary>The shard is somewhere.</summary>
internal sealed record ShardAwake(ushort Shard);
