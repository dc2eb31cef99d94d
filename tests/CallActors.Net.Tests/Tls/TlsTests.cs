using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;

namespace CallActors.Net.Tests.Tls;

/// <summary>Certificates: which is shown, to whom, and what is trusted.</summary>
public sealed class TlsTests : IAsyncDisposable
{
    private static readonly DateTime s_stamp = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly TestCertificates _files = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly SystemNetwork _network = new();
    private readonly List<Exception> _faults = [];

    [Fact]
    public async Task A_certificate_that_changes_on_disk_is_shown_to_the_next_peer()
    {
        using var first = _files.Write("first.test", s_stamp);
        var certificate = Load();
        await using var listener = await ListenAsync(new TlsOptions { Certificate = certificate });
        Assert.Equal("CN=first.test", await ShownAsync(listener));

        using var second = _files.Write("second.test", s_stamp.AddMinutes(1));
        Assert.Equal("CN=first.test", await ShownAsync(listener));
        _clock.Advance(TlsCertificate.CheckInterval);
        Assert.Equal("CN=second.test", await ShownAsync(listener));
        Assert.Equal("CN=second.test", certificate.Leaf.Subject);
        Assert.Empty(_faults);
    }

    [Fact]
    public async Task A_broken_new_certificate_is_reported_once_and_the_old_one_stays()
    {
        using var first = _files.Write("first.test", s_stamp);
        await using var listener = await ListenAsync(new TlsOptions { Certificate = Load() });
        File.WriteAllText(_files.CertificateFile, "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n");
        File.SetLastWriteTimeUtc(_files.CertificateFile, s_stamp.AddMinutes(1));

        for (var i = 0; i < 3; i++)
        {
            _clock.Advance(TlsCertificate.CheckInterval);
            Assert.Equal("CN=first.test", await ShownAsync(listener));
        }

        Assert.Contains(_files.CertificateFile, Assert.Single(_faults).Message, StringComparison.Ordinal);
        using var mended = _files.Write("mended.test", s_stamp.AddMinutes(2));
        _clock.Advance(TlsCertificate.CheckInterval);
        Assert.Equal("CN=mended.test", await ShownAsync(listener));
    }

    [Fact]
    public async Task A_file_that_is_missing_for_a_while_or_a_key_that_does_not_fit_changes_nothing()
    {
        using var first = _files.Write("first.test", s_stamp);
        await using var listener = await ListenAsync(new TlsOptions { Certificate = Load() });
        File.Delete(_files.KeyFile);
        _clock.Advance(TlsCertificate.CheckInterval);
        Assert.Equal("CN=first.test", await ShownAsync(listener));

        using var other = _files.Write("other.test", s_stamp.AddMinutes(1));
        File.WriteAllText(_files.CertificateFile, first.ExportCertificatePem());
        _clock.Advance(TlsCertificate.CheckInterval);
        Assert.Equal("CN=first.test", await ShownAsync(listener));
        Assert.Equal(2, _faults.Count);
    }

    [Fact]
    public void What_cannot_be_read_at_the_start_is_an_error()
    {
        Assert.ThrowsAny<IOException>(() => new TlsCertificate("/nowhere/cert.pem", "/nowhere/key.pem"));
    }

    [Fact]
    public async Task The_server_name_chooses_the_certificate()
    {
        using var others = new TestCertificates();
        using var own = _files.Write("own.test", s_stamp);
        using var other = others.Write("other.test", s_stamp);
        var second = new TlsCertificate(others.CertificateFile, others.KeyFile);
        await using var listener = await ListenAsync(new TlsOptions { Certificate = Load(), CertificateFor = name => name == "other.test" ? second : null });

        Assert.Equal("CN=other.test", await ShownAsync(listener, "other.test"));
        Assert.Equal("CN=own.test", await ShownAsync(listener, "unknown.test"));
        Assert.Equal("CN=own.test", await ShownAsync(listener));
    }

    [Fact]
    public async Task The_chain_file_makes_the_certificate_verifiable()
    {
        using var root = _files.WriteWithChain("server.test");
        await using var listener = await ListenAsync(
            new TlsOptions { Certificate = new TlsCertificate(_files.CertificateFile, _files.KeyFile, _files.ChainFile, _faults.Add, _clock) });

        await ConnectAsync(listener, new TlsOptions { VerifyPeer = true, ServerName = "server.test", TrustedRoots = [root] });
        // Without a name the address is verified, which the certificate names too.
        await ConnectAsync(listener, new TlsOptions { VerifyPeer = true, TrustedRoots = [root] });
        await Assert.ThrowsAsync<AuthenticationException>(() =>
            ConnectAsync(listener, new TlsOptions { VerifyPeer = true, ServerName = "another.test", TrustedRoots = [root] }));
        await Assert.ThrowsAsync<AuthenticationException>(() => ConnectAsync(listener, new TlsOptions { VerifyPeer = true, ServerName = "server.test" }));
    }

