using System.Net;
using System.Text;
using Akka.Actor;
using CallActors.Connections;
using CallActors.Control.Commands;
using CallActors.Net;
using CallActors.Server;
using CallActors.Server.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallActors.Tests.Connections;

/// <summary>A link to the real server, whose SIP side a peer asks things of.</summary>
public sealed class RealServerTests : LinkRig
{
    private static readonly IPAddress s_peer = IPAddress.Parse("10.0.0.1");

    [Fact]
    public void What_the_server_is_asked_arrives_here_after_every_loss()
    {
        Start();
        Link(null, "OPTIONS");
        Pass(0.1);
        var up = Assert.IsType<ServerUp>(Assert.Single(States));
        Assert.Equal<string>(["udp/10.0.0.9:5060"], up.Contacts);
        Ask("OPTIONS", 1);

        Network.Cut(Here, There);
        Pass(0.5);
        Ask("OPTIONS", 2);
        Assert.Equal(["up s v0.9.10", "sip OPTIONS sip:a@10.0.0.9 SIP/2.0", "lost s False The connection was cut.", "up s v0.9.10", "sip OPTIONS sip:a@10.0.0.9 SIP/2.0"], Traffic.Lines);
    }

    [Fact]
    public void A_silent_loss_is_found_at_both_ends_and_the_server_serves_one_connection_after_it()
    {
        var server = Start();
        Link(null, "OPTIONS");
        Pass(2.5);
        Silence();
        Pass(3.7);
        Assert.IsType<ServerDown>(States[^1]);
        Silence(isSilent: false);
        PassUntilTriedAgain();
        Assert.IsType<ServerUp>(States[^1]);
        Ask("OPTIONS", 1);
        Assert.Equal(1, server.Census.Applications);
    }

    [Fact]
    public void Without_a_restart_of_ours_it_recovers_when_the_server_comes_back()
    {
        var server = Start();
        Link(null, "OPTIONS");
        Pass(0.1);
        Stop(server);
        Pass(60);
        Assert.IsType<ServerDown>(States[^1]);
        Start();
        PassUntilTriedAgain();
        Assert.IsType<ServerUp>(States[^1]);
        Ask("OPTIONS", 1);
    }

    [Fact]
    public void A_wrong_secret_is_refused_by_the_server_with_one_error_here()
    {
        Start();
        Link(Options with { Secret = "wrong" }, "OPTIONS");
        Pass(30);
        Assert.All(States, state => Assert.Contains("incorrect secret", Assert.IsType<ServerDown>(state).Reason, StringComparison.Ordinal));
        Assert.Single(Written.At(LogLevel.Error));
    }

    [Fact]
    public void A_method_that_is_added_or_given_back_while_connected_changes_what_arrives()
    {
        Start();
        var link = Link(null, "MESSAGE", "INFO");
        Pass(0.1);
        Ask("OPTIONS", 1, arrives: false);
        link.Tell(new ServerLink.Subscribe("OPTIONS"));
        link.Tell(new ServerLink.Unsubscribe("INFO"));
        Pass(0.1);
        Ask("OPTIONS", 2);
        Ask("MESSAGE", 3);
        Ask("INFO", 4, arrives: false);
    }

    [Fact]
    public void Commands_go_out_and_their_answers_come_back()
    {
        Start();
        Link();
        Pass(0.1);
        var connection = Assert.Single(Traffic.Ups);
        var frame = new System.Buffers.ArrayBufferWriter<byte>();
        ControlCommands.NewRequest(frame, "mine"u8, Encoding.UTF8.GetBytes($"OPTIONS sip:far@{s_peer} SIP/2.0\r\nFrom: sip:near@localhost\r\nContent-Length: 0\r\n\r\n"));
        Assert.True(connection.Write(frame.WrittenSpan));
        connection.Flush();
        Pass(0.1);
        Assert.Contains("reply mine Ok", Traffic.Lines);
    }

    [Fact]
    public void A_server_in_this_process_is_connected_through_a_pipe()
    {
        var server = Start();
        Link(Options with { Host = "nowhere.invalid", InProcess = server.AcceptControl }, "OPTIONS");
        Assert.IsType<ServerUp>(Assert.Single(States));
        Assert.Equal(1, server.Census.Applications);
        Ask("OPTIONS", 1);
        Pass(10);
        Assert.Single(States);
        Assert.True(Traffic.Ups[0].IsUp);
    }

    private SignallingServer Start()
    {
        Assert.True(ContactOptions.TryParse("sip:10.0.0.9:5060;transport=udp", out var contact, out var fault), fault);
        var options = new ServerOptions { Contacts = [contact!], Admin = new AdminOptions { Address = "10.0.0.9" }, Limits = new LimitOptions { Partitions = 2 } };
        var server = new SignallingServer(options, Network.At(There), Time, NullLoggerFactory.Instance, 1);
        server.StartAsync().GetAwaiter().GetResult();
        return server;
    }

    private static void Stop(SignallingServer server) => server.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private void Ask(string method, int number, bool arrives = true)
    {
        var before = Traffic.Lines.Count;
        var text = $"{method} sip:a@10.0.0.9 SIP/2.0\r\nVia: SIP/2.0/UDP {s_peer}:5060;branch=z9hG4bK{number}\r\nMax-Forwards: 70\r\nFrom: <sip:b@{s_peer}>;tag=1\r\n"
            + $"To: <sip:a@10.0.0.9>\r\nCall-ID: c{number}\r\nCSeq: 1 {method}\r\nContact: <sip:b@{s_peer}>\r\nContent-Length: 0\r\n\r\n";
        var deaf = Network.OpenDatagram(new IPEndPoint(s_peer, 5060), DatagramOptions.Default, new Deaf());
        deaf.Send(Encoding.ASCII.GetBytes(text), NetAddress.Of(There, 5060));
        Pass(0.1);
        deaf.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Assert.Equal(arrives ? [$"sip {method} sip:a@10.0.0.9 SIP/2.0"] : [], Traffic.Lines.Skip(before));
    }

    private sealed class Deaf : IDatagramReceiver
    {
        public void OnDatagram(IDatagramSocket socket, ReadOnlySpan<byte> datagram, NetAddress source)
        {
        }

        public void OnBatchEnd(IDatagramSocket socket)
        {
        }
    }
}
