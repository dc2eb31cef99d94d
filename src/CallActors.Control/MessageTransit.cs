namespace CallActors.Control;

/// <summary>Who a SIP message comes from: token <c>network</c> or <c>application</c>.</summary>
public enum MessageSource : byte
{
    /// <summary>Received from the network, or made by the server in its place (a time-out's 408).</summary>
    Network,

    /// <summary>Sent: by an application, or by the server of its own accord.</summary>
    Application,
}

/// <summary>The transport as the protocol names it, in lower case.</summary>
public enum MessageTransport : byte
{
    /// <summary>Not known, or not known yet.</summary>
    Unknown,

    /// <summary>UDP.</summary>
    Udp,

    /// <summary>TCP. Clients that expect the original's tokens are told this for WebSockets too; the host decides.</summary>
    Tcp,

    /// <summary>TLS.</summary>
    Tls,

    /// <summary>WebSocket.</summary>
    Ws,

    /// <summary>WebSocket over TLS.</summary>
    Wss,
}

/// <summary>When and where a SIP message passed between server and network: the six tokens from <c>source</c> to <c>time</c>.</summary>
/// <param name="source">Received or sent.</param>
/// <param name="size">The message's size on the network in bytes; 0 for one that never was on it.</param>
/// <param name="transport">The transport.</param>
/// <param name="address">The other end's address as text, without brackets; may be empty.</param>
/// <param name="port">The other end's port, 0 when there is none.</param>
/// <param name="time">When: the time since midnight UTC.</param>
public readonly ref struct MessageTransit(
    MessageSource source, int size, MessageTransport transport, ReadOnlySpan<byte> address, int port, TimeSpan time)
{
    /// <summary>The same from a point in time, of which the protocol carries the time of day in UTC.</summary>
    public MessageTransit(MessageSource source, int size, MessageTransport transport, ReadOnlySpan<byte> address, int port, DateTimeOffset time)
        : this(source, size, transport, address, port, ControlTime.OfDay(time))
    {
    }

    /// <summary>Received or sent.</summary>
    public MessageSource Source { get; } = source;

    /// <summary>The message's size on the network in bytes; 0 for one that never was on it.</summary>
    public int Size { get; } = size;

    /// <summary>The transport.</summary>
    public MessageTransport Transport { get; } = transport;

    /// <summary>The other end's address as text, without brackets; may be empty.</summary>
    public ReadOnlySpan<byte> Address { get; } = address;

    /// <summary>The other end's port, 0 when there is none.</summary>
    public int Port { get; } = port;

    /// <summary>When: the time since midnight UTC.</summary>
    public TimeSpan Time { get; } = time;

    /// <summary>A response that the server makes because none came: a time-out, an unreachable next hop.</summary>
    public static MessageTransit Synthetic(MessageTransport transport, DateTimeOffset time) => new(MessageSource.Network, 0, transport, default, 0, time);
}

/// <summary>The words for <see cref="MessageSource"/> and <see cref="MessageTransport"/> on the wire.</summary>
public static class MessageTransits
{
    /// <summary><c>network</c> or <c>application</c>.</summary>
    public static ReadOnlySpan<byte> Name(this MessageSource source) => source == MessageSource.Network ? "network"u8 : "application"u8;

    /// <summary><c>udp</c>, <c>tcp</c>, <c>tls</c>, <c>ws</c>, <c>wss</c> or <c>unknown</c>.</summary>
    public static ReadOnlySpan<byte> Name(this MessageTransport transport) => transport switch
    {
        MessageTransport.Udp => "udp"u8,
        MessageTransport.Tcp => "tcp"u8,
        MessageTransport.Tls => "tls"u8,
        MessageTransport.Ws => "ws"u8,
        MessageTransport.Wss => "wss"u8,
        _ => "unknown"u8,
    };

    /// <summary>The source named so; false for any other word.</summary>
    public static bool TryFind(ReadOnlySpan<byte> name, out MessageSource source)
    {
        source = name.SequenceEqual("application"u8) ? MessageSource.Application : MessageSource.Network;
        return name.SequenceEqual(source.Name());
    }

    /// <summary>The transport named so; <see cref="MessageTransport.Unknown"/> for every word that is none.</summary>
    public static MessageTransport FindTransport(ReadOnlySpan<byte> name)
    {
        for (var transport = MessageTransport.Udp; transport <= MessageTransport.Wss; transport++)
            if (name.SequenceEqual(transport.Name())) return transport;
        return MessageTransport.Unknown;
    }
}
