namespace CallActors.Sip.Headers;

/// <summary>Timestamp: when a request was sent, and how long its answer took to make (RFC 3261 §20.38).</summary>
public readonly ref struct TimestampValue
{
    private TimestampValue(ReadOnlySpan<byte> time, ReadOnlySpan<byte> delay)
    {
        Time = time;
        Delay = delay;
    }

    /// <summary>The sender's time, digits with or without a point; only the sender knows what it means.</summary>
    public ReadOnlySpan<byte> Time { get; }

    /// <summary>The delay in seconds, digits with or without a point; empty when absent.</summary>
    public ReadOnlySpan<byte> Delay { get; }

    /// <summary>Reads the value; false when it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out TimestampValue timestamp)
    {
        timestamp = default;
        var start = HeaderGrammar.SkipLws(text, 0);
        var end = EndDecimal(text, start);
        if (end == start || text[start] == (byte)'.') return false;
        var delay = HeaderGrammar.SkipLws(text, end);
        var delayEnd = delay > end ? EndDecimal(text, delay) : delay;
        if (HeaderGrammar.SkipLws(text, delayEnd) != text.Length) return false;
        timestamp = new(text[start..end], text[delay..delayEnd]);
        return true;
    }

    private static int EndDecimal(ReadOnlySpan<byte> text, int start)
    {
        var end = HeaderGrammar.End(text, start, HeaderGrammar.Digits);
        return end < text.Length && text[end] == (byte)'.' ? HeaderGrammar.End(text, end + 1, HeaderGrammar.Digits) : end;
    }
}
