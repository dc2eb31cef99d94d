using System.Buffers;
using System.Text;
using CallActors.Sip.Headers;

namespace CallActors.Sip.Messages;

/// <summary>
/// Checks the form of From, To and Contact (RFC 3261 §20.10, §20.20, §20.39) and finds the tag; the URI itself is typed by whoever asks.
/// </summary>
internal static class AddressReader
{
    // Words, white space between them, and the scheme of an addr-spec; NonAscii words are let through as in NameAddrView.
    private static readonly SearchValues<byte> NotInName =
        SearchValues.Create([.. Enumerable.Range(0, 256).Select(code => (byte)code).Where(IsNotInName)]);

    /// <summary>One address that is the whole value, as in From and To. The tag is relative to <paramref name="value"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out SipRange tag)
    {
        var at = 0;
        return TryReadNext(value, ref at, out tag) && at == value.Length;
    }

    /// <summary>A list of addresses, or a star alone, as in Contact.</summary>
    public static bool IsContact(ReadOnlySpan<byte> value)
    {
        if (value is [(byte)'*']) return true;
        for (var at = 0; TryReadNext(value, ref at, out _); at++)
        {
            if (at == value.Length) return true;
        }

        return false;
    }

    private static bool TryReadNext(ReadOnlySpan<byte> text, ref int at, out SipRange tag)
    {
        tag = default;
        at = SipGrammar.SkipWhite(text, at);
        if (!TryPassUri(text, ref at)) return false;

        var parameters = new ParameterReader(text, at);
        while (parameters.MoveNext())
        {
            if (parameters.Name.Length != 3 || !Ascii.EqualsIgnoreCase(parameters.Name.In(text), "tag"u8)) continue;
            // A tag without value, or two, would leave it open which dialog is meant.
            if (parameters.Value.IsEmpty || !tag.IsEmpty || text[parameters.Value.Start] == '"') return false;
            tag = parameters.Value;
        }

        at = parameters.At;
        return !parameters.IsBroken;
    }

    private static bool TryPassUri(ReadOnlySpan<byte> text, ref int at)
    {
        if (at == text.Length) return false;
        if (text[at] == '"')
        {
            at = HeaderGrammar.EndQuoted(text, at);
            if (at < 0) return false;
            at = SipGrammar.SkipWhite(text, at);
            return at < text.Length && text[at] == '<' && TryPassBracket(text, ref at);
        }

        var next = text[at..].IndexOfAny(NotInName);
        if (next < 0) return false;
        if (text[at + next] != '<') return text[at + next] == ':' && TryPassAddrSpec(text, ref at);
        at += next;
        return TryPassBracket(text, ref at);
    }

    private static bool TryPassBracket(ReadOnlySpan<byte> text, ref int at)
    {
        var inside = text[(at + 1)..];
        var length = inside.IndexOfAny(HeaderGrammar.NotInUri);
        if (length < 0 || inside[length] != '>') return false;
        at += length + 2;
        return HasScheme(inside[..length]);
    }

    // Without brackets a question mark would be of the header or of the URI, and a semicolon begins header parameters (RFC 3261 §20, RFC
    // 4475 §3.1.2.13).
    private static bool TryPassAddrSpec(ReadOnlySpan<byte> text, ref int at)
    {
        var length = text[at..].IndexOfAny(HeaderGrammar.AddrSpecStop);
        var uri = length < 0 ? text[at..] : text.Slice(at, length);
        at += uri.Length;
        return (length < 0 || text[at] is (byte)';' or (byte)',' || SipGrammar.IsWhite(text[at])) && HasScheme(uri);
    }

    private static bool IsNotInName(byte code) => !HeaderGrammar.DisplayWord.Contains(code) && !SipGrammar.IsWhite(code);

    /// <summary>scheme ":" something (RFC 3986 §3.1).</summary>
    public static bool HasScheme(ReadOnlySpan<byte> uri)
    {
        var colon = uri.IndexOf((byte)':');
        if (colon < 1 || colon == uri.Length - 1 || !char.IsAsciiLetter((char)uri[0])) return false;
        foreach (var letter in uri[1..colon])
        {
            if (!char.IsAsciiLetterOrDigit((char)letter) && letter is not ((byte)'+' or (byte)'-' or (byte)'.')) return false;
        }

        return true;
    }
}
