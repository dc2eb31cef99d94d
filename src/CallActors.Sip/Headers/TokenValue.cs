namespace CallActors.Sip.Headers;

/// <summary>
/// A token and its parameters: the shape of Content-Disposition, Security-Client, Accept-Encoding, Accept-Contact and many more.
/// </summary>
public readonly ref struct TokenValue
{
    private TokenValue(ReadOnlySpan<byte> token, HeaderParameters parameters)
    {
        Token = token;
        Parameters = parameters;
    }

    /// <summary>The token in front; tokens compare without regard to case unless a header says otherwise (RFC 3261 §7.3.1).</summary>
    public ReadOnlySpan<byte> Token { get; }

    /// <summary>The parameters behind it.</summary>
    public HeaderParameters Parameters { get; }

    /// <summary>The <c>q</c> parameter in thousandths, null when absent or no qvalue.</summary>
    public int? Preference => Parameters.TryFind("q"u8, out var value) && PreferenceSyntax.TryParse(value, out var q) ? q : null;

    /// <summary>Whether the token is <paramref name="token"/>, without regard to case.</summary>
    public bool Is(ReadOnlySpan<byte> token) => HeaderGrammar.Same(Token, token);

    /// <summary>Reads one value; false when it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out TokenValue value)
    {
        value = default;
        var start = HeaderGrammar.SkipLws(text, 0);
        var end = HeaderGrammar.End(text, start, HeaderGrammar.Token);
        if (end == start || !HeaderParameters.TryParse(text[end..], out var parameters)) return false;
        value = new(text[start..end], parameters);
        return true;
    }
}
