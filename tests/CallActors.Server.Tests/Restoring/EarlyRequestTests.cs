using CallActors.Server.Configuration;
using CallActors.Server.Tests.Harness;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Restoring;

/// <summary>Requests outside dialogs that reach a server which has just been started, before its applications are back: control protocol §8.5.</summary>
public sealed class EarlyRequestTests
{
    private readonly Rig _rig = new();

    private Peer Peer => _rig.Peer;

    [Theory]
    [InlineData("INVITE")]
    [InlineData("REGISTER")]
    [InlineData("SUBSCRIBE")]
    [InlineData("MESSAGE")]
    public void A_datagram_is_left_to_its_repetition_until_somebody_asks_for_the_method(string method)
    {
        _rig.Restart();
        Peer.Send(Ask(method));
        _rig.Pass(8);
        Assert.Empty(Peer.Heard);
        var app = _rig.Use(_rig.JoinExtended("n1", "invite", "register", "subscribe", "message"));
        _rig.Pass(1);
        Assert.DoesNotContain(app.Record!, frame => frame.Request is not null);
        Peer.Send(Ask(method));
        _rig.Respond(_rig.Hears(app, frame => frame.Request is { } request && Text.Of(request.MethodName) == method), 403);
        _rig.Response(403);
    }

    [Fact]
    public void After_ten_seconds_without_applications_it_is_503()
    {
        _rig.Restart();
        _rig.Pass(9.7);
        Peer.Send(Ask("INVITE"));
        _rig.Pass(0.5);
        Assert.Empty(Peer.Heard);
        Peer.Send(Ask("INVITE"));
        _rig.Response(503, within: 0.1);
    }

    [Fact]
    public void OPTIONS_is_answered_at_once()
    {
        _rig.Restart();
        Peer.Send(Ask("OPTIONS"));
        _rig.Response(503, within: 0.1);
    }

    [Fact]
    public void A_method_that_nobody_knows_is_refused_at_once()
    {
        _rig.Restart();
        Peer.Send(Ask("JUMP"));
        _rig.Response(501, within: 0.1);
    }

    [Fact]
    public void Who_has_connected_may_still_be_about_to_ask()
    {
        _rig.Restart();
        var app = _rig.Use(_rig.JoinExtended("n1"));
        Peer.Send(Ask("INVITE"));
        _rig.Pass(5);
        Assert.Empty(Peer.Heard);
        Assert.Empty(app.Record!);
    }

    [Fact]
    public void Who_asks_for_one_method_may_ask_for_others_within_a_second()
    {
        _rig.Restart();
        _rig.JoinExtended("n1", "register");
        Peer.Send(Ask("INVITE"));
        _rig.Pass(0.8);
        Assert.Empty(Peer.Heard);
        _rig.Pass(0.2);
        Peer.Send(Ask("INVITE"));
        _rig.Response(503, within: 0.1);
    }

    [Fact]
    public void What_came_over_a_stream_is_offered_when_somebody_asks_for_it_and_refused_when_nobody_does()
    {
        _rig.Restart();
        var peer = new Peer(_rig.World, "10.0.0.2", overTcp: true);
        peer.Send(peer.Ask("INVITE", "c1", body: Text.Sdp));
        peer.Send(peer.Ask("MESSAGE", "c2"));
        _rig.Pass(3);
        Assert.Empty(peer.Heard);
        _rig.Use(_rig.JoinExtended("n1", "invite"));
        var invite = _rig.HearsRequest(SipMethod.Invite, within: 0.2);
        _rig.Response(100, peer: peer);
        Assert.Equal("c2", Text.Of(_rig.Response(503, within: 1.2, peer: peer).CallId));
        _rig.Respond(invite, 486);
        var rejection = _rig.Response(486, peer: peer);
        peer.Send(peer.Ask("ACK", "c1", branch: "z9hG4bKc11INVITE", toTag: Text.Of(rejection.ToTag)));
        _rig.IsClean();
    }

    [Fact]
    public void What_came_over_a_stream_is_503_once_the_time_is_over()
    {
        _rig.Restart();
        var peer = new Peer(_rig.World, "10.0.0.2", overTcp: true);
        peer.Send(peer.Ask("INVITE", "c1", body: Text.Sdp));
        _rig.Pass(9.5);
        Assert.Empty(peer.Heard);
        _rig.Response(503, peer: peer);
    }

    [Fact]
    public void What_waits_can_be_cancelled_and_is_never_offered()
    {
        _rig.Restart();
        var peer = new Peer(_rig.World, "10.0.0.2", overTcp: true);
        peer.Send(peer.Ask("INVITE", "c1", branch: "z9hG4bKi", body: Text.Sdp));
        _rig.Pass(1);
        peer.Send(peer.Ask("CANCEL", "c1", branch: "z9hG4bKi"));
        var terminated = _rig.Response(487, peer: peer);
        _rig.Response(200, peer: peer);
        peer.Send(peer.Ask("ACK", "c1", branch: "z9hG4bKi", toTag: Text.Of(terminated.ToTag)));
        var app = _rig.Use(_rig.JoinExtended("n1", "invite"));
        _rig.Pass(2);
        Assert.DoesNotContain(app.Record!, frame => frame.Request is not null);
        _rig.IsClean();
    }

    [Fact]
    public void Whose_connection_has_ended_waits_for_nothing()
    {
        _rig.Restart();
        var peer = new Peer(_rig.World, "10.0.0.2", overTcp: true);
        peer.Send(peer.Ask("INVITE", "c1", body: Text.Sdp));
        _rig.Pass(1);
        peer.Leave();
        _rig.Pass(0.2);
        var app = _rig.Use(_rig.JoinExtended("n1", "invite"));
        _rig.Pass(2);
        Assert.DoesNotContain(app.Record!, frame => frame.Request is not null);
        _rig.IsClean();
    }

    [Fact]
    public void So_many_wait_and_what_comes_beyond_is_refused()
    {
        var rig = new Rig(options => options with { Limits = options.Limits with { Partitions = 1 } });
        rig.Restart();
        var peer = new Peer(rig.World, "10.0.0.2", overTcp: true);
        for (var call = 0; call < 257; call++) peer.Send(peer.Ask("INVITE", $"c{call}", body: Text.Sdp));
        Assert.Equal("c256", Text.Of(rig.Response(503, peer: peer).CallId));
        Assert.DoesNotContain(peer.Heard, message => message is SipResponse { StatusCode: 503 });
        var app = rig.JoinExtended("n1", "invite");
        rig.Pass(0.3);
        Assert.Equal(256, app.Record!.Count(frame => frame.Request is not null));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Without_extensions_or_without_a_grace_it_is_503_at_once(bool hasGrace)
    {
        var rig = new Rig(options => hasGrace
            ? options with { Extensions = new ExtensionOptions { IsOn = false } }
            : options with { Limits = options.Limits with { RestoreGrace = TimeSpan.Zero } });
        rig.Restart();
        rig.Peer.Send(Ask("INVITE"));
        rig.Response(503, within: 0.1);
    }

    [Fact]
    public void On_the_way_out_nobody_waits()
    {
        _rig.Restart();
        _ = _rig.Server.DrainAsync();
        Peer.Send(Ask("INVITE"));
        _rig.Response(503, within: 0.1);
    }

    private string Ask(string method) => Peer.Ask(method, "c1", headers: method == "SUBSCRIBE" ? "Event: presence\r\n" : "");
}
