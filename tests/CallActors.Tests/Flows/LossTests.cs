using CallActors.TestKit;

namespace CallActors.Tests.Flows;

/// <summary>The connection between runtime and signalling server is lost: rows N1 to N3.</summary>
public sealed class LossTests
{
    private readonly Script _script = new() { Invited = static (flow, call) => flow.Connects(call) };

    [Fact]
    public async Task N1_a_connection_cut_while_it_rings_ends_what_is_under_way_at_once()
    {
        await using var net = new TestNet();
        var node = _script.On(net);
        var bob = net.Phone("bob");
        var alice = await net.Phone("alice").Invites("bob");
        var ringing = await bob.ReceivesInvite().Rings();
        await alice.Receives(180);
        var cut = net.Now;
        node.Cut();
        net.RunUntil(() => _script.Outcomes.Count > 0 && node.Calls == 0);
        Assert.IsType<InviteOutcome.ServerLost>(Assert.Single(_script.Outcomes));
        Assert.InRange((net.Now - cut).TotalSeconds, 0, 1);
        // Neither side is left hanging: there is no other node that the caller could be offered to.
        await ringing.ReceivesCancel();
        await alice.Receives(503);
        node.AssertNothingLeft();
        Assert.All(Assert.Single(_script.Ended).Legs, leg => Assert.Equal(EndedBy.ServerLost, leg.End!.By));
        // Whoever is offered the INVITE keeps the record.
        Assert.Empty(node.Records);
    }

    [Fact]
    public async Task N1_the_node_serves_again_after_the_cut()
    {
        await using var net = new TestNet();
        var node = _script.On(net);
        var alice = net.Phone("alice").Invites("bob");
        var first = await net.Phone("bob").ReceivesInvite().Rings();
        node.Cut();
        net.RunUntil(() => !node.IsUp);
        net.RunUntil(() => node.IsUp);
        await alice.Receives(503);
        await first.ReceivesCancel();
        var again = await net.Phone("alice").Invites("bob");
        var answering = await net.Phone("bob").ReceivesInvite().Answers();
        await again.Receives(200).Acks();
        await answering.ReceivesAck().HangsUp();
        await again.ReceivesBye();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task N2_after_a_cut_and_its_repair_the_dialogs_work_as_before()
    {
        await using var net = new TestNet();
        var node = _script.On(net);
        var alice = await net.Phone("alice").Invites("bob");
        var bob = await net.Phone("bob").ReceivesInvite().Answers();
        await alice.Receives(200).Acks();
        await bob.ReceivesAck();
        node.Cut();
        net.RunUntil(() => !node.IsUp);
        net.RunUntil(() => node.IsUp);
        // The server kept the call for us, and nobody on the phone hears of it.
        net.Run(TimeSpan.FromSeconds(15));
        var info = await alice.Sends("INFO", "key=1");
        Assert.Equal("key=1", (await bob.Receives("INFO").Answers(200)).Body.ToString());
        await info.Receives(200);
        await bob.HangsUp();
        await alice.ReceivesBye();
        node.AssertNothingLeft();
        Assert.Single(_script.Ended);
    }

    [Fact]
    public async Task N2_a_hang_up_while_the_connection_is_lost_ends_the_call()
    {
        await using var net = new TestNet();
        var node = _script.On(net);
        var alice = await net.Phone("alice").Invites("bob");
        var bob = await net.Phone("bob").ReceivesInvite().Answers();
        await alice.Receives(200).Acks();
        await bob.ReceivesAck();
        node.Cut();
        var bye = await bob.Sends("BYE");
        await alice.ReceivesBye();
        await bye.Receives(200);
        node.AssertNothingLeft();
        Assert.Single(node.Records);
    }

    [Fact]
    public async Task N3_a_server_that_falls_silent_is_lost_after_three_heartbeats()
    {
        await using var net = new TestNet();
        var node = _script.On(net);
        var alice = await net.Phone("alice").Invites("bob");
        var ringing = await net.Phone("bob").ReceivesInvite().Rings();
        await alice.Receives(180);
        var silent = net.Now;
        node.Silence();
        net.RunUntil(() => _script.Outcomes.Count > 0);
        Assert.IsType<InviteOutcome.ServerLost>(Assert.Single(_script.Outcomes));
        Assert.InRange((net.Now - silent).TotalSeconds, 1, 4.1);
        Assert.False(node.IsUp);
        node.Restore();
        net.RunUntil(() => node.IsUp);
        await ringing.ReceivesCancel();
        await alice.Receives(503);
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task N2_a_server_that_keeps_no_calls_is_asked_whether_the_dialogs_live()
    {
        await using var net = new TestNet();
        var node = _script.On(net, options => options with { Servers = [.. options.Servers.Select(server => server with { Extensions = false })] });
        var alice = await net.Phone("alice").Invites("bob");
        var bob = await net.Phone("bob").ReceivesInvite().Answers();
        await alice.Receives(200).Acks();
        await bob.ReceivesAck();
        node.Cut();
        await bob.Sends("BYE");
        await alice.Receives("OPTIONS").Answers(200);
        await alice.ReceivesBye();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task A_call_of_outgoing_legs_alone_is_told_of_the_loss_too()
    {
        await using var net = new TestNet();
        var bob = net.Phone("bob");
        var node = net.Plays(new FlowScript { Started = flow => flow.Calls(bob.Uri, new CallOptions { Sdp = ScriptedNets.Sdp }).Outcome });
        node.Begin<FlowUnderTest>();
        await bob.ReceivesInvite().Answers().ReceivesAck();
        Assert.Equal(1, node.Calls);
        var silent = net.Now;
        node.Silence();
        // Three heartbeats until it is lost, and a minute in which it might have come back.
        net.RunUntil(() => node.Calls == 0, TimeSpan.FromSeconds(70));
        Assert.InRange((net.Now - silent).TotalSeconds, 60, 65);
        Assert.Equal(EndedBy.ServerLost, Assert.Single(Assert.Single(node.Records).Legs).End.By);
    }
}
