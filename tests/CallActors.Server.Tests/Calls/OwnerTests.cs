using CallActors.Control.Replies;
using CallActors.Server.Tests.Harness;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Calls;

/// <summary>Applications that disappear or say nothing: specification 2.4, 2.7.</summary>
public sealed class OwnerTests
{
    private readonly Rig _rig = new();

    [Fact]
    public void An_owner_that_leaves_before_it_answers_is_followed_by_the_next_of_the_method()
    {
        var other = _rig.Join("invite");
        var first = _rig.Offer();
        _rig.App.Leave();
        var again = _rig.HearsRequest(SipMethod.Invite, app: other);
        Assert.Equal(first.TransactionId, again.TransactionId);
        Assert.Equal(12 + 1, again.Tokens.Length);
        _rig.Respond(again, 486, app: other);
        var rejection = _rig.Response(486);
        _rig.Peer.Send(_rig.Peer.Ask("ACK", "c1", branch: "z9hG4bKc11INVITE", toTag: Text.Of(rejection.ToTag)));
        _rig.IsClean();
    }

    [Fact]
    public void Where_nobody_else_takes_the_method_the_caller_gets_503()
    {
        _rig.Offer();
        _rig.App.Leave();
        _rig.Response(503);
        _rig.IsClean();
    }

    [Fact]
    public void An_owner_that_leaves_after_it_rang_leaves_480()
    {
        _rig.Respond(_rig.Offer(), 180);
        _rig.App.Leave();
        _rig.Response(480);
        _rig.IsClean();
    }

    [Fact]
    public void A_method_that_nobody_takes_gets_503()
    {
        // In its first second an application may still be asking for more.
        _rig.Pass(1);
        _rig.Peer.Send(_rig.Peer.Ask("MESSAGE", "m1"));
        _rig.Response(503);
        _rig.IsClean();
    }

    [Fact]
    public void A_caller_that_no_application_answers_gets_480_after_64_seconds_and_a_late_answer_NOK()
    {
        var offered = _rig.Offer();
        _rig.Pass(63.8);
        Assert.DoesNotContain(_rig.Peer.Heard, message => message is SipResponse { IsFinal: true });
        _rig.Response(480);
        Assert.Equal("Response not sent due to unknown transaction", _rig.Respond(offered, 200, verdict: ReplyVerdict.Nok).Text);
        _rig.IsClean();
    }

    [Fact]
    public void A_request_other_than_INVITE_that_no_application_answers_gets_nothing_and_is_forgotten()
    {
        _rig.Peer.Send(_rig.Peer.Ask("OPTIONS", "o1"));
        _rig.HearsRequest(SipMethod.Options);
        _rig.Pass(70);
        Assert.DoesNotContain(_rig.Peer.Heard, message => message is SipResponse { IsFinal: true });
        _rig.IsClean();
    }

    [Fact]
    public void Calls_of_an_owner_that_stays_away_are_ended_after_the_grace_time()
    {
        _rig.CallFromPeer();
        _rig.App.Leave();
        _rig.Pass(9.5);
        Assert.DoesNotContain(_rig.Peer.Heard, message => message is SipRequest { Method: SipMethod.Bye });
        var bye = _rig.Request(SipMethod.Bye);
        Assert.Equal("SIP ;cause=200 ;text=\"Application gone\"", bye.Header(SipHeaderId.Reason));
        _rig.Peer.Answer(bye, 200);
        _rig.IsClean();
    }

    [Fact]
    public void A_request_in_a_dialog_without_owner_gets_481()
    {
        var (_, tag) = _rig.CallFromPeer();
        _rig.App.Leave();
        _rig.Pass(0.1);
        _rig.Peer.Send(_rig.Peer.Ask("BYE", "c1", 2, toTag: tag));
        _rig.Response(481);
        _rig.IsClean();
    }

    [Fact]
    public void An_answer_that_comes_after_its_owner_has_gone_is_acknowledged_and_ended()
    {
        var (_, invite) = _rig.Place();
        _rig.Peer.Answer(invite, 180);
        _rig.HearsResponse(180);
        _rig.App.Leave();
        _rig.Request(SipMethod.Cancel);
        _rig.Peer.Answer(invite, 200, body: Text.Sdp);
        _rig.Request(SipMethod.Ack);
        _rig.Peer.Answer(_rig.Request(SipMethod.Bye), 200);
        _rig.IsClean();
    }
}
