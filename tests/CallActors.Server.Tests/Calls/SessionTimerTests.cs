using CallActors.Server.Tests.Harness;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Calls;

/// <summary>Session timers: specification 3.9, RFC 4028.</summary>
public sealed class SessionTimerTests
{
    private readonly Rig _rig = new();

    [Fact]
    public void A_caller_that_offers_to_refresh_and_does_not_is_hung_up()
    {
        var (answered, _) = _rig.CallFromPeer(headers: "Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n");
        Assert.Equal("90;refresher=uac", answered.Response!.Header(SipHeaderId.SessionExpires).Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal("timer", answered.Response!.Header(SipHeaderId.Require));
        _rig.Pass(50);
        Assert.DoesNotContain(_rig.Peer.Heard, message => message is SipRequest);
        var bye = _rig.Request(SipMethod.Bye, within: 41);
        Assert.Equal("SIP ;cause=200 ;text=\"Session timer expired\"", bye.Header(SipHeaderId.Reason));
        var told = _rig.HearsRequest(SipMethod.Bye);
        Assert.Equal((true, answered.DialogId), (told.IsServerRequest, told.DialogId));
        _rig.Peer.Answer(bye, 200);
        _rig.IsClean();
    }

    [Fact]
    public void A_refresh_of_the_caller_starts_the_time_anew()
    {
        var (_, tag) = _rig.CallFromPeer(headers: "Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n");
        _rig.Pass(45);
        _rig.Peer.Send(_rig.Peer.Ask("INVITE", "c1", 2, toTag: tag, headers: "Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n", body: Text.Sdp));
        _rig.Respond(_rig.HearsRequest(SipMethod.Invite), 200);
        _rig.Response(200);
        _rig.Peer.Send(_rig.Peer.Ask("ACK", "c1", 2, toTag: tag));
        _rig.HearsRequest(SipMethod.Ack);
        _rig.Pass(50);
        Assert.DoesNotContain(_rig.Peer.Heard, message => message is SipRequest);
        _rig.Peer.Answer(_rig.Request(SipMethod.Bye, within: 41), 200);
        _rig.IsClean();
    }

    [Fact]
    public void Where_the_server_refreshes_it_does_so_at_half_the_time_without_the_application()
    {
        var (answered, _) = _rig.CallFromPeer(headers: "Supported: timer\r\nSession-Expires: 100;refresher=uas\r\n");
        _rig.Pass(44);
        Assert.DoesNotContain(_rig.Peer.Heard, message => message is SipRequest);
        var refresh = _rig.Request(SipMethod.Invite, within: 12);
        Assert.Equal("100;refresher=uac", refresh.Header(SipHeaderId.SessionExpires).Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal("90", refresh.Header(SipHeaderId.MinSE));
        Assert.Equal(Text.Sdp, Text.Of(refresh.Body));
        _rig.Peer.Answer(refresh, 200, headers: "Session-Expires: 100;refresher=uac\r\n", body: Text.Sdp);
        _rig.Request(SipMethod.Ack);
        Assert.Empty(_rig.App.Record!);

        _rig.Peer.Answer(_rig.Request(SipMethod.Invite, within: 56), 488);
        var bye = _rig.Request(SipMethod.Bye);
        _rig.Peer.Answer(bye, 200);
        Assert.Equal(answered.DialogId, _rig.HearsRequest(SipMethod.Bye).DialogId);
        _rig.IsClean();
    }

    [Fact]
    public void A_callee_that_is_to_refresh_and_does_not_is_hung_up()
    {
        var (dialog, _) = _rig.CallToPeer(headers: "Session-Expires: 90;refresher=uas\r\n");
        _rig.Peer.Answer(_rig.Request(SipMethod.Bye, within: 91), 200);
        Assert.Equal(dialog, _rig.HearsRequest(SipMethod.Bye).DialogId);
        _rig.IsClean();
    }

    [Fact]
    public void A_session_of_less_than_90_seconds_is_refused_within_a_dialog()
    {
        var (_, tag) = _rig.CallFromPeer();
        _rig.Peer.Send(_rig.Peer.Ask("INVITE", "c1", 2, toTag: tag, headers: "Session-Expires: 60\r\n", body: Text.Sdp));
        Assert.Equal("90", _rig.Response(422).Header(SipHeaderId.MinSE));
        Assert.Empty(_rig.App.Record!);
    }
}
