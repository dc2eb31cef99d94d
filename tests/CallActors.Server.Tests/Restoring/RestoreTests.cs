using CallActors.Control;
using CallActors.Control.Replies;
using CallActors.Server.Tests.Harness;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Restoring;

/// <summary>Dialogs outlive the server that made them: control protocol §8.3 and §8.5.</summary>
public sealed class RestoreTests
{
    private const string Recorded = "Record-Route: <sip:10.0.0.1:5060;lr>\r\nRecord-Route: <sip:10.0.0.99;lr>\r\n";

    private readonly KeptCalls _calls = new();

    private Rig Rig => _calls.Rig;

    private Peer Peer => Rig.Peer;

    [Fact]
    public void A_dialog_that_the_peer_made_goes_on_both_ways_on_a_server_that_is_new()
    {
        var kept = _calls.FromPeer();
        var before = Ask("INFO", kept);
        _calls.Restart();
        _calls.Restore(kept);

        var info = Ask("INFO", kept);
        Assert.Equal((before.Header(SipHeaderId.From), before.Header(SipHeaderId.To), before.Uri()), (info.Header(SipHeaderId.From), info.Header(SipHeaderId.To), info.Uri()));
        Assert.EndsWith($";tag={kept.Tag}", info.Header(SipHeaderId.From), StringComparison.Ordinal);
        Assert.Equal(before.CSeq + 100, info.CSeq);

        Receive("INFO", kept, 2);
        Receive("INVITE", kept, 3);
        var reinvite = Ask("INVITE", kept, Text.Sdp);
        Assert.Equal("<sip:10.0.0.9:5060>", reinvite.Header(SipHeaderId.Contact));
        Receive("BYE", kept, 4);
        _calls.IsClean(kept);
    }

    [Fact]
    public void A_dialog_that_the_application_made_goes_on_both_ways_on_a_server_that_is_new()
    {
        var kept = _calls.ToPeer();
        var before = Ask("INFO", kept);
        _calls.Restart();
        _calls.Restore(kept);

        Receive("INFO", kept, 1, before);
        var info = Ask("INFO", kept);
        Assert.Equal((before.Header(SipHeaderId.From), before.Header(SipHeaderId.To), before.Uri()), (info.Header(SipHeaderId.From), info.Header(SipHeaderId.To), info.Uri()));
        Assert.Equal(before.CSeq + 100, info.CSeq);
        var reinvite = Ask("INVITE", kept, Text.Sdp);
        Assert.Equal("<sip:desk@10.0.0.9:5060>", reinvite.Header(SipHeaderId.Contact));
        Ask("BYE", kept);
        _calls.IsClean(kept);
    }

    [Fact]
    public void Requests_take_the_recorded_route()
    {
        var kept = _calls.FromPeer(headers: Recorded, contact: "<sip:far@10.0.0.77>");
        _calls.Restart();
        _calls.Restore(kept);
        var info = Ask("INFO", kept);
        Assert.Equal("sip:far@10.0.0.77", info.Uri());
        Assert.Equal("<sip:10.0.0.1:5060;lr>, <sip:10.0.0.99;lr>", info.Header(SipHeaderId.Route));
        Receive("BYE", kept, 2);
        _calls.IsClean(kept);
    }

    [Fact]
    public void Requests_go_to_where_a_peer_behind_a_nat_was()
    {
        var kept = _calls.FromPeer(contact: "<sip:far@192.168.1.1:5070>");
        _calls.Restart();
        _calls.Restore(kept);
        Assert.Equal("sip:far@192.168.1.1:5070", Ask("BYE", kept).Uri());
        _calls.IsClean(kept);
    }

    [Fact]
    public void A_second_restart_uses_no_number_twice()
    {
        var kept = _calls.FromPeer();
        var first = Ask("INFO", kept).CSeq;
        _calls.Restart();
        kept = _calls.Restore(kept);
        var second = Ask("INFO", kept).CSeq;
        _calls.Restart();
        kept = _calls.Restore(kept);
        Assert.Equal((first + 100, first + 200), (second, Ask("INFO", kept).CSeq));
    }

