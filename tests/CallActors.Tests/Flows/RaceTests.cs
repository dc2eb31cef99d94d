using CallActors.TestKit;

namespace CallActors.Tests.Flows;

/// <summary>What happens at the same time: rows N8, N9, N18, N25 and N27.</summary>
public sealed class RaceTests
{
    [Fact]
    public async Task N8_a_caller_who_goes_while_the_flow_asks_a_database_makes_nobody_ring()
    {
        var looked = new List<bool>();
        var script = new Script
        {
            Invited = async (flow, call) =>
            {
                await Task.Delay(TimeSpan.FromSeconds(5), flow.Clock);
                looked.Add(call.IsCancelled);
                await flow.Connects(call);
            },
        };
        await using var net = new TestNet();
        var node = script.On(net);
        var alice = await net.Phone("alice").Invites("bob");
        net.Run(TimeSpan.FromSeconds(1));
        await alice.Cancels("SIP;cause=200;text=\"changed my mind\"").Receives(487);
        await net.Phone("bob").ReceivesNothing(TimeSpan.FromSeconds(10));
        Assert.Equal([true], looked);
        Assert.Equal("changed my mind", Assert.IsType<InviteOutcome.Cancelled>(Assert.Single(script.Outcomes)).Reason);
        Assert.DoesNotContain(net.Ladder.Requests("INVITE"), message => message.To == "bob");
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task N8_a_flow_that_listens_for_the_cancel_stops_at_once()
    {
        var script = new Script { Invited = (flow, call) => Task.Delay(TimeSpan.FromMinutes(2), flow.Clock, call.Cancelled) };
        await using var net = new TestNet();
        var node = script.On(net);
        var alice = await net.Phone("alice").Invites("bob");
        net.Run(TimeSpan.FromSeconds(1));
        await alice.Cancels().Receives(487);
        Assert.Equal(0, node.Calls);
        Assert.False(Assert.Single(node.Records).HasFailed);
        node.AssertNothingLeft();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task N9_a_cancel_crosses_the_answer(bool cancelsFirst)
    {
        var script = new Script { Invited = static (flow, call) => flow.Connects(call) };
        await using var net = new TestNet();
        var node = script.On(net);
        var alice = await net.Phone("alice").Invites("bob");
        var bob = await net.Phone("bob").ReceivesInvite().Rings();
        await alice.Receives(180);
        if (cancelsFirst) await alice.Cancels();
        await bob.Answers();
        if (!cancelsFirst) await alice.Cancels();
        await alice.Receives(487);
        await bob.ReceivesAck().ReceivesBye();
        node.AssertNothingLeft();
        Assert.IsType<InviteOutcome.Cancelled>(Assert.Single(script.Outcomes));
        Assert.Single(script.Ended);
        Assert.Single(net.Ladder.Requests("BYE"));
    }

    [Fact]
    public async Task N18_the_answer_waits_for_every_slow_PRACK()
    {
        var script = new Script
        {
            Invited = static async (flow, call) =>
            {
                for (var i = 0; i < 3; i++) _ = call.Ring(183, call.Offer, reliable: true);
                await call.Answer(call.Offer);
            },
        };
        await using var net = new TestNet();
        var node = script.On(net);
        var alice = await net.Phone("alice").Invites("bob", headers: [("Supported", "100rel")]);
        for (var i = 0; i < 3; i++)
        {
            await alice.Receives(183);
            net.Run(TimeSpan.FromSeconds(2));
            await alice.Pracks();
        }

        await alice.Receives(200).Acks();
        var answer = net.Ladder.Responses(200).First(message => message.Label.StartsWith("200 INVITE", StringComparison.Ordinal));
        Assert.All(net.Ladder.Requests("PRACK"), prack => Assert.True(prack.At < answer.At));
        Assert.Equal(3, net.Ladder.Requests("PRACK").Count());
        await alice.HangsUp();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task N18_so_it_does_over_a_bridge()
    {
        var script = new Script { Invited = static (flow, call) => flow.Connects(call) };
        await using var net = new TestNet();
        var node = script.On(net);
        var alice = await net.Phone("alice").Invites("bob", headers: [("Supported", "100rel")]);
        var bob = await net.Phone("bob").ReceivesInvite();
        for (var i = 0; i < 3; i++) await bob.RingsReliably(183, net.Phone("bob").Sdp).ReceivesPrack();
        await bob.Answers();
        for (var i = 0; i < 3; i++)
        {
            await alice.Receives(183);
            net.Run(TimeSpan.FromSeconds(1));
            await alice.Pracks();
        }

        await alice.Receives(200).Acks();
        await bob.ReceivesAck();
        await alice.HangsUp();
        await bob.ReceivesBye();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task N25_a_leg_that_is_hung_up_twice_gets_one_BYE()
    {
        var ends = new List<LegEnd>();
        var script = new Script
        {
            Invited = async (flow, call) =>
            {
                await call.Answer(call.Offer);
                await call.Acknowledged;
                var first = call.Hangup("enough");
                var second = call.Hangup("enough, I said");
                ends.Add(await first);
                ends.Add(await second);
                ends.Add(await call.Hangup());
            },
        };
        await using var net = new TestNet();
        var node = script.On(net);
        var alice = await net.Phone("alice").Invites("bob");
        await alice.Receives(200).Acks().ReceivesBye();
        net.RunUntil(() => ends.Count == 3);
        Assert.All(ends, end => Assert.Equal(new LegEnd(EndedBy.Us, "enough"), end));
        Assert.Single(net.Ladder.Requests("BYE"));
        Assert.Single(script.Ended);
        Assert.Empty(script.Hangups);
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task N25_both_sides_hang_up_at_once()
    {
        var script = new Script { Invited = static (flow, call) => flow.Connects(call) };
        await using var net = new TestNet();
        var node = script.On(net);
        var alice = await net.Phone("alice").Invites("bob");
        var bob = await net.Phone("bob").ReceivesInvite().Answers();
        await alice.Receives(200).Acks();
        await bob.ReceivesAck();
        var one = alice.Sends("BYE");
        var other = bob.Sends("BYE");
        await one.Receives(200);
        await other.Receives(200);
        foreach (var (from, to) in new[] { ("alice", "server"), ("server", "alice"), ("bob", "server"), ("server", "bob") })
            Assert.True(net.Ladder.Requests("BYE").Count(message => message.From == from && message.To == to) <= 1, net.Ladder.ToString());
        Assert.Single(script.Ended);
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task N27_a_cancel_hits_the_right_one_of_two_calls_with_one_Call_ID()
    {
        var script = new Script
        {
            Invited = static async (flow, call) =>
            {
                await call.Ring();
                await Task.Delay(TimeSpan.FromSeconds(5), flow.Clock);
                if (!call.IsSettled) await call.Reject(486);
            },
        };
        await using var net = new TestNet();
        var node = script.On(net);
        var alice = await net.Phone("alice").Invites("bob", headers: [("Call-ID", "the-same")]);
        var carol = await net.Phone("carol").Invites("bob", headers: [("Call-ID", "the-same")]);
        await alice.Receives(180);
        await carol.Receives(180);
        Assert.Equal(2, node.Calls);
        await carol.Cancels().Receives(487);
        Assert.Equal(EndedBy.FarEnd, Assert.Single(script.Hangups).By);
        await alice.Receives(486);
        node.AssertNothingLeft();
        Assert.Equal(2, node.Records.Count);
    }
}
