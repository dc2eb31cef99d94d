using System.Net;
using CallActors.Connections;
using CallActors.Net;
using Microsoft.Extensions.Logging;

namespace CallActors.Tests.Connections;

/// <summary>Who may connect to us, and what becomes of those who do.</summary>
public sealed class ControlListenerTests : LinkRig
{
    private readonly FakeServer _server = new();

    private static ListenOptions At => new() { Host = Here.ToString(), Port = 9023, AllowedPeers = [IPNetwork.Parse("10.0.0.0/28")] };

    [Fact]
    public void A_listed_server_is_told_the_secret_and_is_up_when_it_accepts()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(ServerState));
        Start(At with { Tags = ["blue"] });
        Assert.Equal("10.0.0.20:9023", Assert.IsType<ServerListening>(Assert.Single(States)).Local.ToString());
        ExpectMsg<ServerListening>();

        Dial("10.0.0.9");
        Pass(0.1);

        // No method is asked for: the server chose this connection for one request.
        Assert.Equal(["authenticate|cymru|blue"], _server.Last.Frames);
        var connection = Assert.Single(Traffic.Ups);
        Assert.True(connection.IsOutbound);
        Assert.True(connection.IsUp);
        Assert.Equal("10.0.0.9", connection.Remote.Host);

        connection.Close("the call is over");
        Pass(0.1);
        Assert.True(_server.Last.IsEnded);
        Assert.Equal(2, Traffic.Lines.Count);
        Assert.EndsWith("False the call is over", Traffic.Lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void An_unlisted_peer_never_hears_the_secret_and_is_closed()
    {
        Start(At with { Secret = "ours alone" });
        Dial("10.0.0.66");
        Pass(0.1);
        Assert.Empty(_server.Last.Frames);
        Assert.True(_server.Last.IsEnded);
        Assert.Empty(Traffic.Lines);
        Assert.Contains("10.0.0.66", Assert.Single(Written.At(LogLevel.Warning)), StringComparison.Ordinal);
        Assert.DoesNotContain(Written.All, line => line.Text.Contains("ours alone", StringComparison.Ordinal));
    }

    [Fact]
    public void A_peer_that_does_not_answer_the_secret_is_closed_and_logged()
    {
        _server.AnswersAuthenticate = false;
        Start(At);
        Dial("10.0.0.9");
        Pass(4.9);
        _server.Last.Say("e1|sip|network|10|udp|1.2.3.4|5060|10:00:00.000000|t1||1.2.3.4|5060\r\nINVITE sip:a SIP/2.0\r\n\r\n");
        Pass(0.05);
        Assert.False(_server.Last.IsEnded);
        Pass(0.1);
        Assert.True(_server.Last.IsEnded);
        Assert.Empty(Traffic.Lines);
        Assert.Contains("in time", Assert.Single(Written.At(LogLevel.Warning)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_peer_that_does_not_accept_the_secret_is_closed_and_logged()
    {
        _server.Secret = "another";
        Start(At);
        Dial("10.0.0.9");
        Pass(0.2);
        Assert.True(_server.Last.IsEnded);
        Assert.Empty(Traffic.Lines);
        Assert.Contains("incorrect secret", Assert.Single(Written.At(LogLevel.Warning)), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_call_has_its_own_connection_and_a_silent_one_takes_no_other_along()
    {
        Start(At);
        Dial("10.0.0.9");
        Dial("10.0.0.8");
        Pass(0.1);
        Assert.Equal(2, Traffic.Ups.Count);
        Assert.NotEqual(Traffic.Ups[0].Number, Traffic.Ups[1].Number);

        var down = new LinkOptions { IsDown = true };
        Network.SetLink(IPAddress.Parse("10.0.0.8"), Here, down);
        Network.SetLink(Here, IPAddress.Parse("10.0.0.8"), down);
        Pass(5);
        Assert.True(Traffic.Ups[0].IsUp);
        Assert.False(Traffic.Ups[1].IsUp);
        Assert.EndsWith("The server has not answered 3 pings.", Assert.Single(Traffic.Lines, line => line.StartsWith("lost", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_the_bound_are_closed_as_they_come()
    {
        Start(At with { MaxConnections = 2 });
        for (var i = 0; i < 4; i++) Dial("10.0.0.9");
        Pass(0.1);
        Assert.Equal(2, Traffic.Ups.Count);
        Assert.Equal([false, false, true, true], _server.Sessions.Select(session => session.IsEnded));
    }

    [Fact]
    public void An_address_in_use_is_tried_again_until_it_is_free()
    {
        var taken = Take();
        Start(At);
        Pass(2);
        Assert.All(States, state => Assert.IsType<ServerDown>(state));
        Assert.Single(Written.At(LogLevel.Error));
        Free(taken);
        Pass(11);
        Assert.IsType<ServerListening>(States[^1]);
    }

    [Fact]
    public void When_it_stops_nobody_can_connect_and_nobody_is_connected()
    {
        var listener = Start(At);
        Dial("10.0.0.9");
        Pass(0.1);
        Stop(listener);
        Pass(0.1);
        Assert.True(_server.Last.IsEnded);
        Assert.ThrowsAny<Exception>(() => Dial("10.0.0.9"));
        Assert.StartsWith("lost", Traffic.Lines[^1], StringComparison.Ordinal);
    }

    private IStreamListener Take() =>
        Network.At(Here).ListenAsync(new IPEndPoint(Here, 9023), NetProtocol.Tcp, StreamOptions.Default, _server.Accept).GetAwaiter().GetResult();

    private static void Free(IStreamListener listener) => listener.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private Akka.TestKit.TestActorRef<ControlListener> Start(ListenOptions options) =>
        ActorOfAsTestActorRef<ControlListener>(ControlListener.PropsFor(options, Network.At(Here), Traffic, Written, States.Add));

    private void Dial(string from) => Network.At(IPAddress.Parse(from))
        .ConnectAsync(NetAddress.Of(Here, 9023), NetProtocol.Tcp, StreamOptions.Default, _server.Accept).GetAwaiter().GetResult();
}