    [Fact]
    public async Task A_peer_that_must_show_a_certificate_and_does_not_is_turned_away()
    {
        using var clients = new TestCertificates();
        using var root = clients.WriteWithChain("client.test");
        using var own = _files.Write("own.test", s_stamp);
        var accepted = 0;
        await using var listener = await ListenAsync(
            new TlsOptions { Certificate = Load(), VerifyPeer = true, TrustedRoots = [root] }, () => Interlocked.Increment(ref accepted));

        var shown = new TlsCertificate(clients.CertificateFile, clients.KeyFile, clients.ChainFile);
        var signal = new Signal();
        Recorder? with = null;
        var connection = await ConnectAsync(listener, new TlsOptions { Certificate = shown }, c => with = new Recorder(signal, c));
        signal.Until(() => Volatile.Read(ref accepted) == 1, "the accepted connection");
        Assert.True(connection.IsOpen);

        // In TLS 1.3 the client may believe itself connected until the server's alert arrives.
        Recorder? without = null;
        try
        {
            await ConnectAsync(listener, TlsOptions.Default, c => without = new Recorder(signal, c));
            signal.Until(() => without!.IsClosed, "the end");
        }
        catch (Exception refused) when (refused is IOException or AuthenticationException)
        {
            // Or it hears at once.
        }

        Assert.Equal(1, accepted);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, true)]
    [InlineData(SslProtocols.Tls13, true)]
#pragma warning disable SYSLIB0039, CA5397 // What is refused must be named.
    [InlineData(SslProtocols.Tls11, false)]
#pragma warning restore SYSLIB0039, CA5397
    public async Task Versions_1_2_and_1_3_are_spoken_and_older_ones_are_not(SslProtocols version, bool spoken)
    {
        using var own = _files.Write("own.test", s_stamp);
        await using var listener = await ListenAsync(new TlsOptions { Certificate = Load() });

        if (spoken) await ConnectAsync(listener, new TlsOptions { Protocols = version });
        else await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(listener, new TlsOptions { Protocols = version }));
    }

    [Fact]
    public async Task Bytes_that_are_no_handshake_end_the_connection_and_nothing_else()
    {
        using var own = _files.Write("own.test", s_stamp);
        await using var listener = await ListenAsync(new TlsOptions { Certificate = Load() });
        using (var rude = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            await rude.ConnectAsync(listener.Local.ToEndPoint());
            rude.Send("OPTIONS sip:you@example.com SIP/2.0\r\n\r\n"u8);
            rude.ReceiveTimeout = 30_000;
            while (rude.Receive(new byte[100]) > 0)
            {
                // An alert, then the end.
            }
        }

        Assert.Equal("CN=own.test", await ShownAsync(listener));
    }

    [Fact]
    public async Task A_listener_without_a_certificate_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => ListenAsync(TlsOptions.Default));
    }

    public async ValueTask DisposeAsync()
    {
        await _network.DisposeAsync();
        _files.Dispose();
    }

    private TlsCertificate Load() => new(_files.CertificateFile, _files.KeyFile, onFault: _faults.Add, time: _clock);

    private Task<IStreamListener> ListenAsync(TlsOptions tls, Action? accepted = null) => _network.ListenAsync(
        new IPEndPoint(IPAddress.Loopback, 0),
        NetProtocol.Tls,
        StreamOptions.Default with { Tls = tls },
        connection =>
        {
            accepted?.Invoke();
            return new Recorder(new Signal(), connection);
        });

    private Task<IStreamConnection> ConnectAsync(IStreamListener listener, TlsOptions tls, Func<IStreamConnection, IStreamReceiver>? accept = null) =>
        _network.ConnectAsync(
            listener.Local, NetProtocol.Tls, StreamOptions.Default with { Tls = tls }, accept ?? (connection => new Recorder(new Signal(), connection)));

    // The subject that a plain TLS client is shown.
    private static async Task<string> ShownAsync(IStreamListener listener, string name = "")
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.Local.ToEndPoint());
        var subject = string.Empty;
        await using var tls = new SslStream(new NetworkStream(socket), false, (_, certificate, _, errors) =>
        {
            subject = new X509Certificate2(certificate!).Subject;
            return errors != SslPolicyErrors.RemoteCertificateNotAvailable;
        });
        await tls.AuthenticateAsClientAsync(name);
        return subject;
    }
}
