using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using CallActors.Keeping;
using CallActors.Transfers;

namespace CallActors.Cluster;

/// <summary>The region of a node in a cluster.</summary>
internal sealed class ShardedCallRegion : ICallRegion
{
    /// <summary>What sharding calls it.</summary>
    public const string TypeName = "calls";

    private readonly ShardsHere _here;
    private readonly Akka.Cluster.Cluster _cluster;

    private readonly IActorRef _offers;

    private ShardedCallRegion(ShardsHere here, Akka.Cluster.Cluster cluster, IActorRef offers) => (_here, _cluster, _offers) = (here, cluster, offers);

    public IActorRef Region => _here.Region;

    public bool IsUp => !_cluster.IsTerminated && _cluster.SelfMember.Status == MemberStatus.Up && !_here.Here.IsEmpty;

    public void Forget(DialogOver over) => Finder?.Tell(new DialogFinder.Spread(over));

    /// <summary>Asks the other nodes for dialogs; null while there is nobody to ask.</summary>
    public IActorRef? Finder { get; set; }

    /// <summary>The shards that live on this node.</summary>
    public IReadOnlyCollection<ushort> Here => _here.Here;

    /// <summary>Done when the node is up in the cluster and has its first shard: what opens connections waits for it.</summary>
    public Task IsReady => _here.First;

    /// <summary>Starts the region of this node.</summary>
    public static async Task<ShardedCallRegion> Start(ActorSystem system, CallProps props, RegionCounts counts, RegionOptions options)
    {
        // First of all, for this adds sharding's own defaults, without which there are no settings.
        var sharding = ClusterSharding.Get(system);
        var settings = ClusterShardingSettings.Create(system)
            .WithRole(options.Role)
            .WithStateStoreMode(StateStoreMode.DData)
            .WithRememberEntities(false)
            .WithPassivateIdleAfter(TimeSpan.Zero);     // a shard without calls stays; a quiet call is still a call
        var cluster = Akka.Cluster.Cluster.Get(system);
        var here = new ShardsHere(options.Shards, counts, SeedOf(cluster), () => HasOthers(cluster, options.Role));
        here.Region = await sharding.StartAsync(
            TypeName,
            id => CallsActor.PropsFor(system, props, counts, here, ushort.Parse(id, CultureInfo.InvariantCulture)),
            settings,
            new ShardExtractor(options.Shards),
            new LocalFirstAllocation(options.Imbalance, options.MovedAtOnce),
            MoveShard.Instance).ConfigureAwait(false);
        system.ActorOf(ShardClaim.PropsFor(here, Math.Min(options.ShardsPerNode, options.Shards), options.Shards), "shard-claim");
        system.ActorOf(LostMessages.PropsFor(counts), "lost-messages");
        return new(here, cluster, system.ActorOf(OpenOffers.PropsFor(here, counts, options.OfferPatience), "open-offers"));
    }

    public ushort NextShard() => _here.Next();

    public bool HasPlace => !_here.Here.IsEmpty;

    public void Begin(ICallStart start) => _here.Begin(start);

    public void Deliver(ICallMessage message)
    {
        if (message is Adopted adopted && !_here.Has(adopted.Call)) Offer(adopted);
        else _here.Deliver(message);
    }

    /// <summary>Takes what a call may begin anew with to its call, once more where it went to a node that is removed.</summary>
    public void Offer(ICallStart start) => _offers.Tell(start, ActorRefs.NoSender);

    public Task<CallKey?> FindDialog(DialogName dialog) => Finder is { } finder ? DialogFinder.FindAsync(finder, dialog) : Task.FromResult<CallKey?>(null);

    public void Leave(TimeSpan limit)
    {
        _here.LeaveLimit = limit;
        _here.Leave();
    }

    private static bool HasOthers(Akka.Cluster.Cluster cluster, string role)
    {
        foreach (var member in cluster.State.Members)
        {
            if (member.Status == MemberStatus.Up && member.UniqueAddress != cluster.SelfUniqueAddress && (role.Length == 0 || member.HasRole(role))) return true;
        }
        return false;
    }

    // Nodes that start together are to ask for different shards; if two hash alike they share, and each still gets enough.
    private static int SeedOf(Akka.Cluster.Cluster cluster) => Akka.Util.MurmurHash.StringHash(cluster.SelfAddress.ToString());
}
