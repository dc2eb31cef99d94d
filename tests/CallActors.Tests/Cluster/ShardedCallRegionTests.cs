using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;
using CallActors.Calls;
using CallActors.Cluster;
using CallActors.Tests.Ledger;
using CallActors.Transfers;
using CsCheck;

namespace CallActors.Tests.Cluster;

public sealed class ShardedCallRegionTests : CallRegionContract
{
    internal override Task<RegionNode> Start() => RegionNode.InCluster();

    [Fact]
    public async Task A_new_call_takes_a_shard_that_is_here()
    {
        await using var node = await Start();
        await LedgerNode.Until(() => node.Sharded.Here.Count == 16, "the node has its shards");
        var taken = Enumerable.Range(0, 16).Select(_ => node.Region.NextShard()).ToHashSet();
        Assert.Equal(node.Sharded.Here.ToHashSet(), taken);
    }

    [Fact]
    public async Task Two_nodes_have_shards_of_their_own_and_reach_each_others_calls()
    {
        await using var a = await RegionNode.InCluster();
        await using var b = await RegionNode.InCluster(a);
        await LedgerNode.Until(() => a.Sharded.Here.Count >= 16 && b.Sharded.Here.Count >= 16, "both have their shards");
        Assert.Empty(a.Sharded.Here.Intersect(b.Sharded.Here));

        var (onA, onB) = (CallKey.New(a.Region.NextShard()), CallKey.New(b.Region.NextShard()));
        a.Tell(RegionNode.Begin(onA));
        b.Tell(RegionNode.Begin(onB));
        await LedgerNode.Until(() => a.Counts.Live == 1 && b.Counts.Live == 1, "each call lives where it began");

        b.Tell(RegionNode.Say(onA, 5));
        a.Tell(RegionNode.Say(onB, 6));
        await a.HasHeard(heard => heard is LegGiven { Number: 5 });
        await b.HasHeard(heard => heard is LegGiven { Number: 6 });
    }

    [Fact]
    public async Task What_comes_when_the_region_is_no_more_is_for_nobody()
    {
        await using var node = await Start();
        await node.Region.Region.GracefulStop(TimeSpan.FromSeconds(10), PoisonPill.Instance);
        node.Tell(RegionNode.Say(CallKey.New(1)));
        await LedgerNode.Until(() => node.Counts.Nobody == 1, "it is counted");
    }

    [Fact]
    public async Task A_node_that_leaves_hands_its_calls_over()
    {
        const int Calls = 100;
        await using var a = await RegionNode.InCluster();
        await using var b = await RegionNode.InCluster(a);
        var keys = Enumerable.Range(0, Calls).Select(_ => CallKey.New(a.Region.NextShard())).ToArray();
        foreach (var key in keys) a.Tell(RegionNode.Begin(key));
        await LedgerNode.Until(() => a.Counts.Live == Calls, "the calls live");
        await LedgerNode.Until(() => b.Sharded.Here.Count >= 16, "the other has shards of its own");

        await CoordinatedShutdown.Get(a.System).Run(CoordinatedShutdown.ClusterLeavingReason.Instance).WaitAsync(TimeSpan.FromSeconds(60));
        await LedgerNode.Until(() => b.Counts.Live == Calls, "the calls live on the other node");
        Assert.Equal(0, a.Counts.Live);
        Assert.All(b.Heard.OfType<Restored>(), moved => Assert.Equal(2, moved.Snapshot.Version));

        foreach (var key in keys) b.Tell(RegionNode.Say(key, 9));
        await b.HasHeard(heard => heard is LegGiven { Number: 9 }, Calls);
        Assert.Equal(0, b.Counts.Nobody);
    }

