namespace CallActors.Sip.Headers;

/// <summary>The grammar of Call-ID: a word, or two with an '@' between them (RFC 3261 §25.1).</summary>
public static class CallIdSyntax
{
    /// <summary>Whether <paramref name="text"/> is a Call-ID and nothing else.</summary>
    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        var at = text.IndexOf((byte)'@');
        return at < 0 ? IsWord(text) : IsWord(text[..at]) && IsWord(text[(at + 1)..]);
    }

    private static bool IsWord(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(HeaderGrammar.Word);
}
