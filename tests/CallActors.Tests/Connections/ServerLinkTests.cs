using Akka.Actor;
using CallActors.Connections;
using CallActors.Net;
using Microsoft.Extensions.Logging;

namespace CallActors.Tests.Connections;

/// <summary>What a link says to a server, and when, frame by frame.</summary>
public sealed class ServerLinkTests : LinkRig
{
    private readonly FakeServer _server = new();

    [Fact]
    public void It_proves_itself_then_asks_for_every_method_and_only_then_is_up()
    {
        Listen(_server);
        Sys.EventStream.Subscribe(TestActor, typeof(ServerState));
        Link(null, "INVITE", "options", "cdr:start");
        Pass(0.1);

        Assert.Equal(["authenticate|cymru|a,b", "route|invite", "route|options", "route|cdr:start"], _server.Last.Frames);
        Assert.Equal(["up s v0.9.10"], Traffic.Lines);
        var up = Assert.IsType<ServerUp>(Assert.Single(States));
        Assert.Equal<string>(["udp/1.2.3.4:5060", "tcp/1.2.3.4:5060"], up.Contacts);
        Assert.Equal<string>(["udp/10.0.0.9:5060"], up.LocalContacts);
        Assert.Same(up, ExpectMsg<ServerUp>());
        Assert.False(Traffic.Ups[0].IsOutbound);
        Assert.Single(Written.At(LogLevel.Information));
    }

    [Fact]
    public void It_is_not_up_before_the_last_method_was_answered()
    {
        _server.AnswersRoutes = false;
        Listen(_server);
        Link(null, "INVITE");
        Pass(0.1);
        Assert.Single(_server.Last.Routes);
        Assert.Empty(States);
    }

    [Fact]
    public void A_method_that_is_added_later_costs_one_frame_and_one_that_goes_too()
    {
        Listen(_server);
        var link = Link(null, "INVITE", "OPTIONS");
        Pass(0.1);
        _server.Last.Frames.Clear();

        link.Tell(new ServerLink.Subscribe("MESSAGE"));
        link.Tell(new ServerLink.Subscribe("INVITE"));
        link.Tell(new ServerLink.Subscribe("message"));
        link.Tell(new ServerLink.Unsubscribe("OPTIONS"));
        link.Tell(new ServerLink.Unsubscribe("REGISTER"));
        Pass(0.1);
        Assert.Equal(["route|message", "remove_route|options"], _server.Last.Frames);

        _server.Last.Connection.Abort("cut");
        Pass(0.5);
        Assert.Equal(2, _server.Sessions.Count);
        Assert.Equal(["route|invite", "route|message"], _server.Last.Routes);
        Assert.Equal(2, States.OfType<ServerUp>().Count());
    }

    [Fact]
    public void A_method_that_is_added_while_the_server_is_away_is_asked_for_when_it_comes()
    {
        var link = Link(null, "INVITE");
        link.Tell(new ServerLink.Subscribe("MESSAGE"));
        link.Tell(new ServerLink.Unsubscribe("INVITE"));
        Listen(_server);
        Pass(1);
        Assert.Equal(["route|message"], _server.Last.Routes);
    }

    [Fact]
    public void A_cut_is_told_once_and_the_first_retry_comes_soon()
    {
        Listen(_server);
        Link(null, "INVITE");
        Pass(0.1);
        Network.Cut(Here, There);
        Pass(0.02);

        Assert.Equal(["up s v0.9.10", "lost s False The connection was cut."], Traffic.Lines);
        var down = Assert.IsType<ServerDown>(States[^1]);
        Assert.InRange(down.RetryAfter!.Value.TotalMilliseconds, 120, 150);
        Pass(0.2);
        Assert.IsType<ServerUp>(States[^1]);
        Assert.Equal(["up s v0.9.10", "lost s False The connection was cut.", "up s v0.9.10"], Traffic.Lines);
        Assert.NotEqual(Traffic.Ups[0].Number, Traffic.Ups[1].Number);
        Assert.False(Traffic.Ups[0].IsUp);
        Assert.True(Traffic.Ups[1].IsUp);
    }

