using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CallActors.Benchmarks.Application;

/// <summary>
/// A control client that plays what a drachtio-srf application sends for a UAS call: the same frames, of the same shape and
/// size, each in a write of its own, as Node's sockets do. One thread, blocking reads. It exists because a Node application
/// fills a core at about 1,600 calls/s, long before the server does.
/// </summary>
/// <remarks>It shares no code with the server under test, so that a mistake in the framing cannot hide on both ends.</remarks>
internal sealed class LeanApplication : IDisposable
{
    private static readonly byte[] Sdp = Encoding.ASCII.GetBytes(
        "v=0\r\no=- 20518 0 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0 101\r\n"
        + "a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=sendrecv\r\n");

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly bool _batched;
    private readonly byte[] _payload = new byte[64 * 1024];
    private byte[] _out = new byte[1024 * 1024];
    private int _outLength;
    private int _payloadLength;
    private long _messages;

    private LeanApplication(IPEndPoint server, bool batched)
    {
        _batched = batched;
        _socket.Connect(server);
    }

    public static int Run(Arguments arguments)
    {
        var server = new IPEndPoint(IPAddress.Parse(arguments.Text("host") ?? "127.0.0.1"), arguments.Number("port", 9022));
        using var application = new LeanApplication(server, arguments.Flag("batched"));
        application.Command("authenticate|" + (arguments.Text("secret") ?? "cymru") + "|");
        application.Command("route|invite");
        application.Serve();
        return 0;
    }

    public void Dispose() => _socket.Dispose();

    private void Serve()
    {
        var buffer = new byte[1024 * 1024];
        var length = 0;
        while (true)
        {
            if (length == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
            var read = _socket.Receive(buffer.AsSpan(length), SocketFlags.None);
            if (read == 0) return;
            length += read;

            var start = 0;
            while (TryFrame(buffer.AsSpan(start, length - start), out var payload, out var consumed))
            {
                Handle(payload);
                start += consumed;
            }

            buffer.AsSpan(start, length - start).CopyTo(buffer);
            length -= start;
            Flush();
        }
    }

    private static bool TryFrame(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> payload, out int consumed)
    {
        payload = default;
        consumed = 0;
        var hash = bytes.IndexOf((byte)'#');
        if (hash <= 0) return false;
        var size = int.Parse(bytes[..hash], NumberStyles.None, CultureInfo.InvariantCulture);
        if (bytes.Length < hash + 1 + size) return false;
        payload = bytes.Slice(hash + 1, size);
        consumed = hash + 1 + size;
        return true;
    }

    private void Handle(ReadOnlySpan<byte> payload)
    {
        var end = payload.IndexOf("\r\n"u8);
        var meta = end < 0 ? payload : payload[..end];
        if (!Token(meta, 1).SequenceEqual("sip"u8))
        {
            if (Token(meta, 3).StartsWith("NO"u8)) Console.Error.WriteLine(Encoding.UTF8.GetString(payload));
            return;
        }

        var sip = payload[(end + 2)..];
        if (sip.StartsWith("INVITE sip:486@"u8)) Respond(Token(meta, 8), "486 Busy Here"u8, sip, []);
        else if (sip.StartsWith("INVITE "u8)) Respond(Token(meta, 8), "200 OK"u8, sip, Sdp);
        else if (!sip.StartsWith("ACK "u8) && !sip.StartsWith("CANCEL "u8)) Respond(Token(meta, 8), "200 OK"u8, sip, []);
    }

    private static ReadOnlySpan<byte> Token(ReadOnlySpan<byte> meta, int index)
    {
        for (; index > 0; index--)
        {
            var bar = meta.IndexOf((byte)'|');
            if (bar < 0) return default;
            meta = meta[(bar + 1)..];
        }

        var next = meta.IndexOf((byte)'|');
        return next < 0 ? meta : meta[..next];
    }

    private static ReadOnlySpan<byte> Header(ReadOnlySpan<byte> sip, ReadOnlySpan<byte> lineStart)
    {
        var at = sip.IndexOf(lineStart);
        if (at < 0) return default;
        var value = sip[(at + lineStart.Length)..];
        return value[..value.IndexOf("\r\n"u8)].TrimStart((byte)' ');
    }

    private void Respond(ReadOnlySpan<byte> transaction, ReadOnlySpan<byte> status, ReadOnlySpan<byte> request, ReadOnlySpan<byte> body)
    {
        Begin().Put("sip|"u8).Put(transaction).Put("|\r\nSIP/2.0 "u8).Put(status)
            .Put("\r\nCall-ID: "u8).Put(Header(request, "\r\nCall-ID:"u8))
            .Put("\r\ncseq: "u8).Put(Header(request, "\r\nCSeq:"u8))
            .Put("\r\nfrom: "u8).Put(Header(request, "\r\nFrom:"u8))
            .Put("\r\nto: "u8).Put(Header(request, "\r\nTo:"u8))
            .Put("\r\nContent-Length: "u8).Put(body.Length).Put("\r\n\r\n"u8).Put(body)
            .End();
        if (!_batched) Flush();
    }

    private void Command(string text)
    {
        Begin().Put(Encoding.ASCII.GetBytes(text)).End();
        Flush();
    }

    // A message id in the shape of a UUID: what matters is its length.
    private LeanApplication Begin()
    {
        _payloadLength = 0;
        Span<byte> id = stackalloc byte[36];
        new Guid((int)(++_messages >> 16), (short)_messages, 0x4a00, 0x80, 1, 2, 3, 4, 5, 6, 7).TryFormat(id, out _);
        return Put(id).Put("|"u8);
    }

    private LeanApplication Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_payload.AsSpan(_payloadLength));
        _payloadLength += bytes.Length;
        return this;
    }

    private LeanApplication Put(int number)
    {
        number.TryFormat(_payload.AsSpan(_payloadLength), out var digits, default, CultureInfo.InvariantCulture);
        _payloadLength += digits;
        return this;
    }

    private void End() => Send(_payload.AsSpan(0, _payloadLength));

    private void Send(ReadOnlySpan<byte> payload)
    {
        if (_outLength + payload.Length + 16 > _out.Length) Array.Resize(ref _out, _out.Length * 2);
        payload.Length.TryFormat(_out.AsSpan(_outLength), out var digits, default, CultureInfo.InvariantCulture);
        _outLength += digits;
        _out[_outLength++] = (byte)'#';
        payload.CopyTo(_out.AsSpan(_outLength));
        _outLength += payload.Length;
    }

    private void Flush()
    {
        for (var sent = 0; sent < _outLength;)
            sent += _socket.Send(_out.AsSpan(sent, _outLength - sent), SocketFlags.None);
        _outLength = 0;
    }
}
