using System.Buffers;
using System.Text;

namespace CallActors.Serialization;

/// <summary>Writes the few kinds of value that our messages are made of, compactly.</summary>
/// <remarks>
/// Numbers are varints (seven bits a byte, lowest first), texts are UTF-8 behind their length. A text that may be null is behind
/// its length plus one, and null is 0. There are no tags: the version in front of a message says which fields follow.
/// </remarks>
internal sealed class WireWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new(256);
    private readonly List<string> _shared = [];

    /// <summary>What has been written, valid until more is.</summary>
    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    /// <summary>What has been written, in an array of its own.</summary>
    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    /// <summary>Whether what is written is for a signalling server, which needs no copy of its own memory.</summary>
    public bool IsForServer { get; init; }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        _bytes.ResetWrittenCount();
        _shared.Clear();
    }

    public void Byte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Number(ulong value)
    {
        var span = _bytes.GetSpan(10);
        var length = 0;
        for (; value >= 0x80; value >>= 7) span[length++] = (byte)(value | 0x80);
        span[length++] = (byte)value;
        _bytes.Advance(length);
    }

    /// <summary>A number that may be negative, small when it is near zero.</summary>
    public void Signed(long value) => Number((ulong)(value << 1 ^ value >> 63));

    /// <summary>How many of something follow.</summary>
    public void Count(int count) => Number((ulong)count);

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Count(value.Length);
        _bytes.Write(value);
    }

    // Half of a surrogate pair has no UTF-8; it becomes U+FFFD, for what a peer wrote must never keep a call from being written.
    public void Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Count(length);
        Utf8(value, length);
    }

    public void TextOrNull(string? value)
    {
        if (value is null)
        {
            Count(0);
            return;
        }
        var length = Encoding.UTF8.GetByteCount(value);
        Number((ulong)length + 1);
        Utf8(value, length);
    }

    /// <summary>Begins a message, or a part of one, whose texts are shared among themselves alone.</summary>
    public void Unshare() => _shared.Clear();

    /// <summary>A long text that may be null, and may have been written before: then only its place among those is, plus two. One is a new text, 0 is null.</summary>
    public void Shared(string? value)
    {
        if (value is null)
        {
            Count(0);
            return;
        }

        for (var at = 0; at < _shared.Count; at++)
        {
            if (_shared[at] != value) continue;
            Count(at + 2);
            return;
        }

        Count(1);
        Text(value);
        _shared.Add(value);
    }

    /// <summary>A moment, to the tick; its offset is not kept, for nobody's clock shows through here.</summary>
    public void Moment(DateTimeOffset value) => Number((ulong)value.UtcTicks);

    public void Key(CallKey value)
    {
        Number(value.Shard);
        value.WriteRandomTo(_bytes.GetSpan(CallKey.RandomLength));
        _bytes.Advance(CallKey.RandomLength);
    }

    private void Utf8(string value, int length)
    {
        Encoding.UTF8.GetBytes(value, _bytes.GetSpan(length));
        _bytes.Advance(length);
    }
}
