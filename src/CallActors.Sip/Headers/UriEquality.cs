namespace CallActors.Sip.Headers;

/// <summary>When two URIs are the same: RFC 3261 §19.1.4 for SIP and SIPS, RFC 3966 §5 for tel.</summary>
/// <remarks>
/// An escape equals its character unless the character is reserved (<c>;/?:@&amp;=+$,</c>). The relation of RFC 3261 is not transitive: a
/// URI
/// without a parameter may equal two that differ in it. So no dictionary should be keyed by it that mixes such URIs.
/// </remarks>
public static class UriEquality
{
    // Beyond this many pairs the lists are compared byte by byte, so that a message full of parameters cannot cost its square.
    private const int MostPairs = 64;

    /// <summary>Whether <paramref name="one"/> and <paramref name="other"/> are the same URI.</summary>
    public static bool Same(SipUriView one, SipUriView other)
    {
        if (one.Scheme != other.Scheme) return false;
        return one.Scheme switch
        {
            UriScheme.Sip or UriScheme.Sips => SameSip(one, other),
            UriScheme.Tel => SameTel(one, other),
            _ => HeaderGrammar.Same(one.SchemeName, other.SchemeName) && one.Opaque.SequenceEqual(other.Opaque),
        };
    }

    /// <summary>A hash code of the parts that <see cref="Same"/> always compares.</summary>
    public static int HashOf(SipUriView uri)
    {
        var hash = new HashCode();
        hash.Add(uri.Scheme);
        switch (uri.Scheme)
        {
            case UriScheme.Sip or UriScheme.Sips:
                for (var at = 0; at < uri.UserInfo.Length;) hash.Add(Next(uri.UserInfo, ref at));
                foreach (var here in uri.Host) hash.Add(UriEscaping.Lower(here));
                hash.Add(uri.Port);
                break;
            case UriScheme.Tel:
                foreach (var here in uri.User) if (!IsSeparator(here)) hash.Add(UriEscaping.Lower(here));
                break;
            default:
                hash.AddBytes(uri.Opaque);
                break;
        }
        return hash.ToHashCode();
    }

    private static bool SameSip(SipUriView one, SipUriView other) =>
        one.Port == other.Port
        && HeaderGrammar.Same(one.Host, other.Host)
        && SameEscaped(one.UserInfo, other.UserInfo, ignoreCase: false)
        && (one.Parameters.Text.SequenceEqual(other.Parameters.Text)
            || IsWithin(new(one.Parameters.Text, (byte)';'), new(other.Parameters.Text, (byte)';'), PairRule.SipParameter)
            && IsWithin(new(other.Parameters.Text, (byte)';'), new(one.Parameters.Text, (byte)';'), PairRule.SipParameter))
        && (one.Headers.Text.SequenceEqual(other.Headers.Text)
            || IsWithin(new(one.Headers.Text, (byte)'&'), new(other.Headers.Text, (byte)'&'), PairRule.Header)
            && IsWithin(new(other.Headers.Text, (byte)'&'), new(one.Headers.Text, (byte)'&'), PairRule.Header));

    private static bool SameTel(SipUriView one, SipUriView other) =>
        SameNumber(one.User, other.User)
        && (one.Parameters.Text.SequenceEqual(other.Parameters.Text)
            || IsWithin(new(one.Parameters.Text, (byte)';'), new(other.Parameters.Text, (byte)';'), PairRule.TelParameter)
            && IsWithin(new(other.Parameters.Text, (byte)';'), new(one.Parameters.Text, (byte)';'), PairRule.TelParameter));

    private enum PairRule
    {
        SipParameter,
        Header,
        TelParameter,
    }

    private static bool IsWithin(UriPairReader pairs, UriPairReader others, PairRule rule)
    {
        var count = 0;
        while (pairs.MoveNext())
        {
            if (++count > MostPairs) return false;
            var pair = pairs.Current;
            var isThere = false;
            var isSame = false;
            var rest = others;
            for (var seen = 0; !isSame && seen < MostPairs && rest.MoveNext(); seen++)
            {
                if (!SameEscaped(pair.Name, rest.Current.Name, ignoreCase: true)) continue;
                isThere = true;
                isSame = rule == PairRule.TelParameter && pair.Value.StartsWith("+"u8)
                    ? SameNumber(pair.Value, rest.Current.Value)
                    : SameEscaped(pair.Value, rest.Current.Value, ignoreCase: rule != PairRule.Header);
            }
            if (!isSame && (isThere || rule != PairRule.SipParameter || NeverMatchesAlone(pair.Name))) return false;
        }
        return true;
    }

    // The rule of §19.1.4 names user, ttl, method and maddr; its examples add transport.
    private static bool NeverMatchesAlone(ReadOnlySpan<byte> name) =>
        UriEscaping.SameUnescaped(name, "user"u8) || UriEscaping.SameUnescaped(name, "ttl"u8) || UriEscaping.SameUnescaped(name, "method"u8)
        || UriEscaping.SameUnescaped(name, "maddr"u8) || UriEscaping.SameUnescaped(name, "transport"u8);

    private static bool SameEscaped(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other, bool ignoreCase)
    {
        int a = 0, b = 0;
        while (a < one.Length && b < other.Length)
        {
            var left = Next(one, ref a);
            var right = Next(other, ref b);
            if (left == right) continue;
            if (!ignoreCase || left > 127 || right > 127 || UriEscaping.Lower((byte)left) != UriEscaping.Lower((byte)right)) return false;
        }
        return a == one.Length && b == other.Length;
    }

    // An escaped reserved character is another than the same one unescaped: it is set apart by a ninth bit.
    private static int Next(ReadOnlySpan<byte> text, ref int at)
    {
        var isEscape = text[at] == (byte)'%';
        var value = UriEscaping.Next(text, ref at);
        return isEscape && ";/?:@&=+$,"u8.Contains(value) ? value | 0x100 : value;
    }

    private static bool SameNumber(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        int a = 0, b = 0;
        while (true)
        {
            while (a < one.Length && IsSeparator(one[a])) a++;
            while (b < other.Length && IsSeparator(other[b])) b++;
            if (a == one.Length || b == other.Length) return a == one.Length && b == other.Length;
            if (UriEscaping.Lower(one[a++]) != UriEscaping.Lower(other[b++])) return false;
        }
    }

    private static bool IsSeparator(byte value) => value is (byte)'-' or (byte)'.' or (byte)'(' or (byte)')';
}
