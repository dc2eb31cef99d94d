using CallActors.Control.Replies;
using CallActors.Server.Configuration;
using CallActors.Server.Tests.Harness;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Calls;

/// <summary>Bounds, and the way out: at either, new work is turned away and work that lives goes on.</summary>
public sealed class BoundTests
{
    [Fact]
    public void At_the_bound_of_transactions_new_requests_get_503_with_Retry_After_until_there_is_room()
    {
        var rig = new Rig(options => options with { Limits = new LimitOptions { Partitions = 1, MaxTransactions = 2 } });
        for (var call = 0; call < 2; call++) rig.Offer("c" + call);
        rig.Peer.Send(rig.Peer.Ask("INVITE", "one-too-many", body: Text.Sdp));
        Assert.Equal("5", rig.Response(503).Header(SipHeaderId.RetryAfter));
        Assert.Equal(1, rig.Server.Totals["refused"]);
        rig.Pass(64 + 33);
        rig.Offer("again");
    }

    [Fact]
    public void At_the_bound_of_dialogs_new_calls_get_503_and_living_ones_go_on()
    {
        var rig = new Rig(options => options with { Limits = new LimitOptions { Partitions = 1, MaxDialogs = 1 } });
        var (_, tag) = rig.CallFromPeer("c1");
        rig.Peer.Send(rig.Peer.Ask("INVITE", "c2", body: Text.Sdp));
        rig.Response(503);
        rig.Peer.Send(rig.Peer.Ask("BYE", "c1", 2, toTag: tag));
        rig.Respond(rig.HearsRequest(SipMethod.Bye), 200);
        rig.Offer("c3");
    }

    [Fact]
    public void At_the_bound_of_requests_without_a_first_response_new_ones_get_503_and_living_calls_go_on()
    {
        var rig = new Rig(options => options with { Limits = new LimitOptions { Partitions = 1, MaxPendingRequests = 2 } });
        var (_, tag) = rig.CallFromPeer("c1");
        var first = rig.Offer("w1");
        rig.Peer.Send(rig.Peer.Ask("OPTIONS", "w2"));
        var second = rig.HearsRequest(SipMethod.Options);
        rig.Peer.Send(rig.Peer.Ask("INVITE", "w3", body: Text.Sdp));
        Assert.Equal("5", rig.Response(503).Header(SipHeaderId.RetryAfter));
        Assert.Equal(1, rig.Server.Totals["refused"]);

        rig.Peer.Send(rig.Peer.Ask("INFO", "c1", 2, toTag: tag));
        rig.Respond(rig.HearsRequest(SipMethod.Info), 200);
        rig.Peer.Send(rig.Peer.Ask("BYE", "c1", 3, toTag: tag));
        rig.Respond(rig.HearsRequest(SipMethod.Bye), 200);

        rig.Respond(first, 180);
        var third = rig.Offer("w4");
        rig.Peer.Send(rig.Peer.Ask("INVITE", "w5", body: Text.Sdp));
        rig.Response(503);
        rig.Respond(second, 200);
        rig.Respond(third, 486);
        rig.Offer("w6");
        rig.Offer("w7");
    }

    [Fact]
    public void A_request_that_is_given_up_or_never_answered_makes_room_again()
    {
        var rig = new Rig(options => options with { Limits = new LimitOptions { Partitions = 1, MaxPendingRequests = 1 } });
        rig.Offer("w1");
        rig.Peer.Send(rig.Peer.Ask("CANCEL", "w1", branch: "z9hG4bKw11INVITE"));
        rig.Response(487);
        rig.Offer("w2");
        rig.Peer.Send(rig.Peer.Ask("OPTIONS", "w3"));
        rig.Response(503);
        rig.Response(480, within: 65);
        rig.Peer.Send(rig.Peer.Ask("OPTIONS", "w4"));
        rig.HearsRequest(SipMethod.Options);
    }

    [Fact]
    public void A_server_that_leaves_turns_new_calls_away_and_waits_for_the_living()
    {
        var rig = new Rig();
        var (_, tag) = rig.CallFromPeer();
        var drained = rig.Server.DrainAsync();
        rig.Peer.Send(rig.Peer.Ask("INVITE", "c2", body: Text.Sdp));
        Assert.Equal("10", rig.Response(503).Header(SipHeaderId.RetryAfter));
        Assert.False(drained.IsCompleted);
        rig.Peer.Send(rig.Peer.Ask("BYE", "c1", 2, toTag: tag));
        rig.Respond(rig.HearsRequest(SipMethod.Bye), 200);
        rig.Pass(0.3);
        Assert.True(drained.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_wrong_secret_is_refused_and_disconnected()
    {
        var rig = new Rig();
        var stranger = new Simulation.Peers.Application(rig.World, System.Net.IPAddress.Parse("10.0.0.66")) { Record = [] }.JoinAs("wrong", "");
        var reply = rig.Hears(stranger, frame => frame.IsReply);
        Assert.Equal((ReplyVerdict.No, "incorrect secret"), (reply.Verdict, reply.Text));
        Assert.True(rig.World.RunUntil(() => stranger.Ended is not null, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void An_application_that_never_authenticates_is_disconnected()
    {
        var rig = new Rig();
        var silent = new Simulation.Peers.Application(rig.World, System.Net.IPAddress.Parse("10.0.0.66"));
        rig.Pass(9);
        Assert.Null(silent.Ended);
        Assert.True(rig.World.RunUntil(() => silent.Ended is not null, TimeSpan.FromSeconds(3)));
    }
}
