using Akka.Actor;

namespace CallActors.Cluster;

/// <summary>The region of a node without a cluster.</summary>
internal sealed class LocalCallRegion : ICallRegion
{
    private readonly int _shards;
    private int _turn;

    private LocalCallRegion(IActorRef region, int shards) => (Region, _shards) = (region, shards);

    public IActorRef Region { get; }

    public bool IsUp => true;

    public bool HasPlace => true;

    public void Deliver(ICallMessage message) => Region.Tell(message, ActorRefs.NoSender);

    public void Begin(ICallStart start) => Region.Tell(start, ActorRefs.NoSender);

    // Nobody else has them.
    public void Leave(TimeSpan limit)
    {
    }

    /// <summary>Makes the actor "calls".</summary>
    public static LocalCallRegion Start(ActorSystem system, CallProps props, RegionCounts counts, int shards = RegionOptions.DefaultShards) =>
        new(system.ActorOf(CallsActor.PropsFor(system, props, counts), "calls"), shards);

    // Shards mean nothing here; they are given out in turn so that keys look as they do in a cluster.
    public ushort NextShard() => (ushort)((uint)Interlocked.Increment(ref _turn) % (uint)_shards);
}