    [Fact]
    public void A_wrong_secret_is_one_error_and_ever_longer_waits_up_to_the_cap()
    {
        _server.Secret = "another";
        Listen(_server);
        Link(Options with { Secret = "a secret of ours" }, "INVITE");
        Pass(120);

        var waits = States.Cast<ServerDown>().Select(down => down.RetryAfter!.Value.TotalSeconds).ToList();
        Assert.InRange(waits[0], 0.12, 0.15);
        Assert.InRange(waits[3], 0.15 * 1.7 * 1.7 * 1.7 * 0.8, 0.15 * 1.7 * 1.7 * 1.7 + 0.001);
        Assert.All(waits[9..], wait => Assert.InRange(wait, 8, 10));
        Assert.InRange(_server.Sessions.Count, 18, 25);
        Assert.All(_server.Sessions, session => Assert.DoesNotContain("route|invite", session.Frames));
        Assert.Contains("incorrect secret", Assert.Single(Written.At(LogLevel.Error)), StringComparison.Ordinal);
        Assert.Single(Written.All);
        Assert.DoesNotContain(Written.All, line => line.Text.Contains("a secret of ours", StringComparison.Ordinal));
        Assert.Empty(Traffic.Lines);

        _server.Secret = "a secret of ours";
        PassUntilTriedAgain();
        Assert.IsType<ServerUp>(States[^1]);

        // Proven once, the waits begin anew; and a secret that is wrong again is worth a line again.
        _server.Secret = "another";
        _server.Last.Connection.Abort("cut");
        Pass(0.1);
        Assert.InRange(((ServerDown)States[^1]).RetryAfter!.Value.TotalSeconds, 0.12, 0.15);
        Pass(5);
        Assert.Equal(2, Written.At(LogLevel.Error).Count());
    }

    [Fact]
    public void A_server_that_falls_silent_is_lost_after_three_pings_without_an_answer()
    {
        Listen(_server);
        Link(null, "INVITE");
        Pass(5.5);
        Assert.Equal(5, _server.Last.Pings);
        Silence();

        // The pings of seconds 6, 7 and 8 stay unanswered.
        Pass(3.4);
        Assert.Single(Traffic.Lines);
        Pass(0.2);
        Assert.Equal("lost s False The server has not answered 3 pings.", Traffic.Lines[^1]);
        Assert.IsType<ServerDown>(States[^1]);

        Pass(20);
        Silence(isSilent: false);
        PassUntilTriedAgain();
        Assert.IsType<ServerUp>(States[^1]);
        Assert.True(Traffic.Ups[^1].IsUp);
    }

    [Fact]
    public void A_server_that_does_not_answer_pings_is_alive_while_it_says_something_else()
    {
        _server.AnswersPings = false;
        Listen(_server);
        Link();
        for (var i = 0; i < 10; i++)
        {
            Pass(1);
            _server.Last.Say("e1|cdr:stop|network|10:00:00.000000|normal-release\r\nBYE sip:a SIP/2.0\r\n\r\n");
        }

        Assert.IsType<ServerUp>(States[^1]);
        for (var i = 0; i < 10; i++)
        {
            Pass(1);
            if (!_server.Last.IsEnded) _server.Last.Say("e2|response|~p99999|OK|pong");
        }

        Assert.Contains("lost s False The server has not answered 3 pings.", Traffic.Lines);
    }

    [Fact]
    public void A_server_from_before_pings_is_sent_none()
    {
        var old = new FakeServer { Version = "v0.8.1-rc3", AnswersPings = false };
        Listen(old);
        Link();
        Pass(20);
        Assert.Equal(0, old.Last.Pings);
        Assert.IsType<ServerUp>(Assert.Single(States));
    }

    [Fact]
    public void What_comes_before_the_secret_is_accepted_is_ignored()
    {
        var server = new FakeServer { Early = "e1|sip|network|10|udp|1.2.3.4|5060|10:00:00.000000|t1|\r\nINVITE sip:a SIP/2.0\r\n\r\n" };
        Listen(server);
        Link();
        Pass(0.1);
        server.Last.Say("e1|sip|network|10|udp|1.2.3.4|5060|10:00:00.000000|t1||1.2.3.4|5060\r\nOPTIONS sip:a SIP/2.0\r\n\r\n");
        server.Last.Say("e1|nonsense|x");
        server.Last.Say("e1|sip|too|few");
        server.Last.Say("e1|response|mine|NOK|no");
        Pass(0.1);
        Assert.Equal(["up s v0.9.10", "sip OPTIONS sip:a SIP/2.0", "reply mine Nok"], Traffic.Lines);
    }

