using CallActors.Control.Replies;
using CallActors.Server.Tests.Harness;
using CallActors.Simulation.Peers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Extensions;

/// <summary>Requests that an application relays on a call's other leg, and that survive it: docs/control-protocol.md §8.2.</summary>
public sealed class RelayTests
{
    private readonly Desk _desk = new();
    private readonly Peer _callee;
    private readonly string _outgoing;
    private readonly string _tag;
    private readonly Application _two;

    public RelayTests()
    {
        _callee = new Peer(_desk.Rig.World, "10.0.0.2");
        var (dialog, tag) = _desk.KeptCall();
        _tag = tag;
        _desk.One.Request(Text.Invite(_callee));
        Rig.Reply();
        _callee.Answer(Rig.Request(SipMethod.Invite, peer: _callee), 200, body: Text.Sdp);
        _outgoing = Rig.HearsResponse(200).DialogId;
        _desk.One.Session("k1", 0, $"{dialog},{_outgoing}", "both"u8);
        _desk.One.Request(_outgoing, Text.Ask("ACK"), null);
        Rig.Reply();
        Rig.Request(SipMethod.Ack, peer: _callee);
        _two = _desk.Join();
    }

    private Rig Rig => _desk.Rig;

    [Fact]
    public void What_was_relayed_is_answered_by_the_server_and_shown_to_nobody_again()
    {
        var relayed = Relay();
        Lose();
        _desk.Claim(_two);
        _callee.Answer(relayed, 202, body: "v=0 of the callee");
        var answer = Rig.Response(202);
        Assert.Equal("v=0 of the callee", Text.Of(answer.Body));
        Assert.Equal("application/sdp", answer.Header(SipHeaderId.ContentType));
        Assert.DoesNotContain(_two.Record!, frame => frame.Request is not null);
        Assert.Equal(0, Rig.Server.Census.Held);
        End(incarnation: 1);
    }

    [Fact]
    public void It_is_answered_before_anybody_has_claimed_too()
    {
        var relayed = Relay();
        Lose();
        _callee.Answer(relayed, 415);
        Rig.Response(415);
        _desk.Claim(_two);
        Rig.Pass(0.5);
        Assert.DoesNotContain(_two.Record!, frame => frame.Request is not null);
        End(incarnation: 1);
    }

    [Fact]
    public void An_answer_that_came_and_was_not_passed_on_is_passed_on_by_the_server()
    {
        var relayed = Relay();
        _callee.Answer(relayed, 202);
        Rig.HearsResponse(202);
        _desk.HeardNo(message => message is SipResponse { StatusCode: 202 });
        Lose();
        Rig.Response(202);
        _desk.Claim(_two);
        Rig.Pass(0.5);
        Assert.DoesNotContain(_two.Record!, frame => frame.Request is not null);
        End(incarnation: 1);
    }

    [Fact]
    public void While_its_application_lives_the_server_says_nothing()
    {
        var relayed = Relay(out var received);
        _callee.Answer(relayed, 202);
        Rig.HearsResponse(202);
        Rig.Pass(1);
        _desk.HeardNo(message => message is SipResponse { StatusCode: 202 });
        Rig.Respond(received, 200);
        Rig.Response(200);
        _desk.One.Leave();
        End(incarnation: 0);
    }

    [Fact]
    public void A_relayed_BYE_is_answered_and_its_leg_named_no_longer()
    {
        _desk.Sends("BYE", _tag, 2);
        var bye = Rig.HearsRequest(SipMethod.Bye);
        _desk.One.Request(_outgoing, Text.Ask("BYE"), null, bye.TransactionId);
        Rig.Reply();
        var relayed = Rig.Request(SipMethod.Bye, peer: _callee);
        _desk.One.Leave();
        Assert.Equal(_outgoing, _desk.Adopt(_two).Tokens[4]);
        _desk.Claim(_two);
        _callee.Answer(relayed, 200);
        Rig.Response(200);
        Rig.Pass(0.5);
        Assert.True(Assert.Single(_two.Record!, frame => frame.Request is not null).IsServerRequest);
        _two.Session("k1", 1, "", default);
        Rig.IsClean();
    }

    [Fact]
    public void Without_the_word_it_is_shown_again()
    {
        _desk.Sends("INFO", _tag, 2);
        Rig.HearsRequest(SipMethod.Info);
        _desk.One.Request(_outgoing, Text.Ask("INFO"), null);
        Rig.Reply();
        Rig.Request(SipMethod.Info, peer: _callee);
        Lose();
        _desk.Claim(_two);
        Assert.True(Rig.HearsRequest(SipMethod.Info, app: _two).IsAgain);
    }

