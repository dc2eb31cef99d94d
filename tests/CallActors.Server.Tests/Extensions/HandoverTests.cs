using CallActors.Control;
using CallActors.Server.Tests.Harness;
using CallActors.Simulation.Peers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Extensions;

/// <summary>Planned moves: a session is claimed from one that lives, and then leaves with something unsaid (docs/control-protocol.md §8.4).</summary>
public sealed class HandoverTests
{
    private readonly Desk _desk = new();
    private readonly string _dialog;
    private readonly string _tag;
    private readonly Application _two;

    public HandoverTests()
    {
        (_dialog, _tag) = _desk.KeptCall();
        _two = _desk.Join();
    }

    private Rig Rig => _desk.Rig;

    [Fact]
    public void What_the_one_before_leaves_unanswered_is_shown_to_whoever_has_claimed()
    {
        _desk.Sends("INFO", _tag, 2);
        Rig.HearsRequest(SipMethod.Info);
        _desk.Claim(_two);
        Rig.Pass(2);
        Assert.DoesNotContain(_two.Record!, frame => frame.Request is not null);
        _desk.One.Leave();
        var info = Rig.HearsRequest(SipMethod.Info, app: _two);
        Assert.True(info.IsAgain);
        Rig.Respond(info, 200, app: _two);
        Rig.Response(200);
        End();
    }

    [Fact]
    public void Whoever_was_given_it_by_the_one_before_and_is_at_work_is_not_shown_it_again()
    {
        _desk.Sends("INFO", _tag, 2);
        var info = Rig.HearsRequest(SipMethod.Info);
        _desk.Claim(_two);
        _two.Request(_dialog, Text.Ask("MESSAGE"), null, info.TransactionId);
        _desk.Reply(_two);
        var relayed = Rig.Request(SipMethod.Message);
        _desk.One.Leave();
        _desk.Peer.Answer(relayed, 202);
        Rig.Hears(_two, frame => frame is { IsReply: false, Response.StatusCode: 202 });
        Rig.Respond(info, 202, app: _two);
        Rig.Response(202);
        Assert.DoesNotContain(_two.Record!, frame => frame.Request is not null);
        End();
    }

    [Fact]
    public void What_the_one_before_had_relayed_is_answered_by_the_server_when_it_has_gone()
    {
        _desk.Sends("INFO", _tag, 2);
        var info = Rig.HearsRequest(SipMethod.Info);
        _desk.One.Request(_dialog, Text.Ask("MESSAGE"), null, info.TransactionId);
        Rig.Reply();
        var relayed = Rig.Request(SipMethod.Message);
        _desk.Claim(_two);
        _desk.Peer.Answer(relayed, 202);
        Rig.Pass(0.5);
        _desk.HeardNo(message => message is SipResponse { StatusCode: 202, CSeqMethod: SipMethod.Info });
        _desk.One.Leave();
        Rig.Response(202);
        Assert.DoesNotContain(_two.Record!, frame => frame.Request is not null);
        Assert.Equal(0, Rig.Server.Census.Held);
        End();
    }

    [Fact]
    public void What_the_one_before_says_that_it_cannot_pass_on_is_shown_at_once_and_nobody_loses_the_session()
    {
        _desk.Sends("INFO", _tag, 2);
        var info = Rig.HearsRequest(SipMethod.Info);
        _desk.Claim(_two);
        _desk.One.Stray(info.TransactionId);
        var again = Rig.HearsRequest(SipMethod.Info, app: _two);
        Assert.True(again.IsAgain);
        _desk.Sends("MESSAGE", _tag, 3);
        Rig.Respond(Rig.HearsRequest(SipMethod.Message, app: _two), 202, app: _two);
        Rig.Response(202);
        Rig.Respond(again, 200, app: _two);
        Rig.Response(200);
        Rig.Pass(6);
        Assert.DoesNotContain(_two.Record!.Concat(_desk.One.Record!), frame => frame.Kind == ServerMessageKind.Adopt);
        End();
    }

    [Fact]
    public void The_BYE_of_the_one_before_ends_the_dialog_for_whoever_has_claimed_it()
    {
        _desk.One.Request(_dialog, Text.Ask("BYE"), null);
        Rig.Reply();
        var bye = Rig.Request(SipMethod.Bye);
        _desk.Claim(_two);
        _desk.Peer.Answer(bye, 200);
        Assert.True(Rig.HearsRequest(SipMethod.Bye, app: _two).IsServerRequest);
        _two.Session("k1", 1, "", default);
        Rig.Pass(0.1);
        Rig.IsClean();
    }

    private void End() => _desk.HangUp(_two, _tag, 9, incarnation: 1);
}
