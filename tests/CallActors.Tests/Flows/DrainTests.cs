using CallActors.TestKit;

namespace CallActors.Tests.Flows;

/// <summary>A node that is told to stop while calls live: row N28.</summary>
public sealed class DrainTests
{
    private readonly Script _script = new() { Invited = static (flow, call) => flow.Connects(call) };

    [Fact]
    public async Task N28_new_calls_are_turned_away_while_living_ones_go_on_to_their_end()
    {
        await using var net = new TestNet();
        var node = _script.On(net);
        var alice = await net.Phone("alice").Invites("bob");
        var bob = await net.Phone("bob").ReceivesInvite().Answers();
        await alice.Receives(200).Acks();
        await bob.ReceivesAck();
        var drained = node.Runtime.DrainAsync(TimeSpan.FromMinutes(10), default);
        net.Run(TimeSpan.FromSeconds(1));
        var late = await net.Phone("carol").Invites("bob").Receives(503);
        Assert.Equal("10", late.Header("Retry-After"));
        Assert.False(drained.IsCompleted);
        // The living call is untouched, even by what changes it.
        var hold = await alice.Reinvites(net.Phone("alice").Sdp.SendOnly());
        await bob.ReceivesReinvite().Answers(net.Phone("bob").Sdp.ReceiveOnly()).ReceivesAck();
        await hold.Receives(200).Acks();
        net.Run(TimeSpan.FromMinutes(2));
        Assert.False(drained.IsCompleted);
        await bob.HangsUp();
        await alice.ReceivesBye();
        net.RunUntil(drained, TimeSpan.FromSeconds(1));
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task N28_a_call_that_rings_may_still_be_answered()
    {
        await using var net = new TestNet();
        var node = _script.On(net);
        var alice = await net.Phone("alice").Invites("bob");
        var bob = await net.Phone("bob").ReceivesInvite().Rings();
        await alice.Receives(180);
        var drained = node.Runtime.DrainAsync(TimeSpan.FromMinutes(10), default);
        net.Run(TimeSpan.FromSeconds(5));
        await bob.Answers();
        await alice.Receives(200).Acks();
        await bob.ReceivesAck();
        await alice.HangsUp();
        await bob.ReceivesBye();
        net.RunUntil(drained, TimeSpan.FromSeconds(1));
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task N28_what_still_lives_at_the_limit_is_hung_up()
    {
        await using var net = new TestNet();
        var node = _script.On(net);
        var alice = await net.Phone("alice").Invites("bob");
        var bob = await net.Phone("bob").ReceivesInvite().Answers();
        await alice.Receives(200).Acks();
        await bob.ReceivesAck();
        var carol = await net.Phone("carol").Invites("dave");
        var dave = await net.Phone("dave").ReceivesInvite().Rings();
        var start = net.Now;
        var drained = node.Runtime.DrainAsync(TimeSpan.FromSeconds(30), default);
        await bob.ReceivesBye();
        await alice.ReceivesBye();
        await dave.ReceivesCancel();
        await carol.Receives(180).Receives(480);
        net.RunUntil(drained, TimeSpan.FromSeconds(3));
        Assert.InRange((net.Now - start).TotalSeconds, 30, 33);
        Assert.Equal(0, node.Calls);
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task N28_a_node_without_calls_is_drained_at_once()
    {
        await using var net = new TestNet();
        var node = _script.On(net);
        var start = net.Now;
        node.Drain(TimeSpan.FromSeconds(30));
        Assert.Equal(start, net.Now);
        node.AssertNothingLeft();
    }
}
