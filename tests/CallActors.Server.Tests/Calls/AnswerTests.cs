using CallActors.Control.Replies;
using CallActors.Server.Tests.Harness;
using CallActors.Simulation.Peers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Calls;

/// <summary>An INVITE of the network and what the application answers: specification 1.5.6, 1.8, 3.5.</summary>
public sealed class AnswerTests
{
    private readonly Rig _rig = new();

    [Fact]
    public void Every_frame_of_a_call_has_the_layout_of_the_protocol()
    {
        var offered = _rig.Offer();
        Assert.Equal(
            ["sip", "network", Size(offered), "udp", "10.0.0.1", "5060", offered.TransactionId, "", "10.0.0.9", "5060", ""],
            Without(offered, 0, 7));

        var ringing = _rig.Respond(offered, 180);
        Assert.Equal(
            ["response", ringing.Tokens[2], "OK", "application", Size(ringing), "udp", "10.0.0.1", "5060", offered.TransactionId, "c1;from-tag=far", "", "Msg sent:", ""],
            Without(ringing, 0, 9));
        var answered = _rig.Respond(offered, 200);
        Assert.StartsWith("<sip:10.0.0.9:5060", answered.Response!.Header(SipHeaderId.Contact), StringComparison.Ordinal);
        var tag = Text.Of(answered.Response!.ToTag);
        Assert.Equal(Text.Of(ringing.Response!.ToTag), tag);
        Assert.NotEmpty(tag);

        _rig.Peer.Send(_rig.Peer.Ask("ACK", "c1", toTag: tag));
        var ack = _rig.HearsRequest(SipMethod.Ack);
        Assert.Equal(["sip", "network", Size(ack), "udp", "10.0.0.1", "5060", offered.TransactionId, "c1;from-tag=far", ""], Without(ack, 0, 7));

        _rig.Peer.Send(_rig.Peer.Ask("BYE", "c1", 2, toTag: tag));
        var bye = _rig.HearsRequest(SipMethod.Bye);
        Assert.NotEqual(offered.TransactionId, bye.TransactionId);
        Assert.Equal(["sip", "network", Size(bye), "udp", "10.0.0.1", "5060", bye.TransactionId, "c1;from-tag=far", ""], Without(bye, 0, 7));
        _rig.Respond(bye, 200);
        _rig.Response(200);
        _rig.IsClean();
    }

    [Fact]
    public void A_2xx_that_nobody_acknowledges_is_repeated_and_then_ended_with_word_to_the_owner()
    {
        _rig.Respond(_rig.Offer(), 200);
        _rig.Pass(31.9);
        // 0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5 s: RFC 3261 §13.3.1.4.
        Assert.Equal(11, _rig.Peer.Heard.Count(message => message is SipResponse { StatusCode: 200 }));
        var bye = _rig.Request(SipMethod.Bye);
        Assert.Equal("SIP ;cause=200 ;text=\"ACK timeout\"", bye.Header(SipHeaderId.Reason));
        var told = _rig.HearsRequest(SipMethod.Bye);
        Assert.True(told.IsServerRequest);
        Assert.Equal(["sip", "application", Size(told), "udp", "10.0.0.1", "5060", "unsolicited", "c1;from-tag=far", ""], Without(told, 0, 7));
        Assert.Equal(0, _rig.Server.Census.Dialogs);
        _rig.Peer.Answer(bye, 200);
        _rig.IsClean();
    }

    [Fact]
    public void A_repeated_INVITE_gets_the_last_response_again_and_no_application_sees_it()
    {
        var offered = _rig.Offer();
        _rig.Response(100);
        _rig.Respond(offered, 180);
        _rig.Response(180);
        _rig.Peer.Send(_rig.Peer.Ask("INVITE", "c1", body: Text.Sdp));
        _rig.Response(180);
        Assert.Empty(_rig.App.Record!);
        _rig.Respond(offered, 486);
        _rig.Response(486);
        _rig.IsClean();
    }

    [Fact]
    public void A_second_final_response_is_shown_the_first()
    {
        var offered = _rig.Offer();
        _rig.Respond(offered, 486);
        Assert.Equal(486, _rig.Respond(offered, 480).Response!.StatusCode);
        _rig.Response(486);
        Assert.DoesNotContain(_rig.Peer.Heard, message => message is SipResponse { StatusCode: 480 });
    }

    [Theory]
    [InlineData(180)]
    [InlineData(200)]
    public void The_same_INVITE_by_another_way_gets_482_once_the_first_is_answered(int status)
    {
        _rig.Respond(_rig.Offer(), status);
        _rig.Peer.Send(_rig.Peer.Ask("INVITE", "c1", branch: "z9hG4bKother", body: Text.Sdp));
        _rig.Response(482);
        Assert.Empty(_rig.App.Record!);
    }

    [Fact]
    public void Of_two_INVITEs_of_one_fork_only_one_is_answered()
    {
        var first = _rig.Offer();
        _rig.Peer.Send(_rig.Peer.Ask("INVITE", "c1", branch: "z9hG4bKother", body: Text.Sdp));
        var second = _rig.HearsRequest(SipMethod.Invite);
        Assert.NotEqual(first.TransactionId, second.TransactionId);
        _rig.Respond(first, 200);
        Assert.Equal("dialog already exists, rejecting this request", _rig.Respond(second, 200, verdict: ReplyVerdict.Nok).Text);
        Assert.Equal("z9hG4bKother", Text.Of(_rig.Response(480).Branch));
    }

    [Fact]
    public void A_peer_behind_a_NAT_is_reached_where_its_INVITE_came_from()
    {
        var (answered, _) = _rig.CallFromPeer(contact: "<sip:far@192.168.7.7:5066>");
        _rig.App.Request(answered.DialogId, Text.Ask("BYE"), null);
        var bye = _rig.Request(SipMethod.Bye);
        Assert.Equal("sip:far@192.168.7.7:5066", bye.Uri());
        _rig.Peer.Answer(bye, 200);
        _rig.HearsResponse(200);
        _rig.IsClean();
    }

    internal static string Size(Frame frame) => frame.Sip!.Bytes.Length.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The tokens without the frame's own id and the time, which are checked for their form.</summary>
    internal static string[] Without(Frame frame, int id, int time)
    {
        Assert.True(Guid.TryParseExact(frame.Tokens[id], "D", out _), frame.Tokens[id]);
        Assert.Matches(@"^\d\d:\d\d:\d\d\.\d{6}$", frame.Tokens[time]);
        return [.. frame.Tokens.Where((_, index) => index != id && index != time)];
    }
}
