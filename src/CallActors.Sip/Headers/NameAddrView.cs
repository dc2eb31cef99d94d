namespace CallActors.Sip.Headers;

/// <summary>
/// A <c>name-addr</c> or <c>addr-spec</c> with its header parameters: From, To, Contact, Route, Refer-To and their like (RFC 3261
/// §20.10).
/// </summary>
/// <remarks>
/// Without &lt;&gt; a semicolon begins header parameters, and a comma or a question mark in the URI is refused (RFC 3261 §20, RFC 4475
/// §3.1.2.13).
/// An unquoted display name is words, not always tokens; a comma in it is refused (§3.1.2.15).
/// </remarks>
public readonly ref struct NameAddrView
{
    private readonly ReadOnlySpan<byte> _displayName;

    private NameAddrView(
        ReadOnlySpan<byte> displayName, ReadOnlySpan<byte> uri, bool isBracketed, ReadOnlySpan<byte> parameters, ReadOnlySpan<byte> tag)
    {
        _displayName = displayName;
        Uri = uri;
        IsBracketed = isBracketed;
        Parameters = new(parameters);
        Tag = tag;
    }

    /// <summary>
    /// The display name without quotes, backslash escapes left in; empty when there is none. <see cref="QuotedText"/> unescapes.
    /// </summary>
    public ReadOnlySpan<byte> DisplayName => IsQuoted ? _displayName[1..^1] : _displayName;

    /// <summary>Whether the display name is a quoted string.</summary>
    public bool IsQuoted => !_displayName.IsEmpty && _displayName[0] == (byte)'"';

    /// <summary>The URI without &lt;&gt;. Only its outline was checked: <see cref="TryUri"/> reads it.</summary>
    public ReadOnlySpan<byte> Uri { get; }

    /// <summary>Whether the URI stands in &lt;&gt;.</summary>
    public bool IsBracketed { get; }

    /// <summary>The header parameters, which are never the URI's.</summary>
    public HeaderParameters Parameters { get; }

    /// <summary>The <c>tag</c> parameter, or empty.</summary>
    public ReadOnlySpan<byte> Tag { get; }

    /// <summary>The value of a header parameter; true with an empty value when it has none.</summary>
    public bool TryParameter(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) => Parameters.TryFind(name, out value);

    /// <summary>Reads the URI.</summary>
    public bool TryUri(out SipUriView uri) => SipUriView.TryParse(Uri, out uri);

    /// <summary>Reads one value; false when it is broken. White space around it is passed over.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out NameAddrView nameAddr)
    {
        nameAddr = default;
        var start = HeaderGrammar.SkipLws(text, 0);
        if (start == text.Length) return false;
        var at = start;
        var nameEnd = start;
        if (text[start] == (byte)'"')
        {
            nameEnd = HeaderGrammar.EndQuoted(text, start);
            if (nameEnd < 0) return false;
            at = HeaderGrammar.SkipLws(text, nameEnd);
        }
        else
        {
            while (true)
            {
                var wordEnd = HeaderGrammar.End(text, at, HeaderGrammar.DisplayWord);
                if (wordEnd == at) break;
                if (nameEnd == start && wordEnd < text.Length && text[wordEnd] == (byte)':') return TryAddrSpec(text, start, out nameAddr);
                nameEnd = wordEnd;
                at = HeaderGrammar.SkipLws(text, wordEnd);
            }
        }

        if (at >= text.Length || text[at] != (byte)'<') return false;
        var length = text[(at + 1)..].IndexOf((byte)'>');
        if (length <= 0) return false;
        var uri = text.Slice(at + 1, length);
        return !uri.ContainsAny(HeaderGrammar.NotInUri)
            && TryEnd(text, at + length + 2, text[start..nameEnd], uri, isBracketed: true, out nameAddr);
    }

    private static bool TryAddrSpec(ReadOnlySpan<byte> text, int start, out NameAddrView nameAddr)
    {
        nameAddr = default;
        var length = text[start..].IndexOfAny(HeaderGrammar.AddrSpecStop);
        var end = length < 0 ? text.Length : start + length;
        if (!char.IsAsciiLetter((char)text[start]) || text[HeaderGrammar.End(text, start, HeaderGrammar.Scheme)] != (byte)':') return false;
        return (length < 0 || text[end] is (byte)';' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            && TryEnd(text, end, default, text[start..end], isBracketed: false, out nameAddr);
    }

    private static bool TryEnd(
        ReadOnlySpan<byte> text, int at, ReadOnlySpan<byte> displayName, ReadOnlySpan<byte> uri, bool isBracketed, out NameAddrView nameAddr)
    {
        nameAddr = default;
        var reader = new HeaderParameterReader(text[at..]);
        ReadOnlySpan<byte> tag = default;
        while (reader.MoveNext())
        {
            if (tag.IsEmpty && HeaderGrammar.Same(reader.Current.Name, "tag"u8)) tag = reader.Current.Value;
        }
        if (reader.IsBroken) return false;
        nameAddr = new(displayName, uri, isBracketed, text.Slice(at, reader.End), tag);
        return true;
    }
}
