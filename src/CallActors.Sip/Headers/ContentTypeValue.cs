namespace CallActors.Sip.Headers;

/// <summary>Content-Type, or one media range of Accept: a type, a subtype and parameters (RFC 3261 §20.1, §20.15).</summary>
public readonly ref struct ContentTypeValue
{
    private ContentTypeValue(ReadOnlySpan<byte> type, ReadOnlySpan<byte> subtype, HeaderParameters parameters)
    {
        Type = type;
        Subtype = subtype;
        Parameters = parameters;
    }

    /// <summary>The type, <c>application</c>; <c>*</c> in a media range.</summary>
    public ReadOnlySpan<byte> Type { get; }

    /// <summary>The subtype, <c>sdp</c>; <c>*</c> in a media range.</summary>
    public ReadOnlySpan<byte> Subtype { get; }

    /// <summary>The parameters.</summary>
    public HeaderParameters Parameters { get; }

    /// <summary>
    /// What separates the parts of a multipart body, without quotes; empty when the parameter is absent (RFC 2046 §5.1.1).
    /// </summary>
    public ReadOnlySpan<byte> Boundary => Parameters.TryFind("boundary"u8, out var value) ? value : default;

    /// <summary>Whether the body has several parts.</summary>
    public bool IsMultipart => HeaderGrammar.Same(Type, "multipart"u8);

    /// <summary>The <c>q</c> parameter of a media range in thousandths, null when absent or no qvalue.</summary>
    public int? Preference => Parameters.TryFind("q"u8, out var value) && PreferenceSyntax.TryParse(value, out var q) ? q : null;

    /// <summary>Whether this is <paramref name="type"/>/<paramref name="subtype"/>, without regard to case and parameters.</summary>
    public bool Is(ReadOnlySpan<byte> type, ReadOnlySpan<byte> subtype) => HeaderGrammar.Same(Type, type) && HeaderGrammar.Same(Subtype, subtype);

    /// <summary>Whether this, as a media range of Accept, takes in <paramref name="type"/>/<paramref name="subtype"/>.</summary>
    public bool Covers(ReadOnlySpan<byte> type, ReadOnlySpan<byte> subtype) => Preference != 0
        && (Type.SequenceEqual("*"u8) || HeaderGrammar.Same(Type, type) && (Subtype.SequenceEqual("*"u8) || HeaderGrammar.Same(Subtype, subtype)));

    /// <summary>Reads one value; false when it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ContentTypeValue value)
    {
        value = default;
        var type = HeaderGrammar.SkipLws(text, 0);
        var typeEnd = HeaderGrammar.End(text, type, HeaderGrammar.Token);
        var slash = HeaderGrammar.SkipLws(text, typeEnd);
        if (typeEnd == type || slash >= text.Length || text[slash] != (byte)'/') return false;
        var subtype = HeaderGrammar.SkipLws(text, slash + 1);
        var end = HeaderGrammar.End(text, subtype, HeaderGrammar.Token);
        if (end == subtype || !HeaderParameters.TryParse(text[end..], out var parameters)) return false;
        value = new(text[type..typeEnd], text[subtype..end], parameters);
        return true;
    }
}
