using System.Buffers.Binary;

namespace CallActors.Control;

/// <summary>Identifiers of the control protocol as text: 36 lower-case characters, <c>8-4-4-4-12</c> hexadecimal digits (RFC 9562 §4).</summary>
/// <remarks>Where the number comes from is the host's affair; the text has no meaning to the other end.</remarks>
public static class UuidText
{
    /// <summary>Length of the text in bytes.</summary>
    public const int Length = 36;

    /// <summary>Writes all 128 bits of <paramref name="value"/>, the most significant first, into the first 36 bytes of <paramref name="destination"/>.</summary>
    public static void Write(UInt128 value, Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        Write(new Guid(bytes, bigEndian: true), destination);
    }

    /// <summary>Writes <paramref name="value"/> into the first 36 bytes of <paramref name="destination"/>.</summary>
    public static void Write(Guid value, Span<byte> destination)
    {
        if (!value.TryFormat(destination, out _, "D")) throw new ArgumentException("A UUID needs 36 bytes.", nameof(destination));
    }

    /// <summary>Marks 122 random bits as a UUID of version 4 (RFC 9562 §5.4); the six bits of version and variant are overwritten.</summary>
    public static UInt128 AsVersion4(UInt128 random)
    {
        var version = (UInt128)0xF000 << 64;
        var variant = (UInt128)3 << 62;
        return (random & ~(version | variant)) | (UInt128)0x4000 << 64 | (UInt128)2 << 62;
    }

    /// <summary>Reads the number back. False for anything that <see cref="Write(UInt128, Span{byte})"/> does not produce, upper-case digits included.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out UInt128 value)
    {
        value = default;
        if (text.Length != Length) return false;
        for (var i = 0; i < Length; i++)
        {
            var octet = text[i];
            if (i is 8 or 13 or 18 or 23)
            {
                if (octet != '-') return false;
                continue;
            }
            if (!char.IsAsciiHexDigitLower((char)octet)) return false;
            value = (value << 4) | (uint)(octet <= '9' ? octet - '0' : octet - 'a' + 10);
        }
        return true;
    }
}
