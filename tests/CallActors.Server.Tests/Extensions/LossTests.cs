using System.Text;
using CallActors.Control;
using CallActors.Server.Configuration;
using CallActors.Server.Tests.Harness;
using CallActors.Simulation.Peers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Extensions;

/// <summary>What becomes of what a lost connection owned: docs/control-protocol.md §8.4.</summary>
public sealed class LossTests
{
    private readonly Desk _desk = new();

    private Rig Rig => _desk.Rig;

    [Fact]
    public void The_others_are_told_which_node_has_gone_and_how()
    {
        var (two, stranger) = (_desk.Join(), _desk.Stranger());
        var three = _desk.Join("n3");
        _desk.One.Leave();
        Assert.Equal(["n1", "closed"], Gone(two).Tokens[2..]);
        three.Beats = false;
        Assert.Equal(["n3", "silent"], Gone(two, within: 5).Tokens[2..]);
        Assert.DoesNotContain(stranger.Record!, frame => frame.Kind == ServerMessageKind.Gone);
    }

    [Fact]
    public void A_node_has_gone_with_its_last_connection_only()
    {
        var second = _desk.Join("n1");
        var two = _desk.Join();
        _desk.One.Leave();
        Rig.Pass(0.5);
        Assert.DoesNotContain(two.Record!, frame => frame.Kind == ServerMessageKind.Gone);
        second.Leave();
        Assert.Equal("n1", Gone(two).Tokens[2]);
    }

    [Fact]
    public void An_unanswered_request_outside_dialogs_is_offered_to_the_same_application_before_others()
    {
        var offered = Rig.Offer();
        Rig.Join(Desk.Verbs);
        var two = _desk.Join();
        _desk.One.Leave();
        var again = Rig.HearsRequest(SipMethod.Invite, app: two);
        Assert.Equal((offered.TransactionId, "", 13), (again.TransactionId, again.Key, again.Tokens.Length));
    }

    [Fact]
    public void Where_the_application_has_no_other_any_application_gets_it()
    {
        var offered = Rig.Offer();
        var plain = Rig.Join("invite");
        _desk.One.Leave();
        Assert.Equal(offered.TransactionId, Rig.HearsRequest(SipMethod.Invite, app: plain).TransactionId);
    }

    [Fact]
    public void A_ringing_call_is_offered_again_and_keeps_its_tag()
    {
        var offered = Rig.Offer();
        Rig.Respond(offered, 180);
        var ringing = Text.Of(Rig.Response(180).ToTag);
        var two = _desk.Join();
        _desk.One.Leave();
        var again = Rig.HearsRequest(SipMethod.Invite, app: two);
        Assert.Equal(13, again.Tokens.Length);
        Rig.Respond(again, 180, app: two);
        Assert.Equal(ringing, Text.Of(Rig.Response(180).ToTag));
        Rig.Respond(again, 200, app: two);
        Assert.Equal(ringing, Text.Of(Rig.Response(200).ToTag));
        _desk.Peer.Send(_desk.Peer.Ask("ACK", "c1", toTag: ringing));
        Rig.HearsRequest(SipMethod.Ack, app: two);
        _desk.Sends("BYE", ringing, 2);
        Rig.Respond(Rig.HearsRequest(SipMethod.Bye, app: two), 200, app: two);
        Rig.Response(200);
        Rig.IsClean();
    }

    [Fact]
    public void A_ringing_call_that_nobody_takes_is_turned_down()
    {
        Rig.Respond(Rig.Offer(), 180);
        Rig.Response(180);
        _desk.One.Leave();
        var rejection = Rig.Response(503);
        _desk.Peer.Send(_desk.Peer.Ask("ACK", "c1", branch: "z9hG4bKc11INVITE", toTag: Text.Of(rejection.ToTag)));
        Rig.IsClean();
    }

    [Fact]
    public void A_session_whose_INVITE_was_not_answered_has_no_dialog_when_it_is_offered()
    {
        var offered = Rig.Offer();
        _desk.One.Session("k1", 0, offered.TransactionId, "early"u8);
        Rig.Pass(0.1);
        var two = _desk.Join();
        _desk.One.Leave();
        Assert.Equal("", _desk.Adopt(two).Tokens[4]);
        var again = Rig.HearsRequest(SipMethod.Invite, app: two);
        Rig.Respond(again, 200, app: two);
        Assert.Equal("", _desk.Claim(two).Tokens[5]);
    }

    [Fact]
    public void Its_own_unanswered_INVITE_is_cancelled_and_a_late_200_released()
    {
        var (_, invite) = Rig.Place();
        _desk.Peer.Answer(invite, 180);
        Rig.HearsResponse(180);
        _desk.One.Leave();
        Rig.Request(SipMethod.Cancel);
        _desk.Peer.Answer(invite, 200, body: Text.Sdp);
        Rig.Request(SipMethod.Ack);
        _desk.Peer.Answer(Rig.Request(SipMethod.Bye), 200);
        Rig.IsClean();
    }

    [Fact]
    public void A_dialog_without_a_session_is_ended_at_once()
    {
        Rig.CallFromPeer();
        _desk.Join();
        _desk.One.Leave();
        var bye = Rig.Request(SipMethod.Bye);
        Assert.Equal("SIP ;cause=200 ;text=\"Application gone\"", bye.Header(SipHeaderId.Reason));
        _desk.Peer.Answer(bye, 200);
        Rig.IsClean();
    }

    [Fact]
    public void A_session_is_offered_with_its_blob_and_its_dialogs()
    {
        var (dialog, _) = _desk.KeptCall(blob: "a | b\r\n\r\nc");
        var two = _desk.Join();
        _desk.One.Leave();
        var offer = _desk.Adopt(two);
        Assert.Equal(["k1", "0", dialog], offer.Tokens[2..]);
        Assert.Equal("a | b\r\n\r\nc", Encoding.UTF8.GetString(offer.Bytes));
        _desk.HeardNo(message => message is SipRequest);
    }

