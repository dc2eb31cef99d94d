using System.Text;
using CallActors.Sip.Messages;

namespace CallActors.Control;

/// <summary>The SIP text of a frame that goes to a client: a message's bytes, and the two things that clients cannot do without.</summary>
/// <remarks>
/// Header text passes unmodified, with two exceptions for messages from the network, both legal SIP that the client library would
/// mutilate or drop. A body without Content-Length (a datagram may leave it out, RFC 3261 §18.3) gets one, as the last header field:
/// the library would keep only what stands before the next empty line. And <c>sip/2.0</c> in the start line becomes <c>SIP/2.0</c>
/// (RFC 3261 §7.1 compares it without case, the library does not).
/// </remarks>
public readonly ref struct SipText
{
    private readonly ReadOnlySpan<byte> _bytes;

    // Behind the three letters of the version that are to be raised, and where Content-Length is missing; 0 where nothing is to be done.
    private readonly int _version;
    private readonly int _missingLength;

    /// <summary>Text that is passed on as it is.</summary>
    public SipText(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        Length = bytes.Length;
    }

    /// <summary>A message.</summary>
    public SipText(SipMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        _bytes = message.Bytes;
        Length = _bytes.Length;

        var version = "SIP"u8.Length + (message is SipRequest request ? request.MethodName.Length + request.RequestUri.Length + 2 : 0);
        if (_bytes.Length >= version && Ascii.EqualsIgnoreCase(_bytes[(version - 3)..version], "sip"u8)) _version = version;

        var body = message.Body.Length;
        if (body == 0 || message.Has(SipHeaderId.ContentLength)) return;
        _missingLength = _bytes.Length - body - "\r\n"u8.Length;
        Length += LengthLine.Length + ControlFrameWriter.Digits(body) + "\r\n"u8.Length;
    }

    /// <summary>How long the text is, in bytes.</summary>
    public int Length { get; }

    private static ReadOnlySpan<byte> LengthLine => "Content-Length: "u8;

    /// <summary>Text that is passed on as it is.</summary>
    public static implicit operator SipText(ReadOnlySpan<byte> bytes) => new(bytes);

    /// <summary>Text that is passed on as it is.</summary>
    public static implicit operator SipText(byte[] bytes) => new(bytes);

    /// <summary>A message.</summary>
    public static implicit operator SipText(SipMessage message) => new(message);

    /// <summary>Writes the text, <see cref="Length"/> bytes.</summary>
    internal void WriteTo(ref ControlFrameWriter frame)
    {
        var done = 0;
        if (_version > 0)
        {
            frame.Bytes(_bytes[..(_version - 3)]);
            frame.Bytes("SIP"u8);
            done = _version;
        }
        if (_missingLength > 0)
        {
            frame.Bytes(_bytes[done.._missingLength]);
            frame.Bytes(LengthLine);
            frame.Number(_bytes.Length - _missingLength - "\r\n"u8.Length);
            frame.Bytes("\r\n"u8);
            done = _missingLength;
        }
        frame.Bytes(_bytes[done..]);
    }
}
