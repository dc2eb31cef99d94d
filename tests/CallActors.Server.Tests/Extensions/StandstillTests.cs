using CallActors.Server.Configuration;
using CallActors.Server.Tests.Harness;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Extensions;

/// <summary>Owners that do nothing any more, and are not known to be lost: docs/control-protocol.md §8.4.</summary>
public sealed class StandstillTests
{
    private readonly Desk _desk = new();

    private Rig Rig => _desk.Rig;

    [Fact]
    public void What_was_claimed_from_one_that_turns_out_to_stand_still_is_shown_again()
    {
        var (_, tag) = _desk.KeptCall();
        var two = _desk.Join();
        _desk.One.Beats = false;
        _desk.Sends("INFO", tag, 2);
        Rig.HearsRequest(SipMethod.Info);
        _desk.Claim(two);
        Rig.Pass(0.5);
        Assert.DoesNotContain(two.Record!, frame => frame.Request is not null);
        var info = Rig.HearsRequest(SipMethod.Info, within: 4, app: two);
        Assert.True(info.IsAgain);
        Rig.Respond(info, 200, app: two);
        Rig.Response(200);
        _desk.HangUp(two, tag, 3, incarnation: 1);
        Rig.IsClean();
    }

    [Fact]
    public void The_reinvite_of_one_that_turns_out_to_stand_still_does_not_end_the_call()
    {
        var (dialog, tag) = _desk.KeptCall();
        var two = _desk.Join();
        _desk.One.Request(dialog, Text.Ask("INVITE", body: Text.Sdp), null);
        Rig.Reply();
        var reinvite = Rig.Request(SipMethod.Invite);
        _desk.One.Beats = false;
        _desk.Claim(two);
        _desk.Peer.Answer(reinvite, 200, body: Text.Sdp);
        Rig.Request(SipMethod.Ack, within: 4);
        Rig.Pass(40);
        _desk.HeardNo(message => message is SipRequest { Method: SipMethod.Bye });
        _desk.HangUp(two, tag, 2, incarnation: 1);
        Rig.IsClean();
    }

    [Fact]
    public void A_reinvite_that_the_lost_one_had_begun_to_answer_is_turned_down_when_the_next_one_says_nothing()
    {
        var (_, tag) = _desk.KeptCall();
        _desk.Sends("INVITE", tag, 2, body: Text.Sdp);
        Rig.Respond(Rig.HearsRequest(SipMethod.Invite), 180);
        var two = _desk.Join();
        _desk.One.Leave();
        _desk.Adopt(two);
        _desk.Claim(two);
        Rig.HearsRequest(SipMethod.Invite, app: two);
        Rig.Response(480, within: 65);
    }

    [Fact]
    public void An_UPDATE_that_its_owner_says_nothing_to_does_not_hinder_the_next()
    {
        var (_, tag) = _desk.KeptCall();
        _desk.Sends("UPDATE", tag, 2, body: Text.Sdp);
        Rig.HearsRequest(SipMethod.Update);
        Rig.Pass(40);
        _desk.Sends("UPDATE", tag, 3, body: Text.Sdp);
        Rig.Respond(Rig.HearsRequest(SipMethod.Update), 200);
        Rig.Response(200);
        _desk.HangUp(_desk.One, tag, 4);
        Rig.IsClean();
    }

    [Fact]
    public void An_UPDATE_that_waited_too_long_for_an_owner_does_not_hinder_the_next()
    {
        var desk = new Desk(options => options with { Extensions = new ExtensionOptions { Grace = TimeSpan.FromSeconds(60) } });
        var (_, tag) = desk.KeptCall();
        var two = desk.Join();
        desk.One.Leave();
        desk.Adopt(two);
        desk.Sends("UPDATE", tag, 2, body: Text.Sdp);
        desk.Rig.Pass(40);
        desk.Claim(two);
        desk.Rig.Pass(0.5);
        Assert.DoesNotContain(two.Record!, frame => frame.Request is not null);
        desk.Sends("UPDATE", tag, 3, body: Text.Sdp);
        desk.Rig.Respond(desk.Rig.HearsRequest(SipMethod.Update, app: two), 200, app: two);
        desk.Rig.Response(200);
    }
}
