using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CallActors.EndToEnd.Harness;

/// <summary>A SIP peer without a stack: bytes out, messages in, for what SIPp would never send.</summary>
internal abstract class RawPeer : IDisposable
{
    private readonly List<TracedMessage> _passedOver = [];
    private int _counter;

    /// <summary>Latin 1: each byte is one character, so that broken messages survive.</summary>
    internal static Encoding Bytes => Encoding.Latin1;

    internal abstract IPEndPoint Local { get; }

    /// <summary><c>UDP</c> or <c>TCP</c>.</summary>
    internal abstract string Transport { get; }

    internal string Contact => $"<sip:raw@{Local};transport={Transport.ToLowerInvariant()}>";

    internal Task SendAsync(string message) => SendAsync(Bytes.GetBytes(message));

    internal abstract Task SendAsync(ReadOnlyMemory<byte> message);

    /// <summary>The next message that fits, or null when none comes in time; others are kept for later.</summary>
    internal async Task<TracedMessage?> ReceiveAsync(Func<TracedMessage, bool> fits, int milliseconds = 5000)
    {
        for (var index = 0; index < _passedOver.Count; index++)
        {
            var earlier = _passedOver[index];
            if (!fits(earlier))
                continue;
            _passedOver.RemoveAt(index);
            return earlier;
        }

        using var limit = new CancellationTokenSource(milliseconds);
        try
        {
            while (await ReadAsync(limit.Token) is { } message)
            {
                if (fits(message))
                    return message;
                _passedOver.Add(message);
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (IOException)
        {
            // The server closed the connection; whoever waits for a message learns that none came.
        }

        return null;
    }

    internal Task<TracedMessage?> ReceiveAsync(int status, string method, int milliseconds = 5000) =>
        ReceiveAsync(message => message.Status == status && message.Method == method, milliseconds);

    internal Task<TracedMessage?> ReceiveAsync(string method, int milliseconds = 5000) =>
        ReceiveAsync(message => !message.IsResponse && message.Method == method, milliseconds);

    /// <summary>A name that no other message of this run has.</summary>
    internal string Unique(string prefix) => $"{prefix}{Local.Port}x{++_counter}x{Guid.NewGuid():N}"[..24];

    /// <summary>A whole request outside a dialog, with a branch, tag and Call-ID of its own unless they are given.</summary>
    internal string Request(string method, IPEndPoint server, string? callId = null, string? body = null, int sequence = 1, string[]? headers = null,
        string? from = null)
    {
        var text = new StringBuilder();
        text.Append($"{method} sip:service@{server} SIP/2.0\r\n")
            .Append($"Via: SIP/2.0/{Transport} {Local};branch=z9hG4bK{Unique("")}\r\n")
            .Append($"From: {from ?? $"<sip:raw@{Local}>;tag={Unique("t")}"}\r\n")
            .Append($"To: <sip:service@{server}>\r\n")
            .Append($"Call-ID: {callId ?? Unique("c")}\r\n")
            .Append($"CSeq: {sequence} {method}\r\n")
            .Append("Max-Forwards: 70\r\n");
        if (method is "INVITE" or "SUBSCRIBE" && headers?.Any(header => header.StartsWith("Contact:", StringComparison.Ordinal)) != true)
            text.Append($"Contact: {Contact}\r\n");
        foreach (var header in headers ?? [])
            text.Append(header).Append("\r\n");
        if (body is not null && headers?.Any(header => header.StartsWith("Content-Type", StringComparison.Ordinal)) != true)
            text.Append("Content-Type: application/sdp\r\n");
        return text.Append($"Content-Length: {Bytes.GetByteCount(body ?? "")}\r\n\r\n{body}").ToString();
    }

    /// <summary>An answer to a received request, with this side's tag where it needs one.</summary>
    internal string Response(TracedMessage request, int status, string tag = "rawtag", string? body = null, params string[] headers)
    {
        var text = new StringBuilder($"SIP/2.0 {status} Raw\r\n");
        foreach (var line in request.Text.Split("\r\n\r\n")[0].Split("\r\n").Skip(1))
        {
            var name = line.Split(':')[0].Trim().ToLowerInvariant();
            if (name == "to" && !line.Contains("tag=", StringComparison.OrdinalIgnoreCase) && status > 100)
                text.Append(line).Append(";tag=").Append(tag).Append("\r\n");
            else if (name is "via" or "from" or "to" or "call-id" or "cseq" or "record-route")
                text.Append(line).Append("\r\n");
        }

        if (request.Method is "INVITE" or "SUBSCRIBE" && status < 300)
            text.Append($"Contact: {Contact}\r\n");
        foreach (var header in headers)
            text.Append(header).Append("\r\n");
        if (body is not null)
            text.Append("Content-Type: application/sdp\r\n");
        return text.Append($"Content-Length: {Bytes.GetByteCount(body ?? "")}\r\n\r\n{body}").ToString();
    }

    public abstract void Dispose();

    /// <summary>One whole message; null at the end of the stream.</summary>
    private protected abstract Task<TracedMessage?> ReadAsync(CancellationToken cancel);
}

/// <summary>Over UDP.</summary>
internal sealed class UdpPeer : RawPeer
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 };
    private readonly byte[] _buffer = new byte[65536];
    private readonly IPEndPoint _server;