    [Theory]
    [InlineData("abc#", "NotACount")]
    [InlineData("#", "NoCount")]
    [InlineData("99999999#", "TooLarge")]
    public void A_broken_frame_ends_the_connection_with_a_reason_and_the_next_one_is_good(string bytes, string fault)
    {
        Listen(_server);
        Link();
        Pass(0.1);
        _server.Last.SayRaw(bytes);
        Pass(0.3);
        Assert.Equal($"lost s False Not a frame of the control protocol: {fault}", Traffic.Lines[1]);
        Assert.Equal(2, _server.Sessions.Count);
        Assert.IsType<ServerUp>(States[^1]);
    }

    [Fact]
    public void A_server_that_does_not_answer_the_secret_is_given_up_in_time()
    {
        _server.AnswersAuthenticate = false;
        Listen(_server);
        Link();
        Pass(4.9);
        Assert.Empty(States);
        Pass(0.2);
        Assert.Contains("in time", Assert.IsType<ServerDown>(Assert.Single(States)).Reason, StringComparison.Ordinal);
        Assert.True(_server.Sessions[0].IsEnded);
        Assert.Empty(Traffic.Lines);
    }

    [Fact]
    public void A_server_that_cannot_be_reached_is_one_warning_until_it_can()
    {
        Link(Options with { Host = "sip.example" });
        Pass(3);
        Assert.Contains("unknown", Assert.IsType<ServerDown>(States[0]).Reason, StringComparison.Ordinal);
        Network.AddName("sip.example", System.Net.IPAddress.Parse("10.0.0.77"), There);
        Pass(10);
        Assert.Single(Written.All);
        Listen(_server);
        PassUntilTriedAgain();
        Assert.IsType<ServerUp>(States[^1]);
    }

    [Fact]
    public void With_tls_it_is_tls_every_time_and_a_plain_server_hears_nothing()
    {
        Listen(_server, NetProtocol.Tls);
        Link(Options with { Tls = TlsOptions.Default });
        Pass(0.1);
        Network.Cut(Here, There);
        Pass(0.3);
        Assert.Equal([NetProtocol.Tls, NetProtocol.Tls], _server.Sessions.Select(session => session.Connection.Protocol));
        Assert.IsType<ServerUp>(States[^1]);

        var plain = new FakeServer();
        Listen(plain, NetProtocol.Tcp, 9023);
        Link(Options with { Tls = TlsOptions.Default, Port = 9023 });
        Pass(30);
        Assert.Empty(plain.Sessions);
    }

    [Fact]
    public void Several_servers_are_connected_at_once()
    {
        var other = new FakeServer();
        Listen(_server);
        Listen(other, port: 9122);
        Link(null, "INVITE");
        Link(Options with { Name = "t", Port = 9122 }, "INVITE");
        Pass(0.1);
        Assert.Equal(["s", "t"], States.OfType<ServerUp>().Select(up => up.Name));
        Network.Cut(Here, There);
        Pass(1);
        Assert.Equal(4, States.OfType<ServerUp>().Count());
    }

    [Fact]
    public void Told_to_disconnect_it_stays_away()
    {
        Listen(_server);
        var link = Link();
        Pass(0.1);
        link.Tell(new ServerLink.Disconnect("draining"));
        Pass(30);
        Assert.Equal("lost s False draining", Traffic.Lines[^1]);
        Assert.Null(Assert.IsType<ServerDown>(States[^1]).RetryAfter);
        Assert.Single(_server.Sessions);
        Assert.True(_server.Last.IsEnded);
        Assert.Null(_server.Last.End);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.1)]
    public void When_it_stops_its_connection_closes_however_far_it_got(double after)
    {
        Listen(_server);
        var link = Link();
        Pass(after);
        Stop(link);
        Pass(10);
        Assert.All(_server.Sessions, session => Assert.True(session.IsEnded));
        Assert.InRange(_server.Sessions.Count, 0, 1);
    }
}
