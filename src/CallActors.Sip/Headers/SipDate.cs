using System.Globalization;
using System.Text;
using CallActors.Sip.Messages;

namespace CallActors.Sip.Headers;

/// <summary>Date: <c>Sat, 13 Nov 2010 23:29:00 GMT</c> (RFC 3261 §20.17).</summary>
public static class SipDate
{
    /// <summary>The length of what <see cref="Write"/> makes.</summary>
    public const int Length = 29;

    /// <summary>Reads a date in GMT; false for any other zone, as SIP knows none (RFC 4475 §3.1.2.12).</summary>
    /// <remarks>The day of the week must be one, not the right one.</remarks>
    public static bool TryParse(ReadOnlySpan<byte> text, out DateTimeOffset date) =>
        TrySplit(text, out date, out var zone) && (HeaderGrammar.Same(zone, "GMT"u8) || HeaderGrammar.Same(zone, "UTC"u8));

    /// <summary>
    /// Whether <paramref name="text"/> has the form of a date, in whatever zone: who does not use it may pass it on (RFC 4475 §3.1.2.12).
    /// </summary>
    public static bool HasForm(ReadOnlySpan<byte> text) => TrySplit(text, out _, out var zone) && SipToken.Is(zone);

    /// <summary>Writes a date into <paramref name="target"/> of at least <see cref="Length"/> bytes; returns its length.</summary>
    public static int Write(DateTimeOffset date, Span<byte> target)
    {
        date.ToUniversalTime().TryFormat(target, out var length, "R", CultureInfo.InvariantCulture);
        return length;
    }

    private static bool TrySplit(ReadOnlySpan<byte> text, out DateTimeOffset date, out ReadOnlySpan<byte> zone)
    {
        date = default;
        zone = default;
        var inner = text.Trim(" \t\r\n"u8);
        if (inner.Length > 48) return false;
        var space = inner.LastIndexOf((byte)' ');
        if (space < 0) return false;
        zone = inner[(space + 1)..];
        var moment = inner[..space].TrimEnd((byte)' ');

        // The weekday is checked for being one and then left out: a wrong one harms nobody.
        var comma = moment.IndexOf((byte)',');
        if (comma >= 0)
        {
            if (comma != 3 || !IsWeekday(moment[..3])) return false;
            moment = moment[4..].TrimStart((byte)' ');
        }
        return DateTimeOffset.TryParseExact(
            Encoding.ASCII.GetString(moment), "d MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out date);
    }

    private static bool IsWeekday(ReadOnlySpan<byte> day) =>
        HeaderGrammar.Same(day, "Mon"u8) || HeaderGrammar.Same(day, "Tue"u8) || HeaderGrammar.Same(day, "Wed"u8) || HeaderGrammar.Same(day, "Thu"u8)
        || HeaderGrammar.Same(day, "Fri"u8) || HeaderGrammar.Same(day, "Sat"u8) || HeaderGrammar.Same(day, "Sun"u8);
}
