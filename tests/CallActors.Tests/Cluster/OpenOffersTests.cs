using Akka.Actor;
using CallActors.Cluster;
using CallActors.Keeping;
using CallActors.Tests.Ledger;

namespace CallActors.Tests.Cluster;

public sealed class OpenOffersTests
{
    /// <summary>A node that dies is missed by nobody before it is said to be dead.</summary>
    private const string Patient = """
        akka.cluster.failure-detector.acceptable-heartbeat-pause = 60s
        akka.coordinated-shutdown.run-by-actor-system-terminate = off
        """;

    [Fact]
    public async Task What_was_offered_to_a_dead_node_is_told_again_once_it_is_removed()
    {
        await using var a = await RegionNode.InCluster(hocon: Patient);
        var b = await RegionNode.InCluster(a, hocon: Patient);
        await LedgerNode.Until(() => a.Sharded.Here.Count >= 16 && b.Sharded.Here.Count >= 16, "both have their shards");
        var shards = b.Sharded.Here.ToArray();
        await KnowsTheWay(a, b, shards);

        var place = Akka.Cluster.Cluster.Get(b.System).SelfAddress;
        await b.System.Terminate();
        CallKey[] calls = [.. shards.Select(CallKey.New)];
        foreach (var call in calls) a.Region.Deliver(Offer(call));
        await LedgerNode.Until(() => a.Counts.OpenOffers == calls.Length, "they are kept");
        // The region still sends to the dead node.
        await Task.Delay(300);
        Assert.Equal(0, a.Counts.Live);

        Remove(a, place);
        await LedgerNode.Until(() => a.Counts.Live == calls.Length, "every call lives again");
        await LedgerNode.Until(() => a.Counts.OpenOffers == 0, "nothing is kept");
    }

    [Fact]
    public async Task What_reached_a_living_node_is_told_once_and_not_kept()
    {
        await using var a = await RegionNode.InCluster(hocon: Patient);
        await using var b = await RegionNode.InCluster(a, hocon: Patient);
        await using var c = await RegionNode.InCluster(a, hocon: Patient);
        await LedgerNode.Until(() => b.Sharded.Here.Count >= 16, "it has its shards");
        var call = CallKey.New(b.Region.NextShard());
        a.Region.Deliver(Offer(call));
        await b.HasHeard(heard => heard is Adopted);
        await LedgerNode.Until(() => a.Counts.OpenOffers == 0, "it is answered");

        var place = Akka.Cluster.Cluster.Get(c.System).SelfAddress;
        await c.System.Terminate();
        Remove(a, place);
        await LedgerNode.Until(() => Akka.Cluster.Cluster.Get(a.System).State.Members.Count == 2, "the third is removed");
        // Any that was kept would be told ahead of this.
        a.Region.Deliver(RegionNode.Say(call, 5));
        await b.HasHeard(heard => heard is CallActors.Transfers.LegGiven { Number: 5 });
        Assert.Single(b.Heard, heard => heard is Adopted);
    }

    [Fact]
    public async Task What_nobody_takes_is_forgotten()
    {
        await using var a = await RegionNode.InCluster(hocon: Patient, offerPatience: TimeSpan.FromMilliseconds(200));
        var b = await RegionNode.InCluster(a, hocon: Patient);
        await LedgerNode.Until(() => b.Sharded.Here.Count >= 16, "it has its shards");
        var shards = b.Sharded.Here.ToArray();
        await KnowsTheWay(a, b, shards);
        await b.System.Terminate();
        a.Region.Deliver(Offer(CallKey.New(shards[0])));
        await LedgerNode.Until(() => a.Counts.OpenOffers == 1, "it is kept");
        await LedgerNode.Until(() => a.Counts.OpenOffers == 0, "it is forgotten");
    }

    private static void Remove(RegionNode by, Address node)
    {
        NodeFailureDetector.Declare(by.System, node);
        Akka.Cluster.Cluster.Get(by.System).Down(node);
    }

    private static async Task KnowsTheWay(RegionNode a, RegionNode b, ushort[] shards)
    {
        var before = b.Counts.Nobody;
        foreach (var shard in shards) a.Region.Deliver(RegionNode.Say(CallKey.New(shard)));
        await LedgerNode.Until(() => b.Counts.Nobody == before + shards.Length, "the one knows where the other's shards are");
    }

    private static Adopted Offer(CallKey call) => new(call, "s", "r", 1, SessionBlob.Write(Snapshots.Call(1) with { Key = call, Flow = "known" }).ToArray());
}
