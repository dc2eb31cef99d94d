using CallActors.Calls;
using CallActors.Cluster;
using CallActors.Tests.Ledger;
using CallActors.Transfers;

namespace CallActors.Tests.Cluster;

/// <summary>What a region of calls does, with a cluster and without.</summary>
public abstract class CallRegionContract
{
    internal abstract Task<RegionNode> Start();

    [Fact]
    public async Task A_call_begins_with_its_first_message_and_hears_all_in_order()
    {
        await using var node = await Start();
        var key = CallKey.New(node.Region.NextShard());
        node.Tell(RegionNode.Begin(key));
        for (var n = 1; n <= 100; n++) node.Tell(RegionNode.Say(key, n));
        await node.HasHeard(heard => heard is LegGiven, 100);
        Assert.IsType<Restored>(node.Heard.First());
        Assert.Equal(Enumerable.Range(1, 100), node.Heard.OfType<LegGiven>().Select(said => (int)said.Number));
        Assert.Equal(1, node.Counts.Live);
    }

    [Fact]
    public async Task What_is_late_for_a_call_makes_no_new_one()
    {
        await using var node = await Start();
        node.Tell(RegionNode.Say(CallKey.New(node.Region.NextShard())));
        await LedgerNode.Until(() => node.Counts.Nobody == 1, "it is counted");
        Assert.Equal((0, 0), (node.Counts.Begun, node.Heard.Count));
    }

    [Fact]
    public async Task A_call_that_lives_is_not_made_again()
    {
        await using var node = await Start();
        var key = CallKey.New(node.Region.NextShard());
        node.Tell(RegionNode.Begin(key));
        node.Tell(RegionNode.Begin(key));
        await node.HasHeard(heard => heard is Restored, 2);
        Assert.Equal(1, node.Counts.Begun);
    }

    [Fact]
    public async Task A_call_that_ended_is_forgotten_and_may_begin_anew()
    {
        await using var node = await Start();
        var key = CallKey.New(node.Region.NextShard());
        node.Tell(RegionNode.Begin(key));
        node.Tell(RegionNode.End(key));
        await LedgerNode.Until(() => node.Counts is { Begun: 1, Live: 0 }, "it is forgotten");
        node.Tell(RegionNode.Begin(key));
        await LedgerNode.Until(() => node.Counts is { Begun: 2, Live: 1 }, "it begins anew");
    }

    [Fact]
    public async Task A_call_that_fails_takes_no_other_with_it()
    {
        await using var node = await Start();
        var shard = node.Region.NextShard();
        var (fails, stays) = (CallKey.New(shard), CallKey.New(shard));
        node.Tell(RegionNode.Begin(fails));
        node.Tell(RegionNode.Begin(stays));
        node.Tell(RegionNode.Say(fails, -2));
        await LedgerNode.Until(() => node.Counts.Live == 1, "it is gone");
        node.Tell(RegionNode.Say(stays, 7));
        await node.HasHeard(heard => heard is LegGiven { Number: 7 });
        Assert.Equal(2, node.Counts.Begun);
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("broken")]
    public async Task A_flow_that_cannot_be_made_harms_nobody(string flow)
    {
        await using var node = await Start();
        var shard = node.Region.NextShard();
        var stays = CallKey.New(shard);
        node.Tell(RegionNode.Begin(stays));
        node.Tell(RegionNode.Begin(CallKey.New(shard), flow));
        node.Tell(RegionNode.Say(stays, 7));
        await node.HasHeard(heard => heard is LegGiven { Number: 7 });
        Assert.Equal((1, 1), (node.Counts.UnknownFlow, node.Counts.Live));
    }

    [Fact]
    public async Task Two_thousand_calls_come_and_go_and_nothing_is_left()
    {
        await using var node = await Start();
        var keys = Enumerable.Range(0, 2_000).Select(_ => CallKey.New(node.Region.NextShard())).ToArray();
        foreach (var key in keys) node.Tell(RegionNode.Begin(key));
        foreach (var key in keys) node.Tell(RegionNode.End(key));
        await LedgerNode.Until(() => node.Counts is { Begun: 2_000, Live: 0 }, "all have gone");
        Assert.Equal(0, node.Counts.Nobody);
    }

    [Fact]
    public async Task Any_number_of_a_shard_has_a_place()
    {
        await using var node = await Start();
        node.Tell(RegionNode.Begin(CallKey.New(ushort.MaxValue)));
        node.Tell(RegionNode.Begin(CallKey.New(256)));
        await LedgerNode.Until(() => node.Counts.Live == 2, "both live");
    }
}

public sealed class LocalCallRegionTests : CallRegionContract
{
    internal override Task<RegionNode> Start() => Task.FromResult(RegionNode.Alone());

    [Fact]
    public async Task Shards_are_given_out_in_turn()
    {
        await using var node = await Start();
        Assert.Equal(256, Enumerable.Range(0, 256).Select(_ => node.Region.NextShard()).Distinct().Count());
        Assert.All(Enumerable.Range(0, 300), _ => Assert.InRange(node.Region.NextShard(), 0, RegionOptions.DefaultShards - 1));
    }
}
