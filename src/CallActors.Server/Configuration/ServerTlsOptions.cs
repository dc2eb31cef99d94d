using System.Security.Authentication;

namespace CallActors.Server.Configuration;

/// <summary>The certificate that the server shows, as PEM files that are read again when they change.</summary>
public sealed record ServerTlsOptions
{
    /// <summary>The private key, PEM; null when there is none.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The certificate, PEM; null when <see cref="ChainFile"/> begins with it.</summary>
    public string? CertFile { get; init; }

    /// <summary>The certificates between ours and the root, PEM.</summary>
    public string? ChainFile { get; init; }

    /// <summary>The oldest version that is spoken.</summary>
    public TlsVersion MinVersion { get; init; } = TlsVersion.Tls12;

    /// <summary>True when there is a key and a certificate to show.</summary>
    public bool IsComplete => KeyFile is not null && (CertFile ?? ChainFile) is not null;

    /// <summary>The versions that are spoken, as .NET names them.</summary>
    public SslProtocols Protocols => MinVersion is TlsVersion.Tls13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13;
}

/// <summary>A version of TLS that is offered. Versions 1.0 and 1.1 are not: RFC 8996 retired them.</summary>
public enum TlsVersion : byte
{
    /// <summary>TLS 1.2, RFC 5246.</summary>
    Tls12,

    /// <summary>TLS 1.3, RFC 8446.</summary>
    Tls13,
}
