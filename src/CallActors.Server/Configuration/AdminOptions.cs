namespace CallActors.Server.Configuration;

/// <summary>The control port: where applications connect.</summary>
public sealed record AdminOptions
{
    /// <summary>The secret of a server that runs without a configuration file, as in drachtio's samples.</summary>
    public const string SampleSecret = "cymru";

    /// <summary>The secret of a configuration file that names none.</summary>
    public const string FileSecret = "admin";

    /// <summary>The TCP port when no port at all is configured.</summary>
    public const int DefaultPort = 9022;

    /// <summary>The address to bind, an IP literal or a host name. Loopback unless someone says otherwise: the secret is all that guards the port.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>The TCP port; null for no listener, 0 for a port of the system's choice.</summary>
    public int? TcpPort { get; init; } = DefaultPort;

    /// <summary>The TLS port; null for no listener, 0 for a port of the system's choice.</summary>
    public int? TlsPort { get; init; }

    /// <summary>What an application must know; compared exactly, never logged.</summary>
    public string Secret { get; init; } = SampleSecret;

    /// <summary>The time between keep-alive probes of an idle connection; zero for none.</summary>
    public TimeSpan TcpKeepAlive { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>The record's text, without the secret.</summary>
    public override string ToString() => $"AdminOptions {{ Address = {Address}, TcpPort = {TcpPort}, TlsPort = {TlsPort}, TcpKeepAlive = {TcpKeepAlive} }}";
}