    [Fact]
    public void A_peer_over_tcp_that_comes_back_over_another_connection_is_reached_by_it()
    {
        var peer = new Peer(Rig.World, "10.0.0.2", overTcp: true);
        var kept = _calls.FromPeer(peer);
        _calls.Restart();
        _calls.Restore(kept);
        var back = new Peer(Rig.World, "10.0.0.2", overTcp: true);
        back.Send(back.Ask("INFO", "c1", 2, toTag: kept.Tag));
        Rig.Respond(Rig.HearsRequest(SipMethod.Info), 200);
        Rig.Response(200, peer: back);
        Rig.App.Request(kept.Id, Text.Ask("BYE"), null);
        Rig.Reply();
        back.Answer(Rig.Request(SipMethod.Bye, peer: back), 200);
        Rig.HearsResponse(200);
        _calls.IsClean(kept);
    }

    [Fact]
    public void A_peer_over_tcp_that_the_server_had_dialled_is_dialled_again()
    {
        var peer = Peer.Listening(Rig.World, "10.0.0.3", 5060);
        var kept = _calls.ToPeer(peer, transport: ";transport=tcp");
        Assert.Equal(1, Rig.Server.Census.Streams);
        _calls.Restart();
        _calls.Restore(kept);
        Assert.Equal(0, Rig.Server.Census.Streams);
        Rig.App.Request(kept.Id, Text.Ask("BYE"), null);
        Rig.Reply();
        peer.Answer(Rig.Request(SipMethod.Bye, peer: peer), 200);
        Rig.HearsResponse(200);
        Assert.Equal(1, Rig.Server.Census.Streams);
        _calls.IsClean(kept);
    }

    [Fact]
    public void A_session_that_the_server_refreshes_goes_on_with_the_time_that_is_left_and_the_description()
    {
        var kept = _calls.FromPeer(headers: "Supported: timer\r\nSession-Expires: 100;refresher=uas\r\n");
        Rig.Pass(20);
        _calls.Restart();
        kept = _calls.Restore(kept);
        Rig.Pass(23);
        Assert.DoesNotContain(Peer.Heard, message => message is SipRequest);
        var refresh = Rig.Request(SipMethod.Invite, within: 13);
        Assert.Equal(Text.Sdp, Text.Of(refresh.Body));
        Assert.Equal("100;refresher=uac", refresh.Header(SipHeaderId.SessionExpires).Replace(" ", "", StringComparison.Ordinal));
        Peer.Answer(refresh, 200, headers: "Session-Expires: 100;refresher=uac\r\n", body: Text.Sdp);
        Rig.Request(SipMethod.Ack);

        // The time has begun anew, and whoever keeps the state is told.
        kept = kept with { State = Rig.Hears(_calls.App, frame => frame.Kind == ServerMessageKind.State).Bytes };
        _calls.Restart();
        _calls.Restore(kept);
        Rig.Pass(43);
        Assert.DoesNotContain(Peer.Heard, message => message is SipRequest);
        Rig.Request(SipMethod.Invite, within: 13);
    }

    [Fact]
    public void A_session_that_the_peer_refreshes_ends_when_it_does_not()
    {
        var kept = _calls.FromPeer(headers: "Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n");
        Rig.Pass(20);
        _calls.Restart();
        _calls.Restore(kept);
        Rig.Pass(69);
        Assert.DoesNotContain(Peer.Heard, message => message is SipRequest);
        var bye = Rig.Request(SipMethod.Bye, within: 2);
        Assert.Equal("SIP ;cause=200 ;text=\"Session timer expired\"", bye.Header(SipHeaderId.Reason));
        Peer.Answer(bye, 200);
        _calls.IsClean(kept);
    }

