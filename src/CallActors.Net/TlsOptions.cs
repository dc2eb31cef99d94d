using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace CallActors.Net;

/// <summary>How TLS is done on stream connections.</summary>
public sealed record TlsOptions
{
    /// <summary>What holds for outbound connections unless somebody says otherwise.</summary>
    public static readonly TlsOptions Default = new();

    /// <summary>Our certificate: needed to listen; shown when connecting if the peer asks for one.</summary>
    public TlsCertificate? Certificate { get; init; }

    /// <summary>A listener's certificate for the server name that the peer asked for (RFC 6066 §3); null for <see cref="Certificate"/>.</summary>
    public Func<string, TlsCertificate?>? CertificateFor { get; init; }

    /// <summary>The versions allowed.</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>Whether the peer must show a valid certificate. When connecting it must also be for <see cref="ServerName"/>.</summary>
    public bool VerifyPeer { get; init; }

    /// <summary>When connecting: the name asked for and verified; null asks for none, and then verification takes the address.</summary>
    public string? ServerName { get; init; }

    /// <summary>Whom verification trusts; null for those the system trusts.</summary>
    public X509Certificate2Collection? TrustedRoots { get; init; }

    /// <summary>How long a handshake may take.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
