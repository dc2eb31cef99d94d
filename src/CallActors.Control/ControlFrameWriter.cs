using System.Buffers;
using System.Buffers.Text;

namespace CallActors.Control;

/// <summary>Writes one frame into a span of exactly its size: the length of every token is known before the first byte is written.</summary>
/// <remarks>
/// A layout adds up its payload, opens the frame (which writes the count), writes its tokens, and closes it. A sum that does not agree
/// with what was written is our own mistake and throws before anything is handed to the buffer writer's reader.
/// </remarks>
public ref struct ControlFrameWriter
{
    private readonly IBufferWriter<byte> _output;
    private readonly int _length;
    private Span<byte> _rest;

    private ControlFrameWriter(IBufferWriter<byte> output, int payload)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(payload); // an empty frame kills clients
        var header = Digits(payload) + 1;
        _output = output;
        _length = header + payload;
        _rest = output.GetSpan(_length)[.._length];
        Number(payload);
        _rest[0] = (byte)'#';
        _rest = _rest[1..];
    }

    /// <summary>Opens a frame whose payload will have exactly <paramref name="payloadLength"/> bytes.</summary>
    public static ControlFrameWriter Open(IBufferWriter<byte> output, int payloadLength) => new(output, payloadLength);

    /// <summary>Writes a payload that is already whole, as one frame.</summary>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> payload)
    {
        var frame = Open(output, payload.Length);
        frame.Bytes(payload);
        frame.Close();
    }

    /// <summary>Opens a frame and writes its id and its type, which stands between bars.</summary>
    internal static ControlFrameWriter Begin(IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> type, int rest)
    {
        var frame = Open(output, id.Length + type.Length + rest);
        frame.Token(id);
        frame.Bytes(type);
        return frame;
    }

    /// <summary>Writes a frame about what is kept: <c>id|type|key|incarnation|names</c>, and the bytes behind it. Three of the extensions have this layout.</summary>
    internal static void WriteKept(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> type, ReadOnlySpan<byte> key, int incarnation, ReadOnlySpan<byte> names, ReadOnlySpan<byte> bytes)
    {
        var frame = Begin(output, id, type, key.Length + 1 + Digits(incarnation) + 1 + names.Length + 2 + bytes.Length);
        frame.Token(key);
        frame.Next(incarnation);
        frame.Next(names);
        frame.Bytes("\r\n"u8);
        frame.Bytes(bytes);
        frame.Close();
    }

    /// <summary>Writes bytes as they are: SIP text, separators, literals.</summary>
    public void Bytes(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_rest);
        _rest = _rest[bytes.Length..];
    }

    /// <summary>Writes a number that is not negative.</summary>
    public void Number(int number)
    {
        if (number < 0 || !Utf8Formatter.TryFormat(number, _rest, out var written))
            throw new ArgumentOutOfRangeException(nameof(number), number, "Not a number that the protocol can carry here.");
        _rest = _rest[written..];
    }

    /// <summary>Writes a token; what no token may contain is replaced as <see cref="ControlTokens"/> says.</summary>
    public void Token(scoped ReadOnlySpan<byte> token)
    {
        token.CopyTo(_rest);
        ControlTokens.Clean(_rest[..token.Length]);
        _rest = _rest[token.Length..];
    }

    /// <summary>Writes several tokens that are already joined by <c>|</c>; line ends in them are replaced.</summary>
    public void Tokens(scoped ReadOnlySpan<byte> tokens)
    {
        tokens.CopyTo(_rest);
        ControlTokens.CleanLine(_rest[..tokens.Length]);
        _rest = _rest[tokens.Length..];
    }

    /// <summary>Writes <c>|</c> and a token.</summary>
    public void Next(scoped ReadOnlySpan<byte> token)
    {
        Bar();
        Token(token);
    }

    /// <summary>Writes <c>|</c> and a number that is not negative.</summary>
    public void Next(int number)
    {
        Bar();
        Number(number);
    }

    /// <summary>Writes <c>|</c> and the six tokens of a transit.</summary>
    public void Next(scoped in MessageTransit transit)
    {
        Bar();
        Bytes(transit.Source.Name());
        Next(transit.Size);
        Bar();
        Bytes(transit.Transport.Name());
        Next(transit.Address);
        Next(transit.Port);
        Next(transit.Time);
    }

    /// <summary>Writes <c>|</c> and a time token.</summary>
    public void Next(TimeSpan time)
    {
        Bar();
        ControlTime.Write(time, _rest);
        _rest = _rest[ControlTime.Length..];
    }

    /// <summary>Writes <c>|</c>.</summary>
    public void Bar()
    {
        _rest[0] = (byte)'|';
        _rest = _rest[1..];
    }

    /// <summary>Hands the whole frame over, at once.</summary>
    public readonly void Close()
    {
        if (!_rest.IsEmpty) throw new InvalidOperationException($"A frame was announced {_rest.Length} bytes longer than it is.");
        _output.Advance(_length);
    }

    /// <summary>The number of decimal digits of a number that is not negative.</summary>
    public static int Digits(int number) => number switch
    {
        < 10 => 1,
        < 100 => 2,
        < 1000 => 3,
        < 10_000 => 4,
        < 100_000 => 5,
        < 1_000_000 => 6,
        < 10_000_000 => 7,
        < 100_000_000 => 8,
        < 1_000_000_000 => 9,
        _ => 10,
    };

    /// <summary>The bytes that <see cref="Next(in MessageTransit)"/> writes, its first <c>|</c> included.</summary>
    public static int LengthOf(in MessageTransit transit) =>
        6 + transit.Source.Name().Length + Digits(transit.Size) + transit.Transport.Name().Length
        + transit.Address.Length + Digits(transit.Port) + ControlTime.Length;
}
