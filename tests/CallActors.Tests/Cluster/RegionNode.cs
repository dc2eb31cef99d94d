using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using CallActors.Calls;
using CallActors.Cluster;
using CallActors.Hosting;
using CallActors.Tests.Ledger;
using CallActors.Transfers;

namespace CallActors.Tests.Cluster;

/// <summary>A node with nothing but a region of calls, alone or in a cluster.</summary>
internal sealed class RegionNode : IAsyncDisposable
{
    private RegionNode(ActorSystem system) => System = system;

    public ActorSystem System { get; }

    public RegionCounts Counts { get; } = new();

    public ICallRegion Region { get; private set; } = null!;

    public ShardedCallRegion Sharded => (ShardedCallRegion)Region;

    /// <summary>A busy call of this node comes to rest.</summary>
    public void Rest(CallKey key) => System.ActorSelection($"/system/sharding/calls/{key.Shard}/{key.Shard}/{key}").Tell("rest");

    /// <summary>What the calls of this node heard.</summary>
    public ConcurrentQueue<ICallMessage> Heard { get; } = new();

    public NodeAddress Place => NodeAddress.Of(Akka.Cluster.Cluster.Get(System).SelfAddress);

    public string Address => Akka.Cluster.Cluster.Get(System).SelfAddress.ToString();

    public static RegionNode Alone()
    {
        var node = new RegionNode(ActorSystem.Create("calls", Quiet(new Dictionary<string, string>())));
        node.Region = LocalCallRegion.Start(node.System, node.PropsOf, node.Counts);
        return node;
    }

    /// <summary>A node of a cluster, which it joins by another or begins.</summary>
    public static async Task<RegionNode> InCluster(RegionNode? other = null, int shardsPerNode = 16, string hocon = "", TimeSpan? offerPatience = null)
    {
        var node = new RegionNode(ActorSystem.Create("calls", ConfigurationFactory.ParseString(hocon).WithFallback(Quiet(new Dictionary<string, string>
        {
            ["CALLACTORS_CLUSTER"] = "on",
            ["CALLACTORS_CLUSTER_LISTEN"] = "127.0.0.1:0",
        }))));
        var cluster = Akka.Cluster.Cluster.Get(node.System);
        await cluster.JoinAsync(other is null ? cluster.SelfAddress : Akka.Cluster.Cluster.Get(other.System).SelfAddress);
        node.Region = await ShardedCallRegion.Start(node.System, node.PropsOf, node.Counts, new RegionOptions
        {
            IsClustered = true,
            ShardsPerNode = shardsPerNode,
            OfferPatience = offerPatience ?? OpenOffers.Patience,
        });
        await node.Sharded.IsReady.WaitAsync(TimeSpan.FromSeconds(60));
        return node;
    }

    /// <summary>Tells a call something and returns once it, or nobody, has heard.</summary>
    public void Tell(ICallMessage message) => Region.Region.Tell(message, ActorRefs.NoSender);

    /// <summary>A call that begins on this node.</summary>
    public static Restored Begin(CallKey key, string flow = "known") => new(Snapshots.Call(1) with { Key = key, Flow = flow });

    /// <summary>Anything that is no beginning.</summary>
    public static LegGiven Say(CallKey key, long number = 0) => new(key, number, null);

    /// <summary>Ends the call.</summary>
    public static LegGiven End(CallKey key) => Say(key, -1);

    public Task HasHeard(Func<ICallMessage, bool> which, int times = 1) =>
        LedgerNode.Until(() => Heard.Count(which) >= times, "a call hears it");

    public async ValueTask DisposeAsync() => await System.Terminate().WaitAsync(TimeSpan.FromSeconds(60));

    private static Config Quiet(IReadOnlyDictionary<string, string> environment) => HoconFolder.Load(null, ConfigurationFactory.ParseString("""
        akka {
          loglevel = OFF
          stdout-loglevel = OFF
          loggers = []
          log-dead-letters = off
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          cluster.run-coordinated-shutdown-when-down = off
        }
        """), environment);

    private Props? PropsOf(ICallStart start) => start.Flow switch
    {
        "known" or "busy" => Props.Create<Call>(this),
        "broken" => throw new InvalidOperationException("nobody can make this"),
        _ => null,
    };

    private sealed class Call(RegionNode node) : UntypedActor
    {
        private Restored? _start;
        private bool _isAsked;
        private bool _hasGone;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case LegGiven { Number: -1 }: Context.Stop(Self); break;
                case LegGiven { Number: -2 }: throw new InvalidOperationException("a call that fails");
                case PrepareMove when _start is { Flow: "known" }: Sender.Tell(new CallIsIdle(_start.Call)); break;
                case PrepareMove: _isAsked = true; break;
                case "rest" when _isAsked: Context.Parent.Tell(new CallIsIdle(_start!.Call)); break;
                case MoveCall:
                    _hasGone = true;
                    Context.Parent.Tell(new CallHasGone(new Restored(_start!.Snapshot with { Version = _start.Snapshot.Version + 1 })));
                    break;
                case ICallMessage late when _hasGone: node.Region.Deliver(late); break;
                case ICallMessage heard:
                    _start ??= heard as Restored;
                    node.Heard.Enqueue(heard);
                    break;
            }
        }
    }
}
