namespace CallActors.Control;

/// <summary>What may stand in a token of a meta-line, and what becomes of the rest.</summary>
/// <remarks>
/// There is no escaping in the protocol, so a token with <c>|</c>, CR or LF would move every later token, or end the meta-line.
/// Such a byte can come from a SIP peer (a Call-ID inside a dialog id) or from a client (the id of its message). The writers of this
/// project replace each of the three by <c>_</c>: the frame keeps its shape and its length, the token loses its meaning. A host that
/// hands out a key of its own as a token and expects it back stores the key as <see cref="Clean"/> leaves it.
/// </remarks>
public static class ControlTokens
{
    /// <summary>Whether the bytes can stand in a meta-line as they are.</summary>
    public static bool IsClean(ReadOnlySpan<byte> token) => !token.ContainsAny((byte)'|', (byte)'\r', (byte)'\n');

    /// <summary>Replaces what no token may contain by <c>_</c>, in place.</summary>
    public static void Clean(Span<byte> token) => Replace(token, (byte)'|');

    /// <summary>The same for tokens joined by <c>|</c>, which stays.</summary>
    public static void CleanLine(Span<byte> tokens) => Replace(tokens, (byte)'\n');

    private static void Replace(Span<byte> text, byte unwanted)
    {
        for (var at = text.IndexOfAny((byte)'\r', (byte)'\n', unwanted); at >= 0; at = text.IndexOfAny((byte)'\r', (byte)'\n', unwanted))
        {
            text[at] = (byte)'_';
            text = text[(at + 1)..];
        }
    }
}
