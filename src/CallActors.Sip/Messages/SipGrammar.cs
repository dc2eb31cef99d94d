using System.Buffers;

namespace CallActors.Sip.Messages;

/// <summary>The character sets and the few scanning steps of RFC 3261 §25.1 that more than one reader needs.</summary>
internal static class SipGrammar
{
    /// <summary>token.</summary>
    public static readonly SearchValues<byte> Token =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~"u8);

    /// <summary>The characters of white space, line folding included.</summary>
    public static readonly SearchValues<byte> White = SearchValues.Create(" \t\r\n"u8);

    /// <summary>What ends a parameter's unquoted value. Wider than the grammar's gen-value: tags and branches of real peers hold '=' and '@'.</summary>
    public static readonly SearchValues<byte> ParameterValueStops = SearchValues.Create(";,\"<> \t\r\n\0"u8);

    private static readonly SearchValues<byte> ListStops = SearchValues.Create(",\"<"u8);

    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(Token);

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

    /// <summary>The position after the quoted-string that starts at <paramref name="at"/>, or -1 when nothing closes it.</summary>
    public static int EndOfQuoted(ReadOnlySpan<byte> text, int at)
    {
        at++;
        while (at < text.Length)
        {
            var next = text[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0) return -1;
            at += next;
            if (text[at] == '"') return at + 1;
            at += 2;
        }

        return -1;
    }

    /// <summary>The length of the first element of a comma-separated list; what nothing closes reaches to the end.</summary>
    public static int EndOfListElement(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (at < text.Length)
        {
            var next = text[at..].IndexOfAny(ListStops);
            if (next < 0) break;
            at += next;
            switch (text[at])
            {
                case (byte)',':
                    return at;
                case (byte)'"':
                    at = EndOfQuoted(text, at);
                    break;
                default:
                    var close = text[at..].IndexOf((byte)'>');
                    at = close < 0 ? -1 : at + close + 1;
                    break;
            }

            if (at < 0) break;
        }

        return text.Length;
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
