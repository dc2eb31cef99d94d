using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace CallActors.Cluster;

/// <summary>A shard that lives nowhere goes to the node that asks for it, and stays there until that node leaves.</summary>
/// <remarks>
/// Nothing is moved to make nodes even: moving a shard moves its calls, and new calls go where they come in anyway. After the
/// loss of a node its shards come to the nodes whose connections took over.
/// </remarks>
internal sealed class LocalFirstAllocation : IShardAllocationStrategy
{
    private static readonly Task<IImmutableSet<string>> Nothing = Task.FromResult<IImmutableSet<string>>(ImmutableHashSet<string>.Empty);

    public Task<IActorRef> AllocateShard(IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations)
    {
        // A node that only asks, or that is leaving, is not among those that may have it.
        var chosen = currentShardAllocations.ContainsKey(requester)
            ? requester
            : currentShardAllocations.MinBy(region => region.Value.Count).Key;
        return Task.FromResult(chosen);
    }

    public Task<IImmutableSet<string>> Rebalance(IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress) => Nothing;
}
