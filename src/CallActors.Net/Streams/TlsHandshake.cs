using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace CallActors.Net.Streams;

/// <summary>Agrees on TLS over a fresh socket, at either end, within the time the options allow.</summary>
internal static class TlsHandshake
{
    /// <summary>Answers a peer's handshake.</summary>
    public static Task<TlsChannel> AcceptAsync(Socket socket, SendQueue queue, StreamOptions options, TimeProvider time, CancellationToken cancel)
    {
        var tls = options.Tls!;
        return RunAsync(
            socket,
            queue,
            options,
            time,
            (stream, limit) => stream.AuthenticateAsServerAsync((_, hello, _, _) => ValueTask.FromResult(Server(tls, hello.ServerName)), null, limit),
            cancel);
    }

    /// <summary>Opens a handshake with a peer.</summary>
    public static Task<TlsChannel> ConnectAsync(
        Socket socket, SendQueue queue, NetAddress remote, StreamOptions options, TimeProvider time, CancellationToken cancel) =>
        RunAsync(
            socket,
            queue,
            options,
            time,
            (stream, limit) => stream.AuthenticateAsClientAsync(Client(options.Tls ?? TlsOptions.Default, remote), limit),
            cancel);

    private static async Task<TlsChannel> RunAsync(
        Socket socket,
        SendQueue queue,
        StreamOptions options,
        TimeProvider time,
        Func<SslStream, CancellationToken, Task> authenticate,
        CancellationToken cancel)
    {
        var below = new SocketStream(socket, queue);
        var stream = new SslStream(below, leaveInnerStreamOpen: false);
        using var timeout = new CancellationTokenSource((options.Tls ?? TlsOptions.Default).HandshakeTimeout, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            await authenticate(stream, limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            if (failure is OperationCanceledException && !cancel.IsCancellationRequested) throw new SocketException((int)SocketError.TimedOut);
            throw;
        }

        below.LeavesSocketThread = false;
        return new TlsChannel(stream, queue, options.MaxBacklog);
    }

    private static SslServerAuthenticationOptions Server(TlsOptions tls, string name)
    {
        var certificate = (name.Length > 0 ? tls.CertificateFor?.Invoke(name) : null) ?? tls.Certificate
            ?? throw new AuthenticationException($"There is no certificate for the server name '{name}'.");
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate.Current(),
            EnabledSslProtocols = tls.Protocols,
            ClientCertificateRequired = tls.VerifyPeer,
            CertificateChainPolicy = ChainPolicy(tls, "1.3.6.1.5.5.7.3.2"),
            AllowRenegotiation = false,
        };
    }

    private static SslClientAuthenticationOptions Client(TlsOptions tls, NetAddress remote)
    {
        var options = new SslClientAuthenticationOptions
        {
            // An address is never sent as a server name (RFC 6066 §3), but it is verified.
            TargetHost = tls.ServerName ?? (tls.VerifyPeer ? remote.Host : string.Empty),
            ClientCertificateContext = tls.Certificate?.Current(),
            EnabledSslProtocols = tls.Protocols,
            CertificateChainPolicy = ChainPolicy(tls, "1.3.6.1.5.5.7.3.1"),
            AllowRenegotiation = false,
        };

        // Unless the operator asks for verification any certificate will do, as with drachtio-server.
        options.RemoteCertificateValidationCallback = (_, _, _, errors) => !tls.VerifyPeer || errors == SslPolicyErrors.None;
        return options;
    }

    private static X509ChainPolicy? ChainPolicy(TlsOptions tls, string purpose)
    {
        if (tls.TrustedRoots is null) return null;
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(tls.TrustedRoots);
        policy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid(purpose));
        return policy;
    }
}
