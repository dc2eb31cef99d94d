using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace CallActors.Cluster;

/// <summary>A shard that lives nowhere goes to the node that asks for it. Shards move for the sake of balance only when nodes differ by much, and few at a time.</summary>
/// <remarks>
/// New calls go where they come in anyway, so a node that joins needs nobody else's; but after many losses and returns most shards live where they happened to go, and there may be none left
/// for the next node. After the loss of a node its shards come to the nodes whose connections took over.
/// </remarks>
/// <param name="imbalance">By how many shards nodes may differ.</param>
/// <param name="atOnce">How many may be on their way at a time.</param>
internal sealed class LocalFirstAllocation(int imbalance, int atOnce) : IShardAllocationStrategy
{
    private static readonly Task<IImmutableSet<string>> Nothing = Task.FromResult<IImmutableSet<string>>(ImmutableHashSet<string>.Empty);

    // Asked within sharding's coordinator only, one question after the other.
    private readonly HashSet<string> _moved = [];

    public Task<IActorRef> AllocateShard(IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations)
    {
        // A node that only asks, or that is leaving, is not among those that may have it. Of one that moves, the first to ask is the node that it leaves.
        var isLocal = !_moved.Remove(shardId) && currentShardAllocations.ContainsKey(requester);
        return Task.FromResult(isLocal ? requester : currentShardAllocations.MinBy(region => region.Value.Count).Key);
    }

    public Task<IImmutableSet<string>> Rebalance(IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress)
    {
        if (currentShardAllocations.Count < 2 || rebalanceInProgress.Count >= atOnce) return Nothing;
        var (least, most) = (int.MaxValue, (IImmutableList<string>)[]);
        foreach (var (_, shards) in currentShardAllocations)
        {
            least = Math.Min(least, shards.Count);
            if (shards.Count > most.Count) most = shards;
        }
        if (most.Count - least <= imbalance) return Nothing;
        var chosen = most.Where(shard => !rebalanceInProgress.Contains(shard)).Take(Math.Min(atOnce - rebalanceInProgress.Count, (most.Count - least) / 2)).ToImmutableHashSet();
        _moved.UnionWith(chosen);
        return Task.FromResult<IImmutableSet<string>>(chosen);
    }
}
