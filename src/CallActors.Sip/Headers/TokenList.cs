using CallActors.Sip.Messages;

namespace CallActors.Sip.Headers;

/// <summary>Comma-separated tokens: Supported, Require, Proxy-Require, Unsupported, Allow, Content-Encoding and their like.</summary>
public static class TokenList
{
    /// <summary>Whether <paramref name="field"/> names <paramref name="token"/>, without regard to case, as option tags compare.</summary>
    public static bool Contains(ReadOnlySpan<byte> field, ReadOnlySpan<byte> token)
    {
        foreach (var value in new SipListReader(field))
        {
            if (HeaderGrammar.Same(value, token)) return true;
        }
        return false;
    }

    /// <summary>
    /// Whether any field of this header names <paramref name="token"/>: <c>TokenList.Contains(invite, SipHeaderId.Supported,
    /// "100rel"u8)</c>.
    /// </summary>
    public static bool Contains(SipMessage message, SipHeaderId id, ReadOnlySpan<byte> token)
    {
        foreach (var field in message.Fields(id))
        {
            if (Contains(field, token)) return true;
        }
        return false;
    }

    /// <summary>
    /// Whether <paramref name="field"/> names <paramref name="method"/>, case and all, as methods compare (RFC 3261 §7.1).
    /// </summary>
    public static bool ContainsMethod(ReadOnlySpan<byte> field, ReadOnlySpan<byte> method)
    {
        foreach (var value in new SipListReader(field))
        {
            if (value.SequenceEqual(method)) return true;
        }
        return false;
    }

    /// <summary>Whether every value of <paramref name="field"/> is a token; an empty field is a list of none.</summary>
    public static bool IsValid(ReadOnlySpan<byte> field)
    {
        var reader = new SipListReader(field);
        while (reader.MoveNext())
        {
            if (!SipToken.Is(reader.Current)) return false;
        }
        return !reader.SkippedEmpty;
    }
}
