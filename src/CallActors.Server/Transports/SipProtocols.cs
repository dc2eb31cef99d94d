using CallActors.Net;

namespace CallActors.Server.Transports;

/// <summary>The names of transport protocols in URIs, Via and the control protocol.</summary>
internal static class SipProtocols
{
    /// <summary>Reads a <c>transport</c> parameter, any case (RFC 3261 §19.1.1, RFC 7118 §5.2).</summary>
    public static bool TryParse(ReadOnlySpan<byte> name, out NetProtocol protocol)
    {
        (var known, protocol) = name switch
        {
            _ when System.Text.Ascii.EqualsIgnoreCase(name, "udp"u8) => (true, NetProtocol.Udp),
            _ when System.Text.Ascii.EqualsIgnoreCase(name, "tcp"u8) => (true, NetProtocol.Tcp),
            _ when System.Text.Ascii.EqualsIgnoreCase(name, "tls"u8) => (true, NetProtocol.Tls),
            _ when System.Text.Ascii.EqualsIgnoreCase(name, "ws"u8) => (true, NetProtocol.Ws),
            _ when System.Text.Ascii.EqualsIgnoreCase(name, "wss"u8) => (true, NetProtocol.Wss),
            _ => (false, NetProtocol.Udp),
        };
        return known;
    }

    /// <summary>Via's name of a protocol: RFC 3261 §20.42, RFC 7118 §5.1.</summary>
    public static ReadOnlySpan<byte> ViaName(NetProtocol protocol) => protocol switch
    {
        NetProtocol.Udp => "UDP"u8,
        NetProtocol.Tcp => "TCP"u8,
        NetProtocol.Tls => "TLS"u8,
        NetProtocol.Ws => "WS"u8,
        _ => "WSS"u8,
    };

    /// <summary>The name in a URI and in a log.</summary>
    public static ReadOnlySpan<byte> Name(NetProtocol protocol) => protocol switch
    {
        NetProtocol.Udp => "udp"u8,
        NetProtocol.Tcp => "tcp"u8,
        NetProtocol.Tls => "tls"u8,
        NetProtocol.Ws => "ws"u8,
        _ => "wss"u8,
    };

    /// <summary>The protocol token of the control protocol: WebSocket counts as TCP (specification 1.8.1).</summary>
    public static ReadOnlySpan<byte> Token(NetProtocol protocol) => protocol switch
    {
        NetProtocol.Udp => "udp"u8,
        NetProtocol.Tls => "tls"u8,
        _ => "tcp"u8,
    };

    /// <summary>The port where a URI names none: RFC 3261 §19.1.2, RFC 7118 §5.2.</summary>
    public static int DefaultPort(NetProtocol protocol) => protocol switch
    {
        NetProtocol.Tls => 5061,
        NetProtocol.Ws => 80,
        NetProtocol.Wss => 443,
        _ => 5060,
    };
}
