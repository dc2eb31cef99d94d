using CallActors.Control.Replies;
using CallActors.Server.Tests.Harness;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Calls;

/// <summary>Changes of a session that meet each other: specification 3.11, RFC 3261 §14, RFC 5407.</summary>
public sealed class GlareTests
{
    private readonly Rig _rig = new();

    [Fact]
    public void A_re_INVITE_that_meets_our_own_gets_491()
    {
        var (answered, tag) = _rig.CallFromPeer();
        _rig.App.Request(answered.DialogId, Text.Ask("INVITE", body: Text.Sdp), null);
        var ours = _rig.Request(SipMethod.Invite);
        _rig.Peer.Send(_rig.Peer.Ask("INVITE", "c1", 2, toTag: tag, body: Text.Sdp));
        _rig.Response(491);
        Assert.DoesNotContain(_rig.App.Record!, frame => frame.Request?.Method == SipMethod.Invite && !frame.IsReply);
        _rig.Peer.Answer(ours, 200, body: Text.Sdp);
        Assert.Equal(answered.DialogId, _rig.HearsResponse(200).DialogId);
        _rig.Reply();
        _rig.App.Request(answered.DialogId, Text.Ask("ACK"), null);
        _rig.Reply();
        Assert.Equal(ours.CSeq, _rig.Request(SipMethod.Ack).CSeq);
    }

    [Fact]
    public void A_second_re_INVITE_before_the_first_is_answered_gets_500_with_Retry_After()
    {
        var (_, tag) = _rig.CallFromPeer();
        _rig.Peer.Send(_rig.Peer.Ask("INVITE", "c1", 2, toTag: tag, body: Text.Sdp));
        _rig.HearsRequest(SipMethod.Invite);
        _rig.Peer.Send(_rig.Peer.Ask("INVITE", "c1", 3, toTag: tag, body: Text.Sdp));
        Assert.InRange(int.Parse(_rig.Response(500).Header(SipHeaderId.RetryAfter), System.Globalization.CultureInfo.InvariantCulture), 0, 10);
    }

    [Fact]
    public void A_re_INVITE_before_the_ACK_of_the_last_2xx_gets_491_and_the_late_ACK_still_counts()
    {
        var offered = _rig.Offer();
        var answered = _rig.Respond(offered, 200);
        var tag = Text.Of(answered.Response!.ToTag);
        _rig.Peer.Send(_rig.Peer.Ask("INVITE", "c1", 2, toTag: tag, body: Text.Sdp));
        _rig.Response(491);
        _rig.Peer.Send(_rig.Peer.Ask("ACK", "c1", toTag: tag));
        Assert.Equal(offered.TransactionId, _rig.HearsRequest(SipMethod.Ack).TransactionId);
        _rig.Peer.Send(_rig.Peer.Ask("INVITE", "c1", 3, toTag: tag, body: Text.Sdp));
        _rig.Respond(_rig.HearsRequest(SipMethod.Invite), 200);
        _rig.Peer.Send(_rig.Peer.Ask("ACK", "c1", 3, toTag: tag));
        Assert.NotEqual(offered.TransactionId, _rig.HearsRequest(SipMethod.Ack).TransactionId);
        _rig.Pass(40);
        Assert.Equal(1, _rig.Server.Census.Dialogs);
    }

    [Fact]
    public void A_re_INVITE_of_the_application_while_the_peers_waits_is_declined()
    {
        var (answered, tag) = _rig.CallFromPeer();
        _rig.Peer.Send(_rig.Peer.Ask("INVITE", "c1", 2, toTag: tag, body: Text.Sdp));
        _rig.HearsRequest(SipMethod.Invite);
        _rig.App.Request(answered.DialogId, Text.Ask("INVITE", body: Text.Sdp), null);
        Assert.StartsWith("Server error: ", _rig.Reply(ReplyVerdict.Nok).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_out_of_order_gets_500()
    {
        var (_, tag) = _rig.CallFromPeer();
        _rig.Peer.Send(_rig.Peer.Ask("INFO", "c1", 5, toTag: tag));
        _rig.Respond(_rig.HearsRequest(SipMethod.Info), 200);
        _rig.Peer.Send(_rig.Peer.Ask("INFO", "c1", 4, toTag: tag));
        Assert.Equal("CSeq Out Of Order", Text.Of(_rig.Response(500).ReasonPhrase));
    }

    [Fact]
    public void A_BYE_ends_a_re_INVITE_that_waits_for_the_application()
    {
        var (_, tag) = _rig.CallFromPeer();
        _rig.Peer.Send(_rig.Peer.Ask("INVITE", "c1", 2, toTag: tag, body: Text.Sdp));
        var offered = _rig.HearsRequest(SipMethod.Invite);
        _rig.Peer.Send(_rig.Peer.Ask("BYE", "c1", 3, toTag: tag));
        _rig.Respond(_rig.HearsRequest(SipMethod.Bye), 200);
        _rig.Response(487);
        _rig.Respond(offered, 200, verdict: ReplyVerdict.Nok);
        _rig.IsClean();
    }
}