    [Fact]
    public async Task The_shards_of_a_node_that_is_lost_come_to_who_asks_for_them()
    {
        await using var a = await RegionNode.InCluster();
        await using var b = await RegionNode.InCluster(a);
        var key = CallKey.New(b.Region.NextShard());
        b.Tell(RegionNode.Begin(key));
        await LedgerNode.Until(() => b.Counts.Live == 1, "the call lives");
        // As the split-brain resolver would, once it is sure.
        Akka.Cluster.Cluster.Get(a.System).Down(Akka.Cluster.Cluster.Get(b.System).SelfAddress);
        await LedgerNode.Until(
            () =>
            {
                // Until the loss is known, messages go where the node was; whoever needs an answer asks again.
                a.Tell(RegionNode.Begin(key));
                return a.Counts.Live == 1;
            },
            "the call lives again");
        Assert.Contains(key.Shard, a.Sharded.Here);
        // Whoever was given up takes no call, in whatever it is told by a server that still knows it.
        await LedgerNode.Until(() => !b.Region.HasPlace, "the one that was lost has no place for calls");
    }

    [Fact]
    public void Whatever_it_is_asked_the_extractor_answers()
    {
        var extractor = new ShardExtractor(256);
        Gen.UShort.Sample(shard =>
        {
            var id = extractor.EntityId(RegionNode.Say(CallKey.New(shard)))!;
            return id == extractor.ShardId(id) && ushort.Parse(id) == shard % 256
                && ReferenceEquals(id, extractor.EntityId(new WakeShard(shard)));
        });
        Assert.Null(extractor.EntityId("something else"));
        Assert.Null(extractor.EntityId(new ShardRegion.StartEntity("5")));
    }

    [Fact]
    public async Task A_shard_goes_to_who_asks_unless_that_one_may_not_have_it()
    {
        await using var node = RegionNode.Alone();
        var (a, b, asker) = (node.System.ActorOf(Props.Empty), node.System.ActorOf(Props.Empty), node.System.ActorOf(Props.Empty));
        var places = ImmutableDictionary<IActorRef, IImmutableList<string>>.Empty.Add(a, ImmutableList.Create("1", "2")).Add(b, ImmutableList.Create("3"));
        var allocation = new LocalFirstAllocation(imbalance: 2, atOnce: 2);
        Assert.Equal(a, await allocation.AllocateShard(a, "9", places));
        Assert.Equal(b, await allocation.AllocateShard(asker, "9", places));
        Assert.Empty(await allocation.Rebalance(places, ImmutableHashSet<string>.Empty));
    }

    [Fact]
    public async Task Shards_move_only_from_much_to_little_and_few_at_a_time()
    {
        await using var node = RegionNode.Alone();
        var (full, empty) = (node.System.ActorOf(Props.Empty), node.System.ActorOf(Props.Empty));
        var places = Places(full, 9).Add(empty, ImmutableList<string>.Empty);
        var allocation = new LocalFirstAllocation(imbalance: 4, atOnce: 2);
        var chosen = await allocation.Rebalance(places, ImmutableHashSet<string>.Empty);
        Assert.Equal(2, chosen.Count);
        Assert.Empty(await allocation.Rebalance(places, chosen));
        Assert.Single(await allocation.Rebalance(places, ImmutableHashSet.Create("8")));
        // The node that a shard leaves is the first to ask where it is, for the calls that go.
        Assert.All(chosen, shard => Assert.Equal(empty, allocation.AllocateShard(full, shard, places).Result));
        Assert.Equal(full, await allocation.AllocateShard(full, chosen.First(), places));
        Assert.Empty(await new LocalFirstAllocation(imbalance: 9, atOnce: 2).Rebalance(places, ImmutableHashSet<string>.Empty));
        Assert.Empty(await new LocalFirstAllocation(imbalance: 4, atOnce: 0).Rebalance(places, ImmutableHashSet<string>.Empty));
        Assert.Empty(await allocation.Rebalance(Places(full, 100), ImmutableHashSet<string>.Empty));

        static ImmutableDictionary<IActorRef, IImmutableList<string>> Places(IActorRef region, int shards) =>
            ImmutableDictionary<IActorRef, IImmutableList<string>>.Empty.Add(region, Enumerable.Range(0, shards).Select(shard => $"{shard}").ToImmutableList());
    }