    [Fact]
    public void What_was_relayed_and_never_answered_is_forgotten_when_its_sender_has_given_it_up()
    {
        _desk.Sends("INFO", _tag, 2);
        var received = Rig.HearsRequest(SipMethod.Info);
        Rig.Pass(5);
        _desk.One.Request(_outgoing, Text.Ask("INFO"), null, received.TransactionId);
        Rig.Reply();
        Lose();
        _desk.Claim(_two);
        Rig.Pass(40);
        Assert.Equal(0, Rig.Server.Census.Held);
        End(incarnation: 1);
    }

    [Fact]
    public void A_relayed_UPDATE_is_answered_with_our_Contact_and_refreshes_the_session()
    {
        _desk.Sends("INVITE", _tag, 2, body: Text.Sdp, headers: "Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n");
        Rig.Respond(Rig.HearsRequest(SipMethod.Invite), 200);
        Rig.Response(200);
        _desk.Sends("ACK", _tag, 2);
        Rig.HearsRequest(SipMethod.Ack);
        Rig.Pass(60);
        _desk.Sends("UPDATE", _tag, 3, headers: "Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n");
        _desk.One.Request(_outgoing, Text.Ask("UPDATE"), null, Rig.HearsRequest(SipMethod.Update).TransactionId);
        Rig.Reply();
        var relayed = Rig.Request(SipMethod.Update, peer: _callee);
        Lose();
        _desk.Claim(_two);
        _callee.Answer(relayed, 200);
        var answer = Rig.Response(200);
        Assert.Equal("<sip:10.0.0.9:5060>", answer.Header(SipHeaderId.Contact));
        Assert.Equal("90;refresher=uac", answer.Header(SipHeaderId.SessionExpires).Replace(" ", "", StringComparison.Ordinal));
        Rig.Pass(60);
        _desk.HeardNo(message => message is SipRequest);
        End(incarnation: 1);
    }

    [Fact]
    public void Of_one_that_was_challenged_and_sent_again_the_last_answer_counts()
    {
        var relayed = Relay(out var received);
        _callee.Answer(relayed, 401);
        Rig.HearsResponse(401);
        _desk.One.Request(_outgoing, Text.Ask("INFO"), null, received.TransactionId);
        Rig.Reply();
        relayed = Rig.Request(SipMethod.Info, peer: _callee);
        Lose();
        _desk.Claim(_two);
        _desk.HeardNo(message => message is SipResponse { IsFinal: true });
        _callee.Answer(relayed, 202);
        Rig.Response(202);
        End(incarnation: 1);
    }

    [Theory]
    [InlineData("INVITE", true), InlineData("INFO", false)]
    public void A_reinvite_and_what_was_not_sent_relay_nothing(string method, bool isSent)
    {
        _desk.Sends("INFO", _tag, 2);
        var received = Rig.HearsRequest(SipMethod.Info);
        _desk.One.Request(isSent ? _outgoing : "gone;from-tag=x", Text.Ask(method, body: Text.Sdp), null, received.TransactionId);
        Rig.Reply(isSent ? ReplyVerdict.Ok : ReplyVerdict.Nok);
        Lose();
        _desk.Claim(_two);
        Assert.True(Rig.HearsRequest(SipMethod.Info, app: _two).IsAgain);
    }

    private SipRequest Relay() => Relay(out _);

    private SipRequest Relay(out Frame received)
    {
        _desk.Sends("INFO", _tag, 2);
        received = Rig.HearsRequest(SipMethod.Info);
        _desk.One.Request(_outgoing, Text.Ask("INFO"), null, received.TransactionId);
        Rig.Reply();
        _desk.Peer.Heard.Clear();
        return Rig.Request(SipMethod.Info, peer: _callee);
    }

    private void Lose()
    {
        _desk.One.Leave();
        _desk.Adopt(_two);
    }

    private void End(int incarnation)
    {
        if (incarnation == 0)
        {
            _desk.Adopt(_two);
            _desk.Claim(_two);
        }

        _two.Request(_outgoing, Text.Ask("BYE"), null);
        _desk.Reply(_two);
        _callee.Answer(Rig.Request(SipMethod.Bye, peer: _callee), 200);
        _desk.HangUp(_two, _tag, 9, incarnation: 1);
        Rig.IsClean();
    }
}
