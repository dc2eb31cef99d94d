using CallActors.Server.Tests.Harness;
using CallActors.Simulation.Peers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Extensions;

/// <summary>Owners that are lost, or replaced, in the middle of something: docs/control-protocol.md §8.4.</summary>
public sealed class InterruptionTests
{
    private const string Supported = "Supported: 100rel\r\n";
    private const string Reliable = "Require: 100rel\r\n";
    private readonly Desk _desk = new();

    private Rig Rig => _desk.Rig;

    [Fact]
    public void A_ringing_call_that_the_next_one_says_nothing_to_is_turned_down()
    {
        Rig.Respond(Rig.Offer(), 180);
        var two = _desk.Join();
        _desk.One.Leave();
        Rig.HearsRequest(SipMethod.Invite, app: two);
        var rejection = Rig.Response(480, within: 65);
        _desk.Peer.Send(_desk.Peer.Ask("ACK", "c1", branch: "z9hG4bKc11INVITE", toTag: Text.Of(rejection.ToTag)));
        Rig.IsClean();
    }

    [Fact]
    public void A_late_200_to_the_reinvite_of_one_that_was_lost_leaves_a_claimed_call_alone()
    {
        var (dialog, tag) = _desk.KeptCall();
        _desk.One.Request(dialog, Text.Ask("INVITE", body: Text.Sdp), null);
        Rig.Reply();
        var reinvite = Rig.Request(SipMethod.Invite);
        _desk.Peer.Answer(reinvite, 180);
        Rig.HearsResponse(180);
        var two = _desk.Join();
        _desk.One.Leave();
        Rig.Request(SipMethod.Cancel);
        _desk.Adopt(two);
        _desk.Claim(two);
        _desk.Peer.Answer(reinvite, 200, body: Text.Sdp);
        Rig.Request(SipMethod.Ack);
        Rig.Pass(40);
        _desk.HeardNo(message => message is SipRequest { Method: SipMethod.Bye });
        Assert.DoesNotContain(two.Record!, frame => frame.Response is not null && !frame.IsReply);
        _desk.HangUp(two, tag, 2, incarnation: 1);
        Rig.IsClean();
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void A_PRACK_that_the_lost_one_had_not_answered_is_answered_by_the_server(bool isKept)
    {
        var offered = Rig.Offer(headers: Supported);
        if (isKept) _desk.One.Session("k1", 0, offered.TransactionId, "blob"u8);
        var said = Rig.Respond(offered, 183, Reliable);
        _desk.Peer.Send(Prack(said));
        Rig.HearsRequest(SipMethod.Prack);
        GoesOn(offered, said);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void A_PRACK_for_what_the_lost_one_had_said_is_answered_by_the_server(bool isKept)
    {
        var offered = Rig.Offer(headers: Supported);
        if (isKept) _desk.One.Session("k1", 0, offered.TransactionId, "blob"u8);
        var said = Rig.Respond(offered, 183, Reliable);
        GoesOn(offered, said, sendsPrack: true);
    }

    [Fact]
    public void After_the_call_was_turned_down_nothing_is_said_of_what_was_not_confirmed()
    {
        Rig.Respond(Rig.Offer(headers: Supported), 183, Reliable);
        Rig.Response(183);
        _desk.One.Leave();
        var rejection = Rig.Response(503);
        _desk.Peer.Send(_desk.Peer.Ask("ACK", "c1", branch: "z9hG4bKc11INVITE", toTag: Text.Of(rejection.ToTag)));
        Rig.Pass(1);
        _desk.Peer.Heard.Clear();
        Rig.IsClean();
        Assert.Empty(_desk.Peer.Heard);
    }

    [Fact]
    public void A_session_may_move_while_its_INVITE_is_not_answered()
    {
        var offered = Rig.Offer();
        _desk.One.Session("k1", 0, offered.TransactionId, "early"u8);
        var two = _desk.Join();
        _desk.Claim(two);
        Rig.Respond(offered, 200);
        var tag = Text.Of(Rig.Response(200).ToTag);
        _desk.Peer.Send(_desk.Peer.Ask("ACK", "c1", toTag: tag));
        Assert.Equal("k1", Rig.HearsRequest(SipMethod.Ack, app: two).Key);
        _desk.HangUp(two, tag, 2, incarnation: 1);
        Rig.IsClean();
    }

    [Fact]
    public void One_that_claims_a_call_whose_BYE_is_on_its_way_is_told_of_it()
    {
        var (dialog, _) = _desk.KeptCall();
        _desk.One.Request(dialog, Text.Ask("BYE"), null);
        Rig.Reply();
        var bye = Rig.Request(SipMethod.Bye);
        var two = _desk.Join();
        _desk.One.Leave();
        _desk.Adopt(two);
        Assert.Equal(dialog, _desk.Claim(two).Tokens[5]);
        _desk.Peer.Answer(bye, 200);
        var told = Rig.HearsRequest(SipMethod.Bye, app: two);
        Assert.Equal((true, dialog, "k1"), (told.IsServerRequest, told.DialogId, told.Key));
        two.Session("k1", 1, "", default);
        Rig.IsClean();
    }

    [Fact]
    public void A_reinvite_that_its_owner_says_nothing_to_does_not_hinder_the_next()
    {
        var (_, tag) = _desk.KeptCall();
        _desk.Sends("INVITE", tag, 2, body: Text.Sdp);
        Rig.HearsRequest(SipMethod.Invite);
        Rig.Response(480, within: 65);
        _desk.Peer.Send(_desk.Peer.Ask("ACK", "c1", 2, branch: "z9hG4bKc12INVITE", toTag: tag));
        _desk.Sends("INVITE", tag, 3, body: Text.Sdp);
        Rig.Respond(Rig.HearsRequest(SipMethod.Invite), 200);
        Rig.Response(200);
    }

    [Fact]
    public void One_that_proves_itself_twice_is_not_asked_once_it_has_left()
    {
        _desk.One.JoinExtended("desk", "n1");
        Rig.Pass(12);
        _desk.One.Leave();
        Rig.Pass(0.1);
        _desk.Sends("INFO", "gone", 2);
        Rig.Response(481, within: 0.1);
    }

    [Fact]
    public void A_call_that_rang_long_with_the_lost_one_leaves_the_next_one_its_time()
    {
        Rig.Respond(Rig.Offer(), 180);
        var two = _desk.Join();
        Rig.Pass(60);
        _desk.One.Leave();
        var again = Rig.HearsRequest(SipMethod.Invite, app: two);
        Rig.Pass(20);
        Rig.Respond(again, 200, app: two);
        Rig.Response(200);
    }

    [Fact]
    public void A_call_that_was_cancelled_and_answered_all_the_same_ends_when_its_owner_is_lost()
    {
        var (sent, invite) = Rig.Place();
        _desk.Peer.Answer(invite, 180);
        _desk.One.Session("k1", 0, Rig.HearsResponse(180).DialogId, "blob"u8);
        _desk.One.Cancel(sent.TransactionId);
        Rig.Request(SipMethod.Cancel);
        _desk.Peer.Answer(invite, 200, body: Text.Sdp);
        Rig.HearsResponse(200);
        _desk.One.Leave();
        Rig.Request(SipMethod.Ack);
        _desk.Peer.Answer(Rig.Request(SipMethod.Bye), 200);
        Rig.IsClean(400);
    }

    [Fact]
    public void One_that_proves_itself_again_as_another_application_keeps_what_it_has()
    {
        var (_, tag) = _desk.KeptCall();
        var two = _desk.Join();
        _desk.One.JoinExtended("other", "n1");
        Rig.Pass(0.1);
        _desk.One.Leave();
        _desk.Adopt(two);
        _desk.Claim(two);
        _desk.HangUp(two, tag, 2, incarnation: 1);
        Rig.IsClean();
    }

    [Fact]
    public void A_refresh_of_the_servers_own_at_the_loss_leaves_the_timer_running()
    {
        var offered = Rig.Offer(headers: "Supported: timer\r\nSession-Expires: 90;refresher=uas\r\n");
        _desk.One.Session("k1", 0, offered.TransactionId, "b"u8);
        Rig.Respond(offered, 200);
        var tag = Text.Of(Rig.Response(200).ToTag);
        _desk.Peer.Send(_desk.Peer.Ask("ACK", "c1", toTag: tag));
        Rig.HearsRequest(SipMethod.Ack);
        var two = _desk.Join();
        var refresh = Rig.Request(SipMethod.Invite, within: 60);
        _desk.One.Leave();
        _desk.Adopt(two);
        _desk.Claim(two);
        _desk.Peer.Answer(refresh, 200, body: Text.Sdp, headers: "Session-Expires: 90;refresher=uac\r\n");
        Rig.Request(SipMethod.Ack);
        refresh = Rig.Request(SipMethod.Invite, within: 60);
        _desk.Peer.Answer(refresh, 200, body: Text.Sdp, headers: "Session-Expires: 90;refresher=uac\r\n");
        Rig.Request(SipMethod.Ack);
        _desk.HangUp(two, tag, 2, incarnation: 1);
        Rig.IsClean();
    }

    private string Prack(Frame said) => _desk.Peer.Ask("PRACK", "c1", 2, toTag: Text.Of(said.Response!.ToTag), headers: $"RAck: {said.Response!.Header(SipHeaderId.RSeq)} 1 INVITE\r\n");

    // The next one answers the call, and the caller has seen nothing of the loss.
    private void GoesOn(Frame offered, Frame said, bool sendsPrack = false)
    {
        var two = _desk.Join();
        _desk.One.Leave();
        var again = Rig.HearsRequest(SipMethod.Invite, app: two);
        Assert.Equal(offered.TransactionId, again.TransactionId);
        if (sendsPrack) _desk.Peer.Send(Prack(said));
        Assert.Equal(SipMethod.Prack, Rig.Response(200).CSeqMethod);
        Assert.DoesNotContain(two.Record!, frame => frame.Request?.Method == SipMethod.Prack);
        Rig.Respond(again, 200, app: two);
        var tag = Text.Of(Rig.Response(200).ToTag);
        _desk.Peer.Send(_desk.Peer.Ask("ACK", "c1", toTag: tag));
        Rig.HearsRequest(SipMethod.Ack, app: two);
        _desk.HangUp(two, tag, 3);
        Rig.IsClean(400);
    }
}
