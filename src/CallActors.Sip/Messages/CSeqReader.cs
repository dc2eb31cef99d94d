namespace CallActors.Sip.Messages;

/// <summary>CSeq: a number below 2^31, white space, a method (RFC 3261 §20.16, §8.1.1.5).</summary>
internal static class CSeqReader
{
    private const uint Largest = int.MaxValue;

    /// <summary>The method is relative to <paramref name="value"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out uint number, out SipRange method)
    {
        method = default;
        number = 0;
        var digits = 0;
        while (digits < value.Length && !SipGrammar.IsWhite(value[digits])) digits++;
        var start = SipGrammar.SkipWhite(value, digits);
        if (start == digits || !SipGrammar.TryNumber(value[..digits], Largest, out number)) return false;
        method = new(start, value.Length - start);
        return SipToken.Is(value[start..]);
    }
}
