using System.Net;
using CallActors.Net;
using CallActors.Sip.Messages;

namespace CallActors.TestKit;

/// <summary>Where a message goes to or came from.</summary>
internal sealed record Hop(NetAddress Address, NetProtocol Protocol, IStreamConnection? Connection = null)
{
    /// <summary>Whether nothing is lost on the way.</summary>
    public bool IsReliable => Protocol != NetProtocol.Udp;
}

/// <summary>A phone's end of the network: a datagram socket and a listener for streams at one address.</summary>
internal sealed class PhoneLine : IDatagramReceiver
{
    private const int SipPort = 5060;

    private readonly Dictionary<NetAddress, IStreamConnection> _connections = [];
    private readonly Action<SipMessage, Hop> _arrived;
    private readonly Action<byte[], Hop> _unreadable;
    private readonly IDatagramSocket _socket;
    private readonly INetwork _network;

    public PhoneLine(INetwork network, IPAddress address, Action<SipMessage, Hop> arrived, Action<byte[], Hop> unreadable)
    {
        (_network, _arrived, _unreadable) = (network, arrived, unreadable);
        var local = new IPEndPoint(address, SipPort);
        _socket = network.OpenDatagram(local, DatagramOptions.Default, this);
        network.ListenAsync(local, NetProtocol.Tcp, StreamOptions.Default, connection => new Stream(this, connection)).GetAwaiter().GetResult();
    }

    /// <summary>Its address.</summary>
    public NetAddress Local => _socket.Local;

    /// <summary>Sends bytes; on a stream that has to be made first they are lost when it cannot.</summary>
    public void Send(ReadOnlySpan<byte> bytes, Hop hop)
    {
        if (hop.Protocol == NetProtocol.Udp)
        {
            _socket.Send(bytes, hop.Address);
            return;
        }

        var connection = hop.Connection is { IsOpen: true } ? hop.Connection : Connect(hop);
        connection?.Write(bytes);
        connection?.Flush();
    }

    /// <inheritdoc/>
    public void OnDatagram(IDatagramSocket socket, ReadOnlySpan<byte> datagram, NetAddress source)
    {
        var hop = new Hop(source, NetProtocol.Udp);
        // Pings of RFC 5626 and the like want nothing of a script.
        if (datagram.TrimEnd("\r\n\0 "u8).IsEmpty) return;
        if (SipParser.Parse(datagram, new ViaStamp(source.HostUtf8, source.Port)) is { Status: SipParseStatus.Message, Message: { } message }) _arrived(message, hop);
        else _unreadable(datagram.ToArray(), hop);
    }

    /// <inheritdoc/>
    public void OnBatchEnd(IDatagramSocket socket)
    {
    }

    private IStreamConnection? Connect(Hop hop)
    {
        if (_connections.TryGetValue(hop.Address, out var known) && known.IsOpen) return known;
        var attempt = _network.ConnectAsync(hop.Address, hop.Protocol, StreamOptions.Default, connection => new Stream(this, connection));
        return attempt.IsCompletedSuccessfully ? _connections[hop.Address] = attempt.Result : null;
    }

    private sealed class Stream(PhoneLine line, IStreamConnection connection) : IStreamReceiver
    {
        private readonly Hop _hop = new(connection.Remote, connection.Protocol, connection);
        private SipStreamFramer _framer = new(null);

        public int OnBytes(ReadOnlySpan<byte> buffered)
        {
            var at = 0;
            while (true)
            {
                var frame = _framer.Next(buffered[at..]);
                if (frame.Kind == SipFrameKind.NeedMore) return at;
                if (frame.Kind == SipFrameKind.Broken)
                {
                    line._unreadable(buffered[at..].ToArray(), _hop);
                    return buffered.Length;
                }

                if (frame.Kind == SipFrameKind.Message) Take(buffered.Slice(at, frame.Length));
                at += frame.Length;
            }
        }

        public void OnBatchEnd()
        {
        }

        public void OnClosed(string? reason)
        {
        }

        private void Take(ReadOnlySpan<byte> bytes)
        {
            var stamp = new ViaStamp(_hop.Address.HostUtf8, _hop.Address.Port);
            if (SipParser.Parse(bytes, stamp, isStream: true) is { Status: SipParseStatus.Message, Message: { } message }) line._arrived(message, _hop);
            else line._unreadable(bytes.ToArray(), _hop);
        }
    }
}
