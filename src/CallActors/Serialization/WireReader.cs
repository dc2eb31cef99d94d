using System.Runtime.Serialization;
using System.Text;

namespace CallActors.Serialization;

/// <summary>Reads what <see cref="WireWriter"/> wrote. Any other bytes end in a <see cref="SerializationException"/> and in nothing else.</summary>
/// <remarks>No length is believed before that many bytes are there, so that eight bad bytes cannot ask for two gigabytes.</remarks>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _left = bytes;
    private List<string>? _shared;

    /// <summary>Fails when anything is left: a message that is longer than its version says is not understood.</summary>
    public readonly void End()
    {
        if (!_left.IsEmpty) throw Bad($"{_left.Length} bytes too many");
    }

    public byte Byte()
    {
        if (_left.IsEmpty) throw Short();
        var value = _left[0];
        _left = _left[1..];
        return value;
    }

    public bool Flag() => Byte() switch
    {
        0 => false,
        1 => true,
        var other => throw Bad($"a flag is 0 or 1, not {other}"),
    };

    public ulong Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            if (shift == 63 && next > 1) break;
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
        throw Bad("a number of more than 64 bits");
    }

    public long Signed()
    {
        var value = Number();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>How many of something follow, each of which takes a byte at least.</summary>
    public int Count() => Within(Number());

    /// <summary>A number that a leg, a status or an incarnation may be.</summary>
    public int Small() => Number() is var value && value <= int.MaxValue ? (int)value : throw Bad($"{value} where a small number belongs");

    /// <summary>Begins a message, or a part of one, whose texts are shared among themselves alone.</summary>
    public void Unshare() => _shared?.Clear();

    /// <summary>What <see cref="WireWriter.Shared"/> wrote.</summary>
    public string? Shared()
    {
        var place = Number();
        if (place == 0) return null;
        if (place > 1) return place - 2 < (ulong)(_shared?.Count ?? 0) ? _shared![(int)(place - 2)] : throw Bad("a text that was not written before");
        var text = Text();
        (_shared ??= []).Add(text);
        return text;
    }

    public ReadOnlySpan<byte> Bytes() => Take(Count());

    public string Text() => Utf8(Take(Count()));

    public string? TextOrNull()
    {
        var length = Number();
        return length == 0 ? null : Utf8(Take(Within(length - 1)));
    }

    public DateTimeOffset Moment()
    {
        var ticks = Number();
        return ticks <= (ulong)DateTimeOffset.MaxValue.UtcTicks ? new((long)ticks, TimeSpan.Zero) : throw Bad("a moment beyond all years");
    }

    public CallKey Key()
    {
        var shard = Number();
        if (shard > ushort.MaxValue) throw Bad($"shard {shard}");
        return CallKey.New((ushort)shard, Take(CallKey.RandomLength));
    }

    /// <summary>The failure of a message that is not what it should be.</summary>
    public static SerializationException Bad(string what) => new($"These are not bytes of a message of ours: {what}.");

    private static SerializationException Short() => Bad("they end too early");

    private readonly int Within(ulong length) => length <= (ulong)_left.Length ? (int)length : throw Short();

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _left.Length) throw Short();
        var taken = _left[..length];
        _left = _left[length..];
        return taken;
    }

    private static string Utf8(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Bad("a text that is no UTF-8");
        }
    }
}
