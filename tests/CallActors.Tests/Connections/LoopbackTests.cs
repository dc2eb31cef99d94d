using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Akka.Actor;
using CallActors.Connections;
using CallActors.Net;
using CallActors.Server;
using CallActors.Server.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallActors.Tests.Connections;

/// <summary>The real server over real sockets on this machine: what a network in memory only pretends, TLS above all.</summary>
public sealed class LoopbackTests() : Akka.TestKit.Xunit2.TestKit("akka.loglevel = WARNING"), IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(5);

    private readonly string _directory = Directory.CreateTempSubdirectory("callactors-").FullName;
    private readonly SystemNetwork _network = new();
    private readonly LogLines _written = new();
    private readonly Traffic _traffic = new();
    private X509Certificate2 _certificate = null!;

    private string KeyFile => Path.Combine(_directory, "key.pem");

    private string CertificateFile => Path.Combine(_directory, "cert.pem");

    public Task InitializeAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=sip.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        File.WriteAllText(CertificateFile, _certificate.ExportCertificatePem());
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
        Sys.EventStream.Subscribe(TestActor, typeof(ServerState));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        // The actors first: they close what they hold.
        await Sys.Terminate();
        await _network.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
        _certificate.Dispose();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task Tls_is_verified_and_a_connection_that_was_cut_is_followed_by_one_under_tls(string host)
    {
        await using var server = await StartAsync(new AdminOptions { TcpPort = null, TlsPort = 0 });
        Link(new SignallingServerOptions { Name = "s", Host = host, Port = PortOf(server.ControlEndpoints[0]), Tls = new TlsOptions { VerifyPeer = true, TrustedRoots = [_certificate] } });
        Await<ServerUp>();

        Assert.Single(_traffic.Ups).Abort("cut");
        Await<ServerDown>();

        // There is no other way in than TLS.
        Await<ServerUp>();
        Assert.Equal(2, _traffic.Ups.Count);
        AwaitCondition(() => server.Census.Applications == 1, s_patience, s_interval);
        Assert.StartsWith("tls/", Assert.Single(server.ControlEndpoints), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_whose_certificate_nobody_trusts_is_not_spoken_to()
    {
        // The server may well take the connection: the certificate is looked at when the handshake is over.
        var server = new FakeServer();
        var tls = new TlsOptions { Certificate = new TlsCertificate(CertificateFile, KeyFile) };
        await using var listener = await _network.ListenAsync(
            new IPEndPoint(IPAddress.Loopback, 0), NetProtocol.Tls, StreamOptions.Default with { Tls = tls }, server.Accept);
        var link = Link(new SignallingServerOptions { Name = "s", Port = listener.Local.Port, Tls = new TlsOptions { VerifyPeer = true } });
        Await<ServerDown>();
        Await<ServerDown>();

        Watch(link);
        Sys.Stop(link);
        ExpectTerminated(link, s_patience);
        Assert.All(server.Sessions.ToArray(), session => Assert.Empty(session.Frames));
        Assert.Empty(_traffic.Lines);
    }

    [Fact]
    public async Task A_plain_connection_is_up_and_lost_with_the_server()
    {
        var server = await StartAsync(new AdminOptions { TcpPort = 0 });
        var link = Link(new SignallingServerOptions { Name = "s", Port = PortOf(server.ControlEndpoints[0]) });
        Await<ServerUp>();
        await server.DisposeAsync();
        Await<ServerDown>();

        Watch(link);
        Sys.Stop(link);
        ExpectTerminated(link, s_patience);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_dials_for_each_call_and_each_goes_on_over_its_own_connection(bool overTls)
    {
        var calls = new Dictionary<string, ServerConnection>();
        var traffic = new Traffic
        {
            OnSipText = (connection, text) =>
            {
                var callId = text.Split("Call-ID: ")[1].Split("\r\n")[0];
                lock (calls) calls.Add(callId, connection);
            },
        };
        var tls = overTls ? new TlsOptions { Certificate = new TlsCertificate(CertificateFile, KeyFile) } : null;
        Sys.ActorOf(ControlListener.PropsFor(new ListenOptions { Port = 0, Tls = tls }, _network, traffic, _written));
        var local = Await<ServerListening>().Local;

        var url = $"{(overTls ? "tls" : "tcp")}://{local}";
        await using var server = await StartAsync(
            new AdminOptions { TcpPort = 0 }, new RequestHandlerOptions { Method = "INVITE", Url = url, Target = new Uri(url) });
        var (one, other) = (Invite(server, "one"), Invite(server, "other"));
        await using (one.ConfigureAwait(false))
        await using (other.ConfigureAwait(false))
        {
            AwaitCondition(() => calls.Count == 2, s_patience, s_interval);
            Assert.NotSame(calls["one"], calls["other"]);
            Assert.All(calls.Values, connection => Assert.True(connection is { IsOutbound: true, IsUp: true }));
            Assert.Equal(2, server.Census.Applications);

            calls["one"].Close("over");
            AwaitCondition(() => server.Census.Applications == 1, s_patience, s_interval);
            Assert.True(calls["other"].IsUp);
        }
    }

    [Fact]
    public async Task A_server_in_this_process_that_stops_is_lost_and_one_that_starts_is_found()
    {
        var server = await StartAsync(new AdminOptions { TcpPort = 0 });
        Link(new SignallingServerOptions { Name = "s", InProcess = connection => server.AcceptControl(connection) });
        Await<ServerUp>();
        await server.DisposeAsync();
        Await<ServerDown>();
        server = await StartAsync(new AdminOptions { TcpPort = 0 });
        Await<ServerUp>();
        await server.DisposeAsync();
    }

    private static int PortOf(string endPoint) => int.Parse(endPoint[(endPoint.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);

    private async Task<SignallingServer> StartAsync(AdminOptions admin, params RequestHandlerOptions[] handlers)
    {
        Assert.True(ContactOptions.TryParse("sip:127.0.0.1:0;transport=udp", out var contact, out var fault), fault);
        var options = new ServerOptions
        {
            Contacts = [contact!],
            Admin = admin,
            RequestHandlers = [.. handlers],
            Tls = new ServerTlsOptions { KeyFile = KeyFile, CertFile = CertificateFile },
            Limits = new LimitOptions { Partitions = 2 },
        };
        var server = new SignallingServer(options, _network, TimeProvider.System, NullLoggerFactory.Instance);
        await server.StartAsync();
        return server;
    }

    private IActorRef Link(SignallingServerOptions options) =>
        Sys.ActorOf(ServerLink.PropsFor(options, _network, TimeProvider.System, _traffic, ["INVITE"], _written));

    // Attempts that fail in between are no matter.
    private T Await<T>()
        where T : ServerState => (T)FishForMessage(message => message is T, s_patience);

    private IDatagramSocket Invite(SignallingServer server, string callId)
    {
        var socket = _network.OpenDatagram(new IPEndPoint(IPAddress.Loopback, 0), DatagramOptions.Default, new Deaf());
        var text = $"INVITE sip:a@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {socket.Local};branch=z9hG4bK{callId}\r\nMax-Forwards: 70\r\nFrom: <sip:b@127.0.0.1>;tag=1\r\n"
            + $"To: <sip:a@127.0.0.1>\r\nCall-ID: {callId}\r\nCSeq: 1 INVITE\r\nContact: <sip:b@{socket.Local}>\r\nContent-Length: 0\r\n\r\n";
        socket.Send(Encoding.ASCII.GetBytes(text), NetAddress.Of(IPAddress.Loopback, PortOf(server.SipEndpoints[0])));
        return socket;
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
