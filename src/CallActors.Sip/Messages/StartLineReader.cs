using System.Text;
using CallActors.Sip.Headers;

namespace CallActors.Sip.Messages;

/// <summary>Request line and status line (RFC 3261 §7.1, §7.2).</summary>
internal static class StartLineReader
{
    /// <summary>
    /// Reads the line that begins at the start of the message; what could be read is in the facts even when the line is refused.
    /// </summary>
    public static SipRejection Read(ReadOnlySpan<byte> line, ref SipFacts facts) =>
        line.Length >= 4 && Ascii.EqualsIgnoreCase(line[..4], "SIP/"u8) ? ReadStatus(line, ref facts) : ReadRequest(line, ref facts);

    private static SipRejection ReadStatus(ReadOnlySpan<byte> line, ref SipFacts facts)
    {
        if (line.Length < 7 || !Ascii.EqualsIgnoreCase(line[..7], "SIP/2.0"u8))
        {
            var end = line.IndexOf((byte)' ');
            return IsVersion(end < 0 ? line : line[..end]) ? SipRejection.UnsupportedVersion : SipRejection.BadStatusLine;
        }

        // The space after the code is mandatory even before an empty phrase, but nothing is lost without it.
        if (line.Length < 11 || line[7] != ' ' || (line.Length > 11 && line[11] != ' ')) return SipRejection.BadStatusLine;
        if (!SipGrammar.TryNumber(line[8..11], 699, out var status) || status < 100) return SipRejection.BadStatusLine;
        facts.StatusCode = (short)status;
        var phrase = Math.Min(12, line.Length);
        facts.StartWord = new(phrase, line.Length - phrase);
        return SipRejection.None;
    }

    private static SipRejection ReadRequest(ReadOnlySpan<byte> line, ref SipFacts facts)
    {
        var methodLength = line.IndexOf((byte)' ');
        if (methodLength <= 0 || !SipToken.Is(line[..methodLength])) return SipRejection.NoStartLine;
        facts.StartWord = new(0, methodLength);
        facts.Method = SipMethods.Find(line[..methodLength]);

        var uriStart = methodLength + 1;
        var uriLength = line[uriStart..].IndexOf((byte)' ');
        if (uriLength <= 0) return SipRejection.BadRequestLine;
        facts.RequestUri = new(uriStart, uriLength);

        var version = line[(uriStart + uriLength + 1)..];
        if (version.Length != 7 || !Ascii.EqualsIgnoreCase(version, "SIP/2.0"u8))
            return IsVersion(version) ? SipRejection.UnsupportedVersion : SipRejection.BadRequestLine;
        return CheckUri(line.Slice(uriStart, uriLength));
    }

    // "SIP/" 1*DIGIT "." 1*DIGIT
    private static bool IsVersion(ReadOnlySpan<byte> text)
    {
        if (text.Length < 7 || !Ascii.EqualsIgnoreCase(text[..4], "SIP/"u8)) return false;
        var dot = text.IndexOf((byte)'.');
        return dot > 4
            && SipGrammar.TryNumber(text[4..dot], uint.MaxValue, out _)
            && SipGrammar.TryNumber(text[(dot + 1)..], uint.MaxValue, out _);
    }

    // Foreign schemes pass: their treatment, 416, is not a question of form. Of our own, a header part must not be there (RFC 3261
    // §19.1.1).
    private static SipRejection CheckUri(ReadOnlySpan<byte> text) =>
        !SipUriView.TryParse(text, out var uri) ? SipRejection.BadRequestUri
        : uri.WithoutHeaders.Length != text.Length ? SipRejection.HeadersInRequestUri
        : SipRejection.None;
}
