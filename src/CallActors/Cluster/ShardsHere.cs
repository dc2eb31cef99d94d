using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using CallActors.Calls;

namespace CallActors.Cluster;

/// <summary>The shards that live on this node, so that a call which begins here lives here.</summary>
internal sealed class ShardsHere(int shards, RegionCounts counts, int seed, Func<bool> hasOthers)
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<ushort, IActorRef> _parents = new();
    private ImmutableSortedSet<ushort> _here = [];
    private volatile bool _isLeaving;
    private int _turn;

    /// <summary>They, at this moment.</summary>
    public ImmutableSortedSet<ushort> Here => Volatile.Read(ref _here);

    /// <summary>The region; set when it has started, which is before anything can be in it.</summary>
    public IActorRef Region { get; set; } = ActorRefs.Nobody;

    /// <summary>Whether there is another node that could have them.</summary>
    public bool CanMove => hasOthers();

    /// <summary>Done when the first shard is here. No call should begin on a node before.</summary>
    public Task First => _first.Task;

    /// <summary>How long the calls of a shard that moves have to come to rest.</summary>
    public TimeSpan MoveLimit => _isLeaving ? LeaveLimit : RebalanceLimit;

    /// <summary>The same when the node leaves; what is left then goes as it is.</summary>
    public TimeSpan LeaveLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The same when a shard moves only for the sake of balance: who is still ringing by then has rung for longer than anybody waits. Below sharding's handoff-timeout.</summary>
    public static TimeSpan RebalanceLimit => TimeSpan.FromSeconds(200);

    /// <summary>From now on shards move because the node leaves.</summary>
    public void Leave() => _isLeaving = true;

    /// <summary>Takes a call that begins on this node to its shard: straight where that is here, for such a message can go nowhere else.</summary>
    public void Begin(ICallStart start)
    {
        if (_parents.TryGetValue(start.Call.Shard, out var parent)) parent.Tell(start, ActorRefs.NoSender);
        // Whoever asks from outside can be heard by another node; what the application begins waits for the shard to be here.
        else if (start is Offered) counts.IsForNobody(start);
        else Region.Tell(start, ActorRefs.NoSender);
    }

    /// <summary>Takes a message to a call: straight where its shard is here, else through the region.</summary>
    public void Deliver(ICallMessage message)
    {
        // Any number of a key is folded into the shards there are.
        if (_parents.TryGetValue((ushort)(message.Call.Shard % shards), out var parent)) parent.Tell(message, ActorRefs.NoSender);
        else Forward(message, ActorRefs.NoSender);
    }

    /// <summary>Sends a message to wherever its shard is, in a form that can travel; what cannot is counted and dropped.</summary>
    public void Forward(ICallMessage message, IActorRef? sender)
    {
        if (Forwarded.Of(message) is { } forwarded) Region.Tell(forwarded, sender!);
        else counts.IsForNobody(message);
    }

    /// <summary>Takes what a call may begin anew with to wherever its shard is, which answers the sender with <see cref="OfferTaken"/>.</summary>
    public void Offer(ICallStart start, IActorRef sender) =>
        (_parents.TryGetValue((ushort)(start.Call.Shard % shards), out var parent) ? parent : Region).Tell(start, sender);

    /// <summary>Whether a call would live here.</summary>
    public bool Has(CallKey call) => _parents.ContainsKey((ushort)(call.Shard % shards));

    public void Add(ushort shard, IActorRef parent)
    {
        _parents[shard] = parent;
        ImmutableInterlocked.Update(ref _here, static (here, shard) => here.Add(shard), shard);
        _first.TrySetResult();
    }

    /// <summary>No call begins in this shard any more. Its parent is found for another moment: somebody may have chosen it just now.</summary>
    public void Remove(ushort shard) => ImmutableInterlocked.Update(ref _here, static (here, shard) => here.Remove(shard), shard);

    /// <summary>The shard's parent is no more.</summary>
    public void Forget(ushort shard, IActorRef parent)
    {
        Remove(shard);
        _parents.TryRemove(new(shard, parent));
    }

    /// <summary>The shards that live here in turn. While none does, the one this node would ask for first, for that one comes here most likely.</summary>
    public ushort Next()
    {
        var here = Here;
        return here.IsEmpty ? Wish(0) : here[(int)((uint)Interlocked.Increment(ref _turn) % (uint)here.Count)];
    }

    /// <summary>The n-th shard that this node would like: every node goes through all of them, and each begins elsewhere.</summary>
    public ushort Wish(int n) => (ushort)(((uint)seed + (uint)n) % (uint)shards);
}
