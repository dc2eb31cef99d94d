namespace CallActors.Net;

/// <summary>How bytes travel; the names of RFC 3261 §19.1.1 and RFC 7118 §5 for a URI's transport parameter.</summary>
public enum NetProtocol : byte
{
    /// <summary>Datagrams.</summary>
    Udp,

    /// <summary>A plain stream.</summary>
    Tcp,

    /// <summary>A stream under TLS.</summary>
    Tls,

    /// <summary>WebSocket over a plain stream.</summary>
    Ws,

    /// <summary>WebSocket over TLS.</summary>
    Wss,
}
