using System.Buffers;

namespace CallActors.Sip.Headers;

/// <summary>The places of a URI, each with the characters that may stand there for themselves (RFC 3261 §25.1).</summary>
public enum UriPart : byte
{
    /// <summary>The user before '@'.</summary>
    User,

    /// <summary>The password behind the user.</summary>
    Password,

    /// <summary>A parameter's name or value.</summary>
    Parameter,

    /// <summary>The name or value of a header in the header part.</summary>
    Header,
}

/// <summary>The %HH escapes of URIs (RFC 3261 §19.1.2): read once, written where a character may not stand for itself.</summary>
public static class UriEscaping
{
    /// <summary>
    /// Writes <paramref name="text"/> into <paramref name="target"/> with each escape replaced by its byte, once; returns how many bytes
    /// that made.
    /// </summary>
    /// <remarks>
    /// A '%' that begins no escape stays what it is. <paramref name="target"/> must be as long as <paramref name="text"/>.
    /// </remarks>
    public static int Unescape(ReadOnlySpan<byte> text, Span<byte> target)
    {
        var written = 0;
        for (var at = 0; at < text.Length; written++)
        {
            target[written] = Next(text, ref at);
        }
        return written;
    }

    /// <summary>
    /// Writes <paramref name="plain"/> into <paramref name="target"/>, escaping what may not stand in <paramref name="part"/>; returns
    /// how many bytes that made.
    /// </summary>
    /// <remarks><paramref name="target"/> must be three times as long as <paramref name="plain"/>.</remarks>
    public static int Escape(ReadOnlySpan<byte> plain, UriPart part, Span<byte> target)
    {
        var allowed = Allowed(part);
        var written = 0;
        foreach (var here in plain)
        {
            if (allowed.Contains(here))
            {
                target[written++] = here;
                continue;
            }
            target[written++] = (byte)'%';
            target[written++] = "0123456789ABCDEF"u8[here >> 4];
            target[written++] = "0123456789ABCDEF"u8[here & 15];
        }
        return written;
    }

    /// <summary>Whether <paramref name="text"/>, unescaped once, is <paramref name="plain"/> without regard to case.</summary>
    public static bool SameUnescaped(ReadOnlySpan<byte> text, ReadOnlySpan<byte> plain)
    {
        if (text.Length == plain.Length) return HeaderGrammar.Same(text, plain);
        if (text.Length < plain.Length || !text.Contains((byte)'%')) return false;
        int at = 0, index = 0;
        while (at < text.Length && index < plain.Length)
        {
            if (Lower(Next(text, ref at)) != Lower(plain[index++])) return false;
        }
        return at == text.Length && index == plain.Length;
    }

    internal static byte Lower(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;

    /// <summary>The byte that stands at <paramref name="at"/>, unescaped, and goes past it.</summary>
    internal static byte Next(ReadOnlySpan<byte> text, ref int at)
    {
        var here = text[at++];
        if (here != (byte)'%' || at + 1 >= text.Length || !HeaderGrammar.IsHex(text[at]) || !HeaderGrammar.IsHex(text[at + 1])) return here;
        var value = Digit(text[at]) << 4 | Digit(text[at + 1]);
        at += 2;
        return (byte)value;
    }

    private static SearchValues<byte> Allowed(UriPart part) => part switch
    {
        UriPart.User => HeaderGrammar.StrictUser,
        UriPart.Password => HeaderGrammar.EscapedPassword,
        UriPart.Parameter => HeaderGrammar.EscapedParameter,
        _ => HeaderGrammar.EscapedHeader,
    };

    private static int Digit(byte hex) => hex <= (byte)'9' ? hex - '0' : (hex | 0x20) - 'a' + 10;
}
