namespace CallActors.Sip.Headers;

/// <summary>The headers that are one number: Expires, Min-Expires, Max-Forwards, RSeq.</summary>
/// <remarks>
/// A number beyond its range is refused, never cut or wrapped (RFC 4475 §3.1.2.4); the caller decides whether to ignore the header or the
/// message.
/// </remarks>
public static class HeaderNumbers
{
    /// <summary>Reads <c>delta-seconds</c>, as in Expires and Min-Expires (RFC 3261 §20.19): 0 to 2^32-1 seconds.</summary>
    public static bool TryDeltaSeconds(ReadOnlySpan<byte> text, out uint seconds) => HeaderGrammar.TryNumber(Inner(text), out seconds);

    /// <summary>Reads Max-Forwards: 0 to 255 (RFC 3261 §20.22).</summary>
    public static bool TryMaxForwards(ReadOnlySpan<byte> text, out int hops)
    {
        var isNumber = HeaderGrammar.TryNumber(Inner(text), out var number) && number <= 255;
        hops = isNumber ? (int)number : 0;
        return isNumber;
    }

    /// <summary>Reads RSeq: 1 to 2^32-1 (RFC 3262 §7.1).</summary>
    public static bool TryRSeq(ReadOnlySpan<byte> text, out uint number) => HeaderGrammar.TryNumber(Inner(text), out number) && number > 0;

    private static ReadOnlySpan<byte> Inner(ReadOnlySpan<byte> text) => text[HeaderGrammar.SkipLws(text, 0)..].TrimEnd(" \t"u8);
}