    internal UdpPeer(IPEndPoint server, IPAddress? local = null)
    {
        _server = server;
        _socket.Bind(new IPEndPoint(local ?? IPAddress.Loopback, 0));
    }

    internal override IPEndPoint Local => (IPEndPoint)_socket.LocalEndPoint!;

    internal override string Transport => "UDP";

    internal override async Task SendAsync(ReadOnlyMemory<byte> message) => await _socket.SendToAsync(message, _server);

    public override void Dispose() => _socket.Dispose();

    private protected override async Task<TracedMessage?> ReadAsync(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                var count = await _socket.ReceiveAsync(_buffer, cancel);
                return new TracedMessage(false, "", Bytes.GetString(_buffer, 0, count));
            }
            catch (SocketException)
            {
                // ICMP told of an earlier datagram that met nobody.
            }
        }
    }
}

/// <summary>Over TCP.</summary>
internal sealed class TcpPeer : RawPeer
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[65536];
    private string _read = "";

    private TcpPeer()
    {
    }

    internal override IPEndPoint Local => (IPEndPoint)_socket.LocalEndPoint!;

    internal override string Transport => "TCP";

    /// <summary>True once the server has closed its side.</summary>
    internal bool IsClosed { get; private set; }

    internal static async Task<TcpPeer> ConnectAsync(IPEndPoint server)
    {
        var peer = new TcpPeer();
        await peer._socket.ConnectAsync(server);
        return peer;
    }

    internal override async Task SendAsync(ReadOnlyMemory<byte> message)
    {
        while (message.Length > 0)
            message = message[await _socket.SendAsync(message)..];
    }

    /// <summary>Bytes as they come, for what is no SIP message; empty at the end of the stream or when nothing came in time.</summary>
    internal async Task<string> ReadBytesAsync(int milliseconds = 5000)
    {
        if (_read.Length == 0)
        {
            using var limit = new CancellationTokenSource(milliseconds);
            try
            {
                await FillAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
            }
        }

        (var bytes, _read) = (_read, "");
        return bytes;
    }

    /// <summary>True when the server closes the connection in time; what still arrives is thrown away.</summary>
    internal async Task<bool> IsClosedWithinAsync(int milliseconds)
    {
        using var limit = new CancellationTokenSource(milliseconds);
        try
        {
            while (!IsClosed)
                await FillAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public override void Dispose() => _socket.Dispose();

    private protected override async Task<TracedMessage?> ReadAsync(CancellationToken cancel)
    {
        while (true)
        {
            _read = _read.TrimStart('\r', '\n');
            var end = _read.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                var length = int.TryParse(new TracedMessage(false, "", _read[..(end + 2)]).Header("Content-Length"), out var given) ? given : 0;
                if (_read.Length >= end + 4 + length)
                {
                    var message = new TracedMessage(false, "", _read[..(end + 4 + length)]);
                    _read = _read[(end + 4 + length)..];
                    return message;
                }
            }

            if (IsClosed)
                return null;
            await FillAsync(cancel);
        }
    }

    private async Task FillAsync(CancellationToken cancel)
    {
        try
        {
            var count = await _socket.ReceiveAsync(_buffer, cancel);
            _read += Bytes.GetString(_buffer, 0, count);
            IsClosed = count == 0;
        }
        catch (SocketException)
        {
            IsClosed = true;
        }
    }
}
