using CallActors.TestKit;
using CallActors.Transfers;

namespace CallActors.Tests.Flows;

/// <summary>Calls on several nodes that have to do with each other: row N31.</summary>
public sealed class NodesTests : IDisposable
{
    private readonly TestNet _net = new();
    private readonly JointNodes _joint = new();

    public void Dispose() => _net.Dispose();

    [Fact]
    public void N31_an_attended_transfer_joins_two_calls_that_live_on_different_nodes()
    {
        var (first, second) = (Serve("one"), Serve("two"));
        var (alice, bob, carol) = (_net.Phone("alice"), _net.Phone("bob"), _net.Phone("carol"));
        var toBob = alice.Invites("bob");
        var atBob = bob.ReceivesInvite().Answers();
        toBob.Receives(200).Acks();
        atBob.ReceivesAck();
        var toCarol = alice.Invites("carol");
        var atCarol = carol.ReceivesInvite().Answers().ReceivesAck();
        toCarol.Receives(200).Acks();
        Assert.Equal((1, 1), (first.Calls, second.Calls));

        toBob.Refers(carol.Uri, toCarol).Receives(202);
        toBob.Receives("NOTIFY").Answers(200);
        toCarol.ReceivesBye();
        var asked = atBob.ReceivesReinvite();
        asked.Answers(bob.Sdp.Again());
        var offered = atCarol.ReceivesReinvite();
        Assert.Equal(bob.Sdp.Again().ToString(), offered.Body.ToString());
        offered.Answers(carol.Sdp.Again()).ReceivesAck();
        asked.ReceivesAck();
        Assert.Contains("200", toBob.Receives("NOTIFY").Answers(200).Body.ToString(), StringComparison.Ordinal);
        toBob.ReceivesBye();
        Assert.Single(_joint.Crossed.OfType<LegWanted>());
        Assert.NotNull(Assert.Single(_joint.Crossed.OfType<LegGiven>()).Leg);

        // What the two say to each other passes over both nodes' connections, and ends with either.
        var info = atCarol.Sends("INFO", PhoneBody.Of("application/dtmf-relay", "Signal=5\r\n"));
        atBob.Receives("INFO").Answers(200);
        info.Receives(200);
        var bye = atCarol.Sends("BYE");
        atBob.ReceivesBye();
        bye.Receives(200);
        first.AssertNothingLeft();
        second.AssertNothingLeft();
    }

    [Fact]
    public void N31_a_leg_that_comes_when_nobody_waits_for_it_any_more_is_hung_up()
    {
        var (first, second) = (Serve("one"), Serve("two"));
        var (alice, bob, carol) = (_net.Phone("alice"), _net.Phone("bob"), _net.Phone("carol"));
        var toBob = alice.Invites("bob");
        var atBob = bob.ReceivesInvite().Answers();
        toBob.Receives(200).Acks();
        atBob.ReceivesAck();
        var toCarol = alice.Invites("carol");
        var atCarol = carol.ReceivesInvite().Answers().ReceivesAck();
        toCarol.Receives(200).Acks();

        // The other node's shard is on its way somewhere.
        _joint.Holds = message => message is LegWanted;
        toBob.Refers(carol.Uri, toCarol).Receives(202);
        toBob.Receives("NOTIFY").Answers(200);
        Assert.Contains("481", toBob.Receives("NOTIFY").Answers(200).Body.ToString(), StringComparison.Ordinal);
        _joint.Release();
        toCarol.ReceivesBye();
        atCarol.ReceivesBye();
        var bye = toBob.Sends("BYE");
        atBob.ReceivesBye();
        bye.Receives(200);
        first.AssertNothingLeft();
        second.AssertNothingLeft();
    }

    [Fact]
    public void N31_a_call_takes_the_place_of_one_that_lives_on_another_node()
    {
        var (first, second) = (Serve("one"), Serve("two"));
        var (alice, bob, carol) = (_net.Phone("alice"), _net.Phone("bob"), _net.Phone("carol"));
        var toBob = alice.Invites("bob");
        var atBob = bob.ReceivesInvite().Answers();
        toBob.Receives(200).Acks();
        atBob.ReceivesAck();
        var replacing = carol.Invites("pickup", headers: [("Replaces", Uri.UnescapeDataString(toBob.Replaces))]);
        toBob.ReceivesBye();
        Assert.Equal((1, 1), (first.Calls, second.Calls));
        var offered = atBob.ReceivesReinvite();
        offered.Answers(bob.Sdp.Again()).ReceivesAck();
        replacing.Receives(200).Acks();
        _net.RunUntil(() => first.Calls == 0);
        _net.Run(TimeSpan.FromSeconds(1));

        // And it outlives the node that it came to.
        _joint.GivesTo(1, 0);
        second.Dies();
        var info = replacing.Sends("INFO", "1");
        atBob.Receives("INFO").Answers(200);
        info.Receives(200);
        var bye = atBob.Sends("BYE");
        replacing.ReceivesBye();
        bye.Receives(200);
        first.AssertNothingLeft();
    }

    private TestNode Serve(string name)
    {
        _joint.Join(_net.Node(name));
        return _net.Serves(app => app.Invite<Desk>(), node: name);
    }

    private sealed class Desk : CallActor
    {
        protected override Task OnInvite(IncomingCall call) => call.Replaces is not null ? call.TakeOver() : call.BridgeTo(call.LocalUri.Contains("bob", StringComparison.Ordinal) ? "sip:bob@bob" : "sip:carol@carol");

        protected override Task OnRefer(Leg leg, LegRequest request) => Transfer(request);
    }
}
