using System.Buffers;
using CallActors.Sip.Headers;

namespace CallActors.Sip.Messages;

/// <summary>
/// The few scanning steps that more than one reader of whole messages needs; the grammar of values is <see cref="HeaderGrammar"/>'s.
/// </summary>
internal static class SipGrammar
{
    /// <summary>
    /// What a Call-ID cannot hold however lenient one is: white space, controls, and '|', which stands in no word, token or host (RFC 3261 §25.1)
    /// and so parts what programs write about a dialog. No tag, branch or host is read with it either.
    /// </summary>
    public static readonly SearchValues<byte> NotInCallId =
        SearchValues.Create([.. Enumerable.Range(0, 33).Select(code => (byte)code), 127, (byte)'|']);

    public static bool IsWhite(byte octet) => octet is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    /// <summary>The first position from <paramref name="at"/> on that is no white space.</summary>
    public static int SkipWhite(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && IsWhite(text[at])) at++;
        return at;
    }

    /// <summary>The same going backwards: the end of what precedes the white space before <paramref name="end"/>.</summary>
    public static int TrimEnd(ReadOnlySpan<byte> text, int start, int end)
    {
        while (end > start && IsWhite(text[end - 1])) end--;
        return end;
    }

    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        var start = SkipWhite(text, 0);
        return text[start..TrimEnd(text, start, text.Length)];
    }

    /// <summary>A number of digits only, at most <paramref name="largest"/>; leading zeros are allowed (RFC 4475 §3.1.1.1).</summary>
    public static bool TryNumber(ReadOnlySpan<byte> text, uint largest, out uint number)
    {
        number = 0;
        if (text.IsEmpty) return false;
        ulong sum = 0;
        foreach (var digit in text)
        {
            var value = (uint)digit - '0';
            if (value > 9) return false;
            sum = (sum * 10) + value;
            if (sum > largest) return false;
        }

        number = (uint)sum;
        return true;
    }
}
