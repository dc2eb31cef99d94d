using System.Collections.Immutable;
using Akka.Actor;

namespace CallActors.Cluster;

/// <summary>The shards that live on this node, so that a call which begins here lives here.</summary>
internal sealed class ShardsHere(int shards, int seed, Func<bool> hasOthers)
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableSortedSet<ushort> _here = [];
    private int _turn;

    /// <summary>They, at this moment.</summary>
    public ImmutableSortedSet<ushort> Here => Volatile.Read(ref _here);

    /// <summary>The region; set when it has started, which is before anything can be in it.</summary>
    public IActorRef Region { get; set; } = ActorRefs.Nobody;

    /// <summary>Whether there is another node that could have them.</summary>
    public bool CanMove => hasOthers();

    /// <summary>Done when the first shard is here. No call should begin on a node before.</summary>
    public Task First => _first.Task;

    public void Add(ushort shard)
    {
        ImmutableInterlocked.Update(ref _here, static (here, shard) => here.Add(shard), shard);
        _first.TrySetResult();
    }

    public void Remove(ushort shard) => ImmutableInterlocked.Update(ref _here, static (here, shard) => here.Remove(shard), shard);

    /// <summary>The shards that live here in turn. While none does, the one this node would ask for first, for that one comes here most likely.</summary>
    public ushort Next()
    {
        var here = Here;
        return here.IsEmpty ? Wish(0) : here[(int)((uint)Interlocked.Increment(ref _turn) % (uint)here.Count)];
    }

    /// <summary>The n-th shard that this node would like: every node goes through all of them, and each begins elsewhere.</summary>
    public ushort Wish(int n) => (ushort)(((uint)seed + (uint)n) % (uint)shards);
}
