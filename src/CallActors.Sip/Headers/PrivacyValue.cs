using CallActors.Sip.Messages;

namespace CallActors.Sip.Headers;

/// <summary>
/// Privacy: the kinds of privacy asked for, tokens between semicolons (RFC 3323 §4.2); commas, which some write, are read as well.
/// </summary>
public static class PrivacyValue
{
    /// <summary>
    /// Whether <paramref name="text"/> asks for <paramref name="kind"/>: <c>id</c>, <c>header</c>, <c>session</c>, <c>user</c>,
    /// <c>none</c>, <c>critical</c>.
    /// </summary>
    public static bool Contains(ReadOnlySpan<byte> text, ReadOnlySpan<byte> kind)
    {
        var at = 0;
        while (TryNext(text, ref at, out var value))
        {
            if (HeaderGrammar.Same(value, kind)) return true;
        }
        return false;
    }

    /// <summary>Whether <paramref name="text"/> is at least one token and nothing but tokens.</summary>
    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (TryNext(text, ref at, out var value))
        {
            if (!SipToken.Is(value)) return false;
        }
        return true;
    }

    // Even an empty text holds one value, an empty one, which is no token.
    private static bool TryNext(ReadOnlySpan<byte> text, scoped ref int at, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (at > text.Length) return false;
        var length = text[at..].IndexOfAny((byte)';', (byte)',');
        var end = length < 0 ? text.Length : at + length;
        value = text[at..end].Trim(" \t\r\n"u8);
        at = end + 1;
        return true;
    }
}