    [Fact]
    public async Task A_refresh_that_is_overdue_is_made_soon_and_one_that_is_awaited_gets_a_respite()
    {
        var ours = _calls.FromPeer(callId: "c1", headers: "Supported: timer\r\nSession-Expires: 100;refresher=uas\r\n");
        var theirs = _calls.FromPeer(callId: "c2", headers: "Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n");
        await Rig.Server.DisposeAsync();
        Rig.Pass(95);
        _calls.Restart();
        _calls.Restore(ours);
        _calls.Restore(theirs);
        Assert.Equal("c1", Text.Of(Rig.Request(SipMethod.Invite, within: 5.5).CallId));
        Rig.Pass(24);
        Assert.DoesNotContain(Peer.Heard, message => message is SipRequest { Method: SipMethod.Bye } bye && Text.Of(bye.CallId) == "c2");
        Assert.True(Rig.World.RunUntil(() => Peer.Heard.Exists(message => message is SipRequest { Method: SipMethod.Bye } bye && Text.Of(bye.CallId) == "c2"), TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void The_state_is_told_again_when_the_target_moves_and_with_every_fiftieth_number_and_not_otherwise()
    {
        var kept = _calls.FromPeer();
        for (var count = 1; count <= 101; count++)
        {
            Ask("INFO", kept);
            var told = _calls.App.Record!.FindAll(frame => frame.Kind == ServerMessageKind.State).Count;
            Assert.Equal(count is 50 or 100 ? 1 : 0, told);
            _calls.App.Record.Clear();
        }

        Receive("INFO", kept, 2);
        Assert.DoesNotContain(_calls.App.Record!, frame => frame.Kind == ServerMessageKind.State);
        Receive("INVITE", kept, 3, contact: "<sip:moved@10.0.0.1:5060>");
        kept = kept with { State = Rig.Hears(_calls.App, frame => frame.Kind == ServerMessageKind.State).Bytes };
        _calls.Restart();
        _calls.Restore(kept);
        Assert.Equal("sip:moved@10.0.0.1:5060", Ask("BYE", kept).Uri());
        _calls.IsClean(kept);
    }

    [Fact]
    public void Bytes_that_are_no_state_and_ids_of_another_dialog_are_refused()
    {
        var kept = _calls.FromPeer();
        _calls.Restart();
        Refused("k-c1", kept.Id, "bytes"u8.ToArray(), "unusable state");
        Refused("k-c1", kept.Id, [], "unusable state");
        var wrong = (byte[])kept.State.Clone();
        wrong[20] ^= 1;
        Refused("k-c1", kept.Id, wrong, "unusable state");
        Refused("k-c1", "c2;from-tag=far", kept.State, "unusable state");
        Refused("k-c1", kept.Id + ";leg=x", kept.State, "unusable state");
        Refused("k c1", kept.Id, kept.State, "invalid key");
        Assert.Equal(0, Rig.Server.Census.Dialogs);
        Assert.Equal(0, Rig.Server.Census.Sessions);
        _calls.Restore(kept);
        Receive("BYE", kept, 2);
        _calls.IsClean(kept);
    }

    [Fact]
    public void An_application_without_extensions_may_not()
    {
        var kept = _calls.FromPeer();
        Rig.Restart();
        var plain = Rig.Use(Rig.Join("invite"));
        plain.Restore(kept.Key, 0, kept.Id, kept.State);
        Assert.Equal("not granted", Rig.Reply(ReplyVerdict.Nok).Text);
        Assert.Equal(0, Rig.Server.Census.Dialogs);
    }

    [Fact]
    public void Of_two_who_give_back_a_call_the_one_with_the_higher_incarnation_has_it()
    {
        var kept = _calls.FromPeer();
        var newer = _calls.Restart();
        var older = Rig.JoinExtended("n2");
        _calls.Restore(kept, older, incarnation: 3);
        newer.Restore(kept.Key, 4, kept.Id, kept.State);
        Assert.Equal(0, Rig.Reply().Incarnation);
        older.Restore(kept.Key, 3, kept.Id, kept.State);
        Assert.Equal("superseded: incarnation is 4", Rig.Hears(older, frame => frame.IsReply).Text);
        Receive("BYE", kept, 2);
        _calls.IsClean(kept, incarnation: 4);
    }

    [Fact]
    public void A_dialog_that_is_there_keeps_its_newer_state_and_is_claimed()
    {
        var kept = _calls.FromPeer();
        var before = Ask("INFO", kept).CSeq;
        _calls.App.Restore(kept.Key, 0, kept.Id, kept.State);
        Assert.Equal(0, Rig.Reply().Incarnation);
        var other = Rig.JoinExtended("n2");
        other.Restore(kept.Key, 0, kept.Id, kept.State);
        Assert.Equal(1, Rig.Hears(other, frame => frame.IsReply).Incarnation);
        Rig.Use(other);
        Assert.Equal(before + 1, Ask("INFO", kept).CSeq);
        Receive("BYE", kept, 2);
        _calls.IsClean(kept, incarnation: 1);
    }

    [Fact]
    public void An_answer_whose_ACK_was_lost_with_the_server_is_acknowledged()
    {
        _calls.App.Request(Text.Invite(Peer));
        Rig.Reply();
        var invite = Rig.Request(SipMethod.Invite);
        Peer.Answer(invite, 200, body: Text.Sdp);
        var dialog = Rig.HearsResponse(200).DialogId;
        _calls.App.Session("k-out", 0, dialog, "blob"u8);
        var kept = new KeptCalls.Kept(dialog, Text.Of(invite.FromTag), Rig.Hears(_calls.App, frame => frame.Kind == ServerMessageKind.State).Bytes, "k-out");
        _calls.Restart();
        Peer.Answer(invite, 200, body: Text.Sdp);
        Rig.Pass(0.5);
        Assert.Empty(Peer.Heard);
        _calls.Restore(kept);
        Peer.Answer(invite, 200, body: Text.Sdp);
        var ack = Rig.Request(SipMethod.Ack);
        Assert.Equal((invite.CSeq, Text.Of(invite.CallId), "far"), (ack.CSeq, Text.Of(ack.CallId), Text.Of(ack.ToTag)));
        Receive("BYE", kept, 1, ack);
        _calls.IsClean(kept);
    }

    [Fact]
    public void All_legs_of_a_session_come_back_with_one_incarnation()
    {
        var one = _calls.FromPeer();
        var two = _calls.FromPeer(callId: "c2") with { Key = "k-c1" };
        _calls.Restart();
        _calls.Restore(one, incarnation: 7);
        _calls.Restore(two, incarnation: 7);
        Assert.Equal((2, 1), (Rig.Server.Census.Dialogs, Rig.Server.Census.Sessions));
        _calls.App.Session("k-c1", 7, $"{one.Id},{two.Id}", "blob"u8);
        Receive("BYE", one, 2);
        Receive("BYE", two, 2, callId: "c2");
        _calls.IsClean(one, incarnation: 7);
    }

    // A request of the application's, answered by the peer.
    private SipRequest Ask(string method, KeptCalls.Kept kept, string body = "")
    {
        Rig.App.Request(kept.Id, Text.Ask(method, body: body), null);
        Rig.Reply();
        var request = Rig.Request(SipMethods.Find(System.Text.Encoding.ASCII.GetBytes(method)));
        Peer.Answer(request, 200, body: body);
        Rig.HearsResponse(200);
        if (method != "INVITE") return request;
        Rig.App.Request(kept.Id, Text.Ask("ACK"), null);
        Rig.Reply();
        Rig.Request(SipMethod.Ack);
        return request;
    }

    // A request of the peer's, answered by the application.
    private void Receive(string method, KeptCalls.Kept kept, int cseq, SipRequest? asked = null, string callId = "c1", string contact = "")
    {
        var toTag = kept.Tag;
        var fromTag = asked is null ? "far" : Text.Of(asked.ToTag);
        if (asked is not null) callId = Text.Of(asked.CallId);
        Peer.Send(Peer.Ask(method, callId, cseq, toTag: toTag, fromTag: fromTag, contact: contact, body: method == "INVITE" ? Text.Sdp : ""));
        var heard = Rig.HearsRequest(SipMethods.Find(System.Text.Encoding.ASCII.GetBytes(method)));
        Assert.Equal((kept.Id, kept.Key), (heard.DialogId, heard.Key));
        Rig.Respond(heard, 200);
        Rig.Response(200);
        if (method != "INVITE") return;
        Peer.Send(Peer.Ask("ACK", callId, cseq, toTag: toTag, fromTag: fromTag));
        Rig.HearsRequest(SipMethod.Ack);
    }

    private void Refused(string key, string id, byte[] state, string text)
    {
        _calls.App.Restore(key, 0, id, state);
        Assert.Equal(text, Rig.Reply(ReplyVerdict.Nok).Text);
    }
}
