using CallActors.Control;
using CallActors.Server.Restoring;
using CallActors.Server.Tests.Harness;
using CallActors.Simulation.Peers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Restoring;

/// <summary>Requests in dialogs that the server does not know: control protocol §8.5.</summary>
public sealed class AskTests
{
    private readonly KeptCalls _calls = new();

    private Rig Rig => _calls.Rig;

    private Peer Peer => Rig.Peer;

    [Fact]
    public void Who_has_the_dialog_gives_it_back_and_is_shown_what_waited_in_its_order()
    {
        var kept = _calls.FromPeer();
        _calls.Restart();
        Peer.Send(Peer.Ask("INFO", "c1", 2, toTag: kept.Tag));
        Peer.Send(Peer.Ask("INVITE", "c1", 3, toTag: kept.Tag, body: Text.Sdp));
        Peer.Send(Peer.Ask("INVITE", "c1", 3, toTag: kept.Tag, body: Text.Sdp));
        Assert.Equal(["c1", kept.Tag, "far"], Asked().Tokens[2..]);
        Rig.Response(100);
        Rig.Pass(0.5);
        Assert.DoesNotContain(Peer.Heard, message => message is SipResponse { StatusCode: > 100 });
        Assert.Empty(_calls.App.Record!);

        _calls.Restore(kept);
        var info = Rig.HearsRequest(SipMethod.Info);
        var invite = Rig.HearsRequest(SipMethod.Invite);
        Assert.DoesNotContain(_calls.App.Record!, frame => frame.Request is not null);
        Assert.Equal((kept.Id, kept.Id), (info.DialogId, invite.DialogId));
        Rig.Respond(info, 200);
        Rig.Response(200);
        Rig.Respond(invite, 200);
        Rig.Response(200);
        Peer.Send(Peer.Ask("ACK", "c1", 3, toTag: kept.Tag));
        Rig.HearsRequest(SipMethod.Ack);
        Hangup(kept, 4);
    }

    [Fact]
    public void When_all_say_that_they_have_it_not_it_is_481()
    {
        var other = Rig.JoinExtended("n2");
        Rig.Pass(10);
        Peer.Send(Peer.Ask("INFO", "c9", 2, toTag: "gone"));
        var ask = Asked().Tokens[0];
        Assert.Equal(ask, Asked(other).Tokens[0]);
        _calls.App.Unknown(ask);
        Rig.Pass(0.5);
        Assert.Empty(Peer.Heard);
        other.Unknown(ask);
        Rig.Response(481);
        Assert.Equal(0, Rig.Server.Totals["faults"]);
    }

    [Fact]
    public void Who_leaves_has_it_not()
    {
        var other = Rig.JoinExtended("n2");
        Rig.Pass(10);
        Peer.Send(Peer.Ask("BYE", "c9", 2, toTag: "gone"));
        _calls.App.Unknown(Asked().Tokens[0]);
        other.Leave();
        Rig.Response(481);
    }

    [Fact]
    public void After_four_seconds_it_is_481()
    {
        Rig.Pass(10);
        Peer.Send(Peer.Ask("INVITE", "c9", 2, toTag: "gone", body: Text.Sdp));
        Asked();
        Rig.Response(100);
        Rig.Pass(3.8);
        Assert.Empty(Peer.Heard);
        Rig.Response(481, within: 0.4);
        Peer.Send(Peer.Ask("ACK", "c9", 2, branch: "z9hG4bKc92INVITE", toTag: "gone"));
        Rig.IsClean();
    }

    [Fact]
    public void One_that_was_cancelled_meanwhile_is_over()
    {
        var kept = _calls.FromPeer();
        _calls.Restart();
        Peer.Send(Peer.Ask("INVITE", "c1", 2, branch: "z9hG4bKre", toTag: kept.Tag, body: Text.Sdp));
        Asked();
        Peer.Send(Peer.Ask("CANCEL", "c1", 2, branch: "z9hG4bKre", toTag: kept.Tag));
        Rig.Response(200);
        Rig.Response(487);
        Peer.Send(Peer.Ask("ACK", "c1", 2, branch: "z9hG4bKre", toTag: kept.Tag));
        _calls.Restore(kept);
        Rig.Pass(0.5);
        Assert.Empty(_calls.App.Record!);
        Hangup(kept, 3);
    }

    [Fact]
    public void An_ACK_asks_for_nothing()
    {
        Peer.Send(Peer.Ask("ACK", "c9", 2, toTag: "gone"));
        Rig.Pass(1);
        Assert.Empty(_calls.App.Record!);
        Rig.IsClean();
    }

    [Fact]
    public void Of_more_than_eight_in_one_dialog_the_rest_is_left_to_its_repetition()
    {
        var kept = _calls.FromPeer();
        _calls.Restart();
        for (var cseq = 2; cseq < 14; cseq++) Peer.Send(Peer.Ask("INFO", "c1", cseq, toTag: kept.Tag));
        Asked();
        _calls.Restore(kept);
        Rig.Pass(0.1);
        Assert.Equal(Ask.MostHeld, _calls.App.Record!.FindAll(frame => frame.Request?.Method == SipMethod.Info).Count);
        Peer.Send(Peer.Ask("INFO", "c1", 13, toTag: kept.Tag));
        Rig.Hears(_calls.App, frame => frame.Request?.CSeq == 13);
    }

