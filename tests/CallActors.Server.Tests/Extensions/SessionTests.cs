using CallActors.Control.Replies;
using CallActors.Server.Configuration;
using CallActors.Server.Tests.Harness;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Extensions;

/// <summary>Keys and blobs attached to dialogs: docs/control-protocol.md §8.2.</summary>
public sealed class SessionTests
{
    private readonly Desk _desk = new();

    private Rig Rig => _desk.Rig;

    [Fact]
    public void Every_event_of_a_dialog_with_a_session_bears_its_key()
    {
        var (dialog, tag) = _desk.KeptCall();
        _desk.Sends("INFO", tag, 2);
        var info = Rig.HearsRequest(SipMethod.Info);
        Assert.Equal(("k1", false, 12), (info.Key, info.IsAgain, info.Tokens.Length));
        Rig.Respond(info, 200);
        Rig.Response(200);

        _desk.One.Request(dialog, Text.Ask("INFO"), null);
        Rig.Reply();
        _desk.Peer.Answer(Rig.Request(SipMethod.Info), 200);
        Assert.Equal("k1", Rig.HearsResponse(200).Key);
        _desk.HangUp(_desk.One, tag, 3);
        Rig.IsClean();
    }

    [Fact]
    public void A_dialog_can_be_named_by_its_id_too_and_is_told_apart_by_not_being_named()
    {
        var (_, tag) = Rig.CallFromPeer();
        _desk.One.Session("k1", 0, "c1;from-tag=far", "one"u8);
        _desk.Sends("INFO", tag, 2);
        var info = Rig.HearsRequest(SipMethod.Info);
        Assert.Equal("k1", info.Key);
        Rig.Respond(info, 200);

        _desk.One.Session("k1", 0, "", "still something"u8);
        _desk.Sends("INFO", tag, 3);
        info = Rig.HearsRequest(SipMethod.Info);
        Assert.Equal(("", 11), (info.Key, info.Tokens.Length));
        Rig.Respond(info, 200);
        _desk.HangUp(_desk.One, tag, 4);
        Rig.IsClean();
    }

    [Fact]
    public void A_dialog_of_somebody_else_cannot_be_named()
    {
        var (_, tag) = Rig.CallFromPeer();
        var two = _desk.Join();
        two.Session("k2", 0, "c1;from-tag=far", "thief"u8);
        _desk.Sends("INFO", tag, 2);
        Assert.Equal("", Rig.HearsRequest(SipMethod.Info).Key);
    }

    [Fact]
    public void A_dialog_that_was_given_up_is_whose_names_it_next()
    {
        var (_, tag) = Rig.CallFromPeer();
        _desk.One.Session("k1", 0, "c1;from-tag=far", "one"u8);
        _desk.One.Session("k1", 0, "", "still something"u8);
        var two = _desk.Join();
        two.Session("k2", 0, "c1;from-tag=far", "heir"u8);
        _desk.Sends("INFO", tag, 2);
        Assert.Equal("k2", Rig.HearsRequest(SipMethod.Info, app: two).Key);
    }

    [Fact]
    public void A_session_with_an_older_incarnation_is_refused_and_changes_nothing()
    {
        _desk.KeptCall();
        _desk.Claim(_desk.One);
        _desk.One.Session("k1", 0, "", default);
        Assert.Equal("superseded: incarnation is 1", _desk.Reply(_desk.One).Text);
        Assert.Equal(1, Rig.Server.Census.Sessions);
    }

    [Fact]
    public void The_end_of_the_last_dialog_does_not_end_it_and_letting_go_does()
    {
        var (_, tag) = _desk.KeptCall();
        _desk.Sends("BYE", tag, 2);
        Rig.Respond(Rig.HearsRequest(SipMethod.Bye), 200);
        Rig.Pass(60);
        Assert.Equal(1, Rig.Server.Census.Sessions);
        _desk.One.Session("k1", 0, "", default);
        Rig.Pass(0.1);
        Assert.Equal(0, Rig.Server.Census.Sessions);
        Assert.Equal("unknown session: k1", _desk.Claim(_desk.One, verdict: ReplyVerdict.Nok).Text);
        Rig.IsClean();
    }

    [Fact]
    public void After_it_was_let_go_its_dialogs_go_on_without()
    {
        var (_, tag) = _desk.KeptCall();
        _desk.One.Session("k1", 0, "", default);
        _desk.Sends("INFO", tag, 2);
        var info = Rig.HearsRequest(SipMethod.Info);
        Assert.Equal("", info.Key);
        Rig.Respond(info, 200);
    }

    [Fact]
    public void Without_dialogs_it_is_dropped_after_five_minutes()
    {
        var (_, tag) = _desk.KeptCall();
        _desk.Sends("BYE", tag, 2);
        Rig.Respond(Rig.HearsRequest(SipMethod.Bye), 200);
        Rig.Pass(298);
        Assert.Equal(1, Rig.Server.Census.Sessions);
        Rig.Pass(3);
        Assert.Equal(0, Rig.Server.Census.Sessions);
    }

    [Fact]
    public void An_INVITE_that_is_turned_down_leaves_its_session_without_dialogs()
    {
        var offered = Rig.Offer();
        _desk.One.Session("k1", 0, offered.TransactionId, "blob"u8);
        Rig.Respond(offered, 486);
        var rejection = Rig.Response(486);
        _desk.Peer.Send(_desk.Peer.Ask("ACK", "c1", branch: "z9hG4bKc11INVITE", toTag: Text.Of(rejection.ToTag)));
        Rig.Pass(40);
        Assert.Equal(1, Rig.Server.Census.Sessions);
        Rig.Pass(301);
        Assert.Equal(0, Rig.Server.Census.Sessions);
    }

    [Fact]
    public void Sessions_count_against_the_bound_of_dialogs()
    {
        var desk = new Desk(options => options with { Limits = new LimitOptions { Partitions = 1, MaxDialogs = 2 } });
        desk.One.Session("k1", 0, "", "x"u8);
        desk.One.Session("k2", 0, "", "x"u8);
        desk.One.Session("k3", 0, "", "x"u8);
        Assert.Equal("sessions are full", desk.Reply(desk.One).Text);
        desk.One.Session("k2", 0, "", "y"u8);
        desk.Rig.Pass(0.2);
        Assert.DoesNotContain(desk.One.Record!, frame => frame.IsReply);
    }

    [Fact]
    public void Applications_of_another_name_have_keys_of_their_own()
    {
        _desk.One.Session("k1", 0, "", "x"u8);
        var other = _desk.Stranger();
        Assert.Equal("unknown session: k1", _desk.Claim(other, verdict: ReplyVerdict.Nok).Text);
        other.Session("k1", 0, "", "y"u8);
        Rig.Pass(0.1);
        Assert.Equal(2, Rig.Server.Census.Sessions);
    }
}