    [Fact]
    public void What_was_said_last_is_what_is_offered()
    {
        var (dialog, _) = _desk.KeptCall();
        _desk.One.Session("k1", 0, dialog, "later"u8);
        Rig.Pass(0.1);
        var two = _desk.Join();
        _desk.One.Leave();
        Assert.Equal("later", Encoding.UTF8.GetString(_desk.Adopt(two).Bytes));
    }

    [Fact]
    public void All_legs_of_a_key_go_to_one_and_the_keys_to_all()
    {
        for (var call = 1; call <= 20; call++) _desk.KeptCall($"c{call}", $"k{call}");
        var (two, three) = (_desk.Join(), _desk.Join("n3"));
        _desk.One.Leave();
        Rig.Pass(1);
        string[] keys = [.. two.Record!.Concat(three.Record!).Where(frame => frame.Kind == ServerMessageKind.Adopt).Select(frame => frame.Key)];
        Assert.Equal(20, keys.Length);
        Assert.Equal(20, keys.Distinct().Count());
        Assert.Contains(two.Record!, frame => frame.Kind == ServerMessageKind.Adopt);
        Assert.Contains(three.Record!, frame => frame.Kind == ServerMessageKind.Adopt);
    }

    [Fact]
    public void What_nobody_claims_within_five_seconds_is_offered_to_the_next()
    {
        _desk.KeptCall();
        Application[] others = [_desk.Join(), _desk.Join("n3")];
        _desk.One.Leave();
        Rig.Pass(4.9);
        var first = Assert.Single(others, app => app.Record!.Exists(frame => frame.Kind == ServerMessageKind.Adopt));
        _desk.Adopt(others.Single(app => app != first));
    }

    [Fact]
    public void What_cannot_be_offered_waits_for_the_next_connection_of_the_application()
    {
        _desk.KeptCall();
        _desk.One.Leave();
        Rig.Pass(10);
        var app = new Application(Rig.World, System.Net.IPAddress.Parse("10.0.1.2")) { Record = [] }.JoinExtended("desk", "n1", Desk.Verbs);
        _desk.Adopt(app);
        _desk.Claim(app);
    }

    [Fact]
    public void What_nobody_claims_within_the_grace_time_is_ended_on_every_leg()
    {
        var (dialog, _) = _desk.KeptCall();
        var (outgoing, _) = Rig.CallToPeer();
        _desk.One.Session("k1", 0, $"{dialog},{outgoing}", "both"u8);
        Rig.Pass(0.1);
        var two = _desk.Join();
        _desk.One.Leave();
        Rig.Pass(31.5);
        _desk.HeardNo(message => message is SipRequest);
        foreach (var _ in new[] { dialog, outgoing })
        {
            var bye = Rig.Request(SipMethod.Bye, within: 2);
            Assert.Equal("SIP ;cause=200 ;text=\"Application gone\"", bye.Header(SipHeaderId.Reason));
            _desk.Peer.Answer(bye, 200);
        }

        // Somebody may still account for it, later; and then it is over.
        Assert.Equal("", _desk.Claim(two).Tokens[5]);
        Rig.IsClean(400);
    }

    [Fact]
    public void The_grace_time_is_the_operators()
    {
        var desk = new Desk(options => options with { Extensions = new ExtensionOptions { Grace = TimeSpan.FromSeconds(2) } });
        desk.KeptCall();
        desk.One.Leave();
        desk.Rig.Pass(1.8);
        desk.HeardNo(message => message is SipRequest);
        desk.Rig.Request(SipMethod.Bye);
    }

    [Fact]
    public void A_200_that_was_not_acknowledged_is_acknowledged_by_the_server_and_the_call_waits()
    {
        var (_, invite) = Rig.Place();
        _desk.Peer.Answer(invite, 200, body: Text.Sdp);
        var dialog = Rig.HearsResponse(200).DialogId;
        _desk.One.Session("k1", 0, dialog, "blob"u8);
        Rig.Pass(0.1);
        var two = _desk.Join();
        _desk.One.Leave();
        Rig.Request(SipMethod.Ack);
        _desk.Peer.Answer(invite, 200, body: Text.Sdp);
        Rig.Request(SipMethod.Ack);
        _desk.Adopt(two);
        _desk.Claim(two);
        Rig.Pass(40);
        _desk.HeardNo(message => message is SipRequest { Method: SipMethod.Bye });
        Assert.Equal(1, Rig.Server.Census.Dialogs);
    }

    [Fact]
    public void A_reinvite_that_was_not_answered_is_cancelled_and_its_late_200_leaves_the_call_alone()
    {
        var (dialog, _) = _desk.KeptCall();
        _desk.One.Request(dialog, Text.Ask("INVITE", body: Text.Sdp), null);
        Rig.Reply();
        var reinvite = Rig.Request(SipMethod.Invite);
        _desk.Peer.Answer(reinvite, 180);
        Rig.HearsResponse(180);
        var two = _desk.Join();
        _desk.One.Leave();
        Rig.Request(SipMethod.Cancel);
        _desk.Peer.Answer(reinvite, 200, body: Text.Sdp);
        Rig.Request(SipMethod.Ack);
        _desk.Adopt(two);
        _desk.Claim(two);
        Rig.Pass(40);
        _desk.HeardNo(message => message is SipRequest { Method: SipMethod.Bye });
        Assert.Equal(1, Rig.Server.Census.Dialogs);
    }

    private Frame Gone(Application app, double within = 1) => Rig.Hears(app, frame => frame.Kind == ServerMessageKind.Gone, within);
}
