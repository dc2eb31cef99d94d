using System.Buffers.Text;

namespace CallActors.Sip.Headers;

/// <summary>Who refreshes a session (RFC 4028 §4).</summary>
public enum SessionRefresher : byte
{
    /// <summary>The header does not say.</summary>
    Unspecified,

    /// <summary>The user agent that sent the request.</summary>
    Uac,

    /// <summary>The user agent that answered it.</summary>
    Uas,
}

/// <summary>Session-Expires: the session interval and who refreshes it (RFC 4028 §4).</summary>
/// <param name="Seconds">The interval in seconds.</param>
/// <param name="Refresher">Who refreshes.</param>
public readonly record struct SessionExpires(uint Seconds, SessionRefresher Refresher)
{
    /// <summary>The most bytes <see cref="Write"/> makes.</summary>
    public const int MaxLength = 24;

    /// <summary>Reads the value; false when it is broken or names a refresher there is not.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out SessionExpires expires)
    {
        expires = default;
        if (!DeltaSecondsWithParameters.TryParse(text, out var seconds, out var parameters)) return false;
        var refresher = SessionRefresher.Unspecified;
        if (parameters.TryFind("refresher"u8, out var value))
        {
            refresher = HeaderGrammar.Same(value, "uac"u8) ? SessionRefresher.Uac
                : HeaderGrammar.Same(value, "uas"u8) ? SessionRefresher.Uas
                : SessionRefresher.Unspecified;
            if (refresher == SessionRefresher.Unspecified) return false;
        }
        expires = new(seconds, refresher);
        return true;
    }

    /// <summary>
    /// Writes the value, <c>1800;refresher=uac</c>, into <paramref name="target"/> of at least <see cref="MaxLength"/> bytes; returns its
    /// length.
    /// </summary>
    public int Write(Span<byte> target)
    {
        Utf8Formatter.TryFormat(Seconds, target, out var length);
        var refresher = Refresher switch
        {
            SessionRefresher.Uac => ";refresher=uac"u8,
            SessionRefresher.Uas => ";refresher=uas"u8,
            _ => default,
        };
        refresher.CopyTo(target[length..]);
        return length + refresher.Length;
    }
}

/// <summary>Min-SE: the least session interval that is put up with (RFC 4028 §5).</summary>
/// <param name="Seconds">The interval in seconds.</param>
public readonly record struct MinSE(uint Seconds)
{
    /// <summary>The value that stands where the header is absent, and below which none may go: 90 seconds.</summary>
    public static readonly MinSE Least = new(90);

    /// <summary>Reads the value; false when it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out MinSE minimum)
    {
        var isNumber = DeltaSecondsWithParameters.TryParse(text, out var seconds, out _);
        minimum = new(seconds);
        return isNumber;
    }
}

internal static class DeltaSecondsWithParameters
{
    internal static bool TryParse(ReadOnlySpan<byte> text, out uint seconds, out HeaderParameters parameters)
    {
        parameters = default;
        var start = HeaderGrammar.SkipLws(text, 0);
        return Utf8Parser.TryParse(text[start..], out seconds, out var digits) && HeaderParameters.TryParse(text[(start + digits)..], out parameters);
    }
}
