using System.Buffers.Text;

namespace CallActors.Sip.Headers;

/// <summary>Retry-After: when to come back (RFC 3261 §20.33).</summary>
public readonly ref struct RetryAfter
{
    private RetryAfter(uint seconds, HeaderParameters parameters)
    {
        Seconds = seconds;
        Parameters = parameters;
    }

    /// <summary>How long to stay away, in seconds.</summary>
    public uint Seconds { get; }

    /// <summary>How long one can be reached from then on, in seconds; null when absent or no number.</summary>
    public uint? Duration => Parameters.TryFind("duration"u8, out var value) && HeaderGrammar.TryNumber(value, out var number) ? number : null;

    /// <summary>The parameters.</summary>
    public HeaderParameters Parameters { get; }

    /// <summary>Reads the value; false when it is broken. A comment is passed over.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out RetryAfter retryAfter)
    {
        retryAfter = default;
        var at = HeaderGrammar.SkipLws(text, 0);
        if (!Utf8Parser.TryParse(text[at..], out uint seconds, out var digits)) return false;
        at = HeaderGrammar.SkipLws(text, at + digits);
        if (at < text.Length && text[at] == (byte)'(')
        {
            at = HeaderGrammar.EndComment(text, at);
            if (at < 0) return false;
        }
        if (!HeaderParameters.TryParse(text[at..], out var parameters)) return false;
        retryAfter = new(seconds, parameters);
        return true;
    }
}