    [Fact]
    public void Right_after_a_start_those_who_come_later_are_asked_too_before_anything_is_refused()
    {
        var kept = _calls.FromPeer();
        var first = _calls.Restart();
        Peer.Send(Peer.Ask("INFO", "c1", 2, toTag: kept.Tag));
        first.Unknown(Asked().Tokens[0]);
        Rig.Pass(6);
        Assert.DoesNotContain(Peer.Heard, message => message is SipResponse { IsFinal: true });
        var late = new Application(Rig.World, System.Net.IPAddress.Parse("10.0.0.77")) { Record = [] }.JoinExtended("desk", "n3");
        Asked(late);
        late.Record!.Clear();
        _calls.Restore(kept, late);
        var info = Rig.HearsRequest(SipMethod.Info, app: late);
        Rig.Respond(info, 200, app: late);
        Rig.Response(200);
    }

    [Fact]
    public void Right_after_a_start_what_nobody_has_is_481_once_the_time_is_over()
    {
        _calls.Restart();
        Peer.Send(Peer.Ask("INFO", "c9", 2, toTag: "gone"));
        _calls.App.Unknown(Asked().Tokens[0]);
        Rig.Pass(9.5);
        Assert.Empty(Peer.Heard);
        Rig.Response(481);
    }

    [Theory]
    [InlineData("BYE")]
    [InlineData("INVITE")]
    [InlineData("INFO")]
    public void Before_anybody_has_come_nothing_is_said_and_after_ten_seconds_481(string method)
    {
        Rig.Restart();
        Peer.Send(Peer.Ask(method, "c9", 2, toTag: "gone"));
        Rig.Pass(9.7);
        Assert.Empty(Peer.Heard);
        Rig.Pass(0.5);
        Assert.Empty(Peer.Heard);
        Peer.Send(Peer.Ask(method, "c9", 2, toTag: "gone"));
        Rig.Response(481);
    }

    [Fact]
    public void What_comes_over_a_stream_before_anybody_has_come_is_kept_for_nobody_sends_it_again()
    {
        var peer = new Peer(Rig.World, "10.0.0.2", overTcp: true);
        var kept = _calls.FromPeer(peer);
        Rig.Restart();
        var back = new Peer(Rig.World, "10.0.0.2", overTcp: true);
        back.Send(back.Ask("INFO", "c1", 2, toTag: kept.Tag));
        back.Send(back.Ask("INFO", "c9", 2, toTag: "gone"));
        Rig.Pass(3);
        var app = Rig.Use(new Application(Rig.World, System.Net.IPAddress.Parse("10.0.0.77")) { Record = [] }.JoinExtended("desk", "n1"));
        Asked(app);
        Asked(app);
        app.Record!.Clear();
        _calls.Restore(kept);
        Rig.Respond(Rig.HearsRequest(SipMethod.Info), 200);
        Rig.Response(200, peer: back);
        Assert.Equal("c9", Text.Of(Rig.Response(481, within: 8, peer: back).CallId));
    }

    [Fact]
    public void Where_only_applications_without_extensions_are_it_is_481_at_once()
    {
        Rig.Restart();
        Rig.Use(Rig.Join("invite"));
        Peer.Send(Peer.Ask("INFO", "c9", 2, toTag: "gone"));
        Rig.Response(481, within: 0.1);
        Assert.Empty(Rig.App.Record!);
    }

    [Fact]
    public void Without_a_grace_it_is_481_as_soon_as_that_is_known()
    {
        var calls = new KeptCalls(options => options with { Limits = options.Limits with { RestoreGrace = TimeSpan.Zero } });
        calls.Rig.Restart();
        calls.Rig.Peer.Send(calls.Rig.Peer.Ask("INFO", "c9", 2, toTag: "gone"));
        calls.Rig.Response(481, within: 0.1);
        var app = calls.Rig.Use(calls.Rig.JoinExtended("n1"));
        calls.Rig.Peer.Send(calls.Rig.Peer.Ask("INFO", "c8", 2, toTag: "gone"));
        app.Unknown(Asked(app, calls.Rig).Tokens[0]);
        calls.Rig.Response(481, within: 0.1);
    }

    [Fact]
    public void Requests_that_are_offered_as_new_ones_when_nobody_knows_their_dialog_are_asked_for_too()
    {
        var kept = _calls.FromPeer();
        _calls.Restart();
        Peer.Send(Peer.Ask("REFER", "c1", 2, toTag: kept.Tag, headers: "Refer-To: <sip:third@10.0.0.1>\r\n"));
        Asked();
        _calls.Restore(kept);
        var refer = Rig.HearsRequest(SipMethod.Refer);
        Assert.Equal(kept.Id, refer.DialogId);
        Rig.Respond(refer, 202);
        Rig.Response(202);
        Hangup(kept, 3);
    }

    private void Hangup(KeptCalls.Kept kept, int cseq)
    {
        Peer.Send(Peer.Ask("BYE", "c1", cseq, toTag: kept.Tag));
        Rig.Respond(Rig.HearsRequest(SipMethod.Bye), 200);
        Rig.Response(200);
        _calls.IsClean(kept);
    }

    private Frame Asked(Application? app = null, Rig? rig = null) =>
        (rig ?? Rig).Hears(app ?? _calls.App, frame => frame.Kind == ServerMessageKind.Ask);
}
