using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CallActors;

/// <summary>The name of a call in the whole cluster: the shard it lives in, and 80 random bits.</summary>
/// <remarks>
/// Its text is always 21 characters, "000h-7jq3o9v2k1m4t8ab": both halves in the extended-hex alphabet of RFC 4648 §7 in lower
/// case, so that it is a token of RFC 3261 §25.1, may stand in a Call-ID, and names an actor. There is one text for a key, and
/// any other is refused, because two texts for a key would be two actors.
/// </remarks>
public readonly record struct CallKey
{
    /// <summary>How many characters the text of a key has.</summary>
    public const int TextLength = ShardDigits + 1 + RandomDigits;

    /// <summary>How many random bytes a key holds.</summary>
    public const int RandomLength = 10;

    /// <summary>What follows the key in a Call-ID that the runtime made.</summary>
    public const byte EndInCallId = (byte)'~';

    private const int ShardDigits = 4, RandomDigits = 16, KeysAtOnce = 32;

    // 2 + 2 + 4 + 4 bytes, in this order, so that a key takes twelve and no padding.
    private readonly ushort _shard;
    private readonly ushort _high;
    private readonly uint _middle;
    private readonly uint _low;

    private CallKey(ushort shard, ReadOnlySpan<byte> random)
    {
        _shard = shard;
        _high = BinaryPrimitives.ReadUInt16BigEndian(random);
        _middle = BinaryPrimitives.ReadUInt32BigEndian(random[2..]);
        _low = BinaryPrimitives.ReadUInt32BigEndian(random[6..]);
    }

    /// <summary>The shard that the call lives in for all its life.</summary>
    public ushort Shard => _shard;

    [ThreadStatic]
    private static byte[]? t_random;

    [ThreadStatic]
    private static int t_keysLeft;

    private static ReadOnlySpan<byte> Digits => "0123456789abcdefghijklmnopqrstuv"u8;

    /// <summary>A key nobody else has.</summary>
    public static CallKey New(ushort shard)
    {
        // The system's generator costs more than all else here, and hardly more for many keys at once.
        var random = t_random ??= new byte[RandomLength * KeysAtOnce];
        if (t_keysLeft == 0)
        {
            RandomNumberGenerator.Fill(random);
            t_keysLeft = KeysAtOnce;
        }

        return new(shard, random.AsSpan(--t_keysLeft * RandomLength, RandomLength));
    }

    /// <summary>The key made of these ten random bytes.</summary>
    public static CallKey New(ushort shard, ReadOnlySpan<byte> random)
    {
        if (random.Length != RandomLength) throw new ArgumentException($"A call key holds {RandomLength} random bytes, not {random.Length}.", nameof(random));
        return new(shard, random);
    }

    /// <summary>Reads the text form, and nothing beside it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out CallKey key)
    {
        key = default;
        if (text.Length != TextLength || text[ShardDigits] != (byte)'-') return false;
        if (!TryRead(text[..ShardDigits], out var shard) || shard > ushort.MaxValue) return false;
        // Eight digits are forty bits, so the two halves of the random part are whole bytes.
        if (!TryRead(text.Slice(ShardDigits + 1, RandomDigits / 2), out var left) || !TryRead(text[(ShardDigits + 1 + RandomDigits / 2)..], out var right)) return false;
        Span<byte> random = stackalloc byte[RandomLength];
        WriteForty(random, left);
        WriteForty(random[5..], right);
        key = new((ushort)shard, random);
        return true;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out CallKey)"/>
    public static bool TryParse(ReadOnlySpan<char> text, out CallKey key)
    {
        key = default;
        if (text.Length != TextLength) return false;
        Span<byte> bytes = stackalloc byte[TextLength];
        for (var at = 0; at < TextLength; at++)
        {
            if (text[at] > 0x7f) return false;
            bytes[at] = (byte)text[at];
        }
        return TryParse(bytes, out key);
    }

    /// <summary>The key in front of a Call-ID that the runtime made, "key~x" with or without "@host"; false for any other Call-ID.</summary>
    public static bool TryFind(ReadOnlySpan<byte> callId, out CallKey key)
    {
        key = default;
        return callId.Length > TextLength && callId[TextLength] == EndInCallId && TryParse(callId[..TextLength], out key);
    }

    /// <summary>Writes the text form, <see cref="TextLength"/> bytes.</summary>
    public void WriteTo(Span<byte> text)
    {
        Write(text[..ShardDigits], _shard);
        text[ShardDigits] = (byte)'-';
        Write(text.Slice(ShardDigits + 1, RandomDigits / 2), (ulong)_high << 24 | _middle >> 8);
        Write(text.Slice(ShardDigits + 1 + RandomDigits / 2, RandomDigits / 2), (ulong)(_middle & 0xff) << 32 | _low);
    }

    /// <summary>Writes the ten random bytes.</summary>
    public void WriteRandomTo(Span<byte> random)
    {
        BinaryPrimitives.WriteUInt16BigEndian(random, _high);
        BinaryPrimitives.WriteUInt32BigEndian(random[2..], _middle);
        BinaryPrimitives.WriteUInt32BigEndian(random[6..], _low);
    }

    /// <summary>The text form.</summary>
    public override string ToString() => string.Create(TextLength, this, static (text, key) =>
    {
        Span<byte> bytes = stackalloc byte[TextLength];
        key.WriteTo(bytes);
        for (var at = 0; at < TextLength; at++) text[at] = (char)bytes[at];
    });

    private static void Write(Span<byte> text, ulong value)
    {
        for (var at = text.Length - 1; at >= 0; at--, value >>= 5) text[at] = Digits[(int)(value & 31)];
    }

    private static bool TryRead(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        foreach (var digit in text)
        {
            var worth = digit switch
            {
                >= (byte)'0' and <= (byte)'9' => digit - '0',
                >= (byte)'a' and <= (byte)'v' => digit - 'a' + 10,
                _ => -1,
            };
            if (worth < 0) return false;
            value = value << 5 | (uint)worth;
        }
        return true;
    }

    private static void WriteForty(Span<byte> bytes, ulong value)
    {
        bytes[0] = (byte)(value >> 32);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[1..], (uint)value);
    }
}