    /// <summary>After enough losses and returns every shard lives somewhere, and the next node would have none.</summary>
    [Fact]
    public async Task A_node_that_joins_when_all_shards_are_taken_gets_some_with_their_calls()
    {
        const string Quick = "akka.cluster.sharding.rebalance-interval = 500ms";
        await using var a = await RegionNode.InCluster(shardsPerNode: 256, hocon: Quick);
        await LedgerNode.Until(() => a.Sharded.Here.Count == 256, "all shards are taken");
        var keys = Enumerable.Range(0, 512).Select(n => CallKey.New((ushort)(n % 256))).ToArray();
        foreach (var key in keys) a.Tell(RegionNode.Begin(key));
        await LedgerNode.Until(() => a.Counts.Live == keys.Length, "the calls live");

        await using var b = await RegionNode.InCluster(a, shardsPerNode: 4, hocon: Quick);
        await LedgerNode.Until(() => b.Sharded.Here.Count >= 4 && b.Counts.Live >= 8, "some have come");
        foreach (var key in keys) a.Tell(RegionNode.Say(key, 9));
        await LedgerNode.Until(() => a.Heard.Count(heard => heard is LegGiven) + b.Heard.Count(heard => heard is LegGiven) >= keys.Length, "every call is reached, wherever it lives now");
        Assert.Equal(keys.Length, a.Counts.Live + b.Counts.Live);
        Assert.Equal(0, a.Counts.Nobody + b.Counts.Nobody);
    }

    /// <summary>A call that sent itself after its shard was told its own successor as long as its parent had not heard of its end, and was nowhere.</summary>
    [Fact]
    public async Task Whatever_is_told_to_a_call_while_it_goes_is_heard_by_its_successor_in_order()
    {
        const string Quick = "akka.cluster.sharding.rebalance-interval = 500ms";
        await using var a = await RegionNode.InCluster(shardsPerNode: 256, hocon: Quick);
        await LedgerNode.Until(() => a.Sharded.Here.Count == 256, "all shards are taken");
        var keys = Enumerable.Range(0, 1024).Select(n => CallKey.New((ushort)(n % 256))).ToArray();
        foreach (var key in keys) a.Tell(RegionNode.Begin(key));
        await LedgerNode.Until(() => a.Counts.Live == keys.Length, "the calls live");

        await using var b = await RegionNode.InCluster(a, shardsPerNode: 4, hocon: Quick);
        var said = 0;
        await LedgerNode.Until(
            () =>
            {
                said++;
                foreach (var key in keys) a.Region.Deliver(RegionNode.Say(key, said));
                return b.Counts.Live >= 16;
            },
            "some have come");
        await LedgerNode.Until(() => a.Heard.Count + b.Heard.Count(heard => heard is LegGiven) >= keys.Length * (said + 1), "everything is heard");
        foreach (var calls in a.Heard.Concat(b.Heard).OfType<LegGiven>().GroupBy(given => given.Call)) Assert.Equal(Enumerable.Range(1, said), calls.Select(given => (int)given.Number));
        Assert.Equal(keys.Length, a.Counts.Live + b.Counts.Live);
        Assert.Equal(0, a.Counts.Nobody + b.Counts.Nobody);
    }

    [Fact]
    public async Task The_calls_of_a_shard_go_together_when_the_last_has_come_to_rest()
    {
        await using var a = await RegionNode.InCluster();
        await using var b = await RegionNode.InCluster(a);
        var shard = a.Region.NextShard();
        var (quiet, busy) = (CallKey.New(shard), CallKey.New(shard));
        a.Tell(RegionNode.Begin(quiet));
        a.Tell(RegionNode.Begin(busy, "busy"));
        await LedgerNode.Until(() => a.Counts.Live == 2 && b.Sharded.Here.Count >= 16, "both live");

        a.Region.Leave(TimeSpan.FromSeconds(60));
        var left = CoordinatedShutdown.Get(a.System).Run(CoordinatedShutdown.ClusterLeavingReason.Instance);
        await LedgerNode.Until(() => a.Sharded.Here.Count == 0, "the shards are on their way");
        // Sharding holds back what is for this shard; the calls of the node itself go on, and hear what this node has for them.
        await Task.Delay(500);
        Assert.Equal((2, 0), (a.Counts.Live, b.Counts.Live));
        a.Rest(busy);
        await left.WaitAsync(TimeSpan.FromSeconds(60));
        await LedgerNode.Until(() => b.Counts.Live == 2, "both live on the other node");
    }
}
