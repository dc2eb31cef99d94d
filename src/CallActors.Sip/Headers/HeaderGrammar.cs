using System.Buffers;
using System.Buffers.Text;

namespace CallActors.Sip.Headers;

/// <summary>The character sets and the few lexical steps of RFC 3261 §25.1 that every header value is read with.</summary>
/// <remarks>All steps are loops over vector searches: nothing recurses, whatever a peer nests.</remarks>
internal static class HeaderGrammar
{
    private const string Alphanum = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private const string Unreserved = Alphanum + "-_.!~*'()";

    // A byte above 0x7F only ever appears as a part of UTF-8, which some senders put where the grammar wants it escaped or quoted.
    private const string NonAscii =
        "\u0080\u0081\u0082\u0083\u0084\u0085\u0086\u0087\u0088\u0089\u008a\u008b\u008c\u008d\u008e\u008f" +
        "\u0090\u0091\u0092\u0093\u0094\u0095\u0096\u0097\u0098\u0099\u009a\u009b\u009c\u009d\u009e\u009f" +
        "\u00a0\u00a1\u00a2\u00a3\u00a4\u00a5\u00a6\u00a7\u00a8\u00a9\u00aa\u00ab\u00ac\u00ad\u00ae\u00af" +
        "\u00b0\u00b1\u00b2\u00b3\u00b4\u00b5\u00b6\u00b7\u00b8\u00b9\u00ba\u00bb\u00bc\u00bd\u00be\u00bf" +
        "\u00c0\u00c1\u00c2\u00c3\u00c4\u00c5\u00c6\u00c7\u00c8\u00c9\u00ca\u00cb\u00cc\u00cd\u00ce\u00cf" +
        "\u00d0\u00d1\u00d2\u00d3\u00d4\u00d5\u00d6\u00d7\u00d8\u00d9\u00da\u00db\u00dc\u00dd\u00de\u00df" +
        "\u00e0\u00e1\u00e2\u00e3\u00e4\u00e5\u00e6\u00e7\u00e8\u00e9\u00ea\u00eb\u00ec\u00ed\u00ee\u00ef" +
        "\u00f0\u00f1\u00f2\u00f3\u00f4\u00f5\u00f6\u00f7\u00f8\u00f9\u00fa\u00fb\u00fc\u00fd\u00fe\u00ff";

    // The control characters but HTAB, CR and LF.
    private const string Controls =
        "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u000b\u000c\u000e\u000f\u0010\u0011\u0012\u0013\u0014" +
        "\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\u007f";

    internal const string TokenCharacters = Alphanum + "-.!%*_+`'~";

    internal static readonly SearchValues<byte> Token = Set(TokenCharacters);

    // The words of an unquoted display name: tokens by the grammar, but phone books hold "John (Sales)" and UTF-8 too.
    // A comma, a semicolon, a colon or a quote still shows that something is broken (RFC 4475 §3.1.2.15).
    internal static readonly SearchValues<byte> DisplayWord = Set(TokenCharacters + "@()/=?&#[]{}$^|" + NonAscii);

    // gen-value is a token or a host; tags and branches in the field also hold these characters, and none of them can end a parameter.
    internal static readonly SearchValues<byte> ParameterValue = Set(TokenCharacters + "[]:/@?&=$(){}#^\\" + NonAscii);

    // Unquoted, a value may be a token, base64, or the URI that some clients forget to quote.
    internal static readonly SearchValues<byte> AuthValue = Set(TokenCharacters + "[]:/@?&=$(){}#;");

    internal static readonly SearchValues<byte> Word = Set(TokenCharacters + "()<>:\\\"/[]?{}");
    internal static readonly SearchValues<byte> Host = Set(Alphanum + "-._");
    internal static readonly SearchValues<byte> Ipv6 = Set("0123456789abcdefABCDEF:.");
    internal static readonly SearchValues<byte> Scheme = Set(Alphanum + "+-.");
    internal static readonly SearchValues<byte> Hex = Set("0123456789abcdefABCDEF");
    internal static readonly SearchValues<byte> Digits = Set("0123456789");
    internal static readonly SearchValues<byte> TelNumber = Set("0123456789abcdefABCDEF*#-.()+");

    // The sets of URI parts hold no '%': an escape is checked where it stands.
    internal static readonly SearchValues<byte> StrictUser = Set(Unreserved + "&=+$,;?/");
    internal static readonly SearchValues<byte> User = Set(Unreserved + "&=+$,;?/" + "#[]{}^`" + NonAscii);
    internal static readonly SearchValues<byte> Password = Set(Unreserved + "&=+$," + ":/;?#");
    internal static readonly SearchValues<byte> UriParameters = Set(Unreserved + "[]/:&+$" + ";=" + ",");
    internal static readonly SearchValues<byte> UriHeaders = Set(Unreserved + "[]/?:+$" + "=&" + "@;,");
    internal static readonly SearchValues<byte> EscapedPassword = Set(Unreserved + "&=+$,");
    internal static readonly SearchValues<byte> EscapedParameter = Set(Unreserved + "[]/:&+$");
    internal static readonly SearchValues<byte> EscapedHeader = Set(Unreserved + "[]/?:+$");

    // What no URI may hold, of whatever scheme.
    internal static readonly SearchValues<byte> NotInUri = Set(Controls + " \t\r\n\"<>");
    internal static readonly SearchValues<byte> QuotedStop = Set(Controls + "\"\\\r\n");
    // An addr-spec without <> ends at white space or a semicolon; at any other of these it is broken.
    internal static readonly SearchValues<byte> AddrSpecStop = Set(Controls + " \t\r\n\"<>;,?");

    internal static readonly SearchValues<byte> CommentStop = Set("()\\");
    internal static readonly SearchValues<byte> NotInText = Set(Controls + "\r\n");
    internal static readonly SearchValues<byte> LineWhite = Set(" \t\r\n");

    /// <summary>
    /// The index of the first byte at or after <paramref name="start"/> that is no linear white space (RFC 3261 §25.1 LWS).
    /// </summary>
    /// <remarks>A line end counts only when white space follows it, so a value cannot smuggle a header of its own.</remarks>
    internal static int SkipLws(ReadOnlySpan<byte> text, int start)
    {
        var at = start;
        while ((uint)at < (uint)text.Length)
        {
            var here = text[at];
            if (here > (byte)' ') return at;
            if (here is (byte)' ' or (byte)'\t')
            {
                at++;
                continue;
            }
            if (here is not ((byte)'\r' or (byte)'\n')) return at;
            var next = at + 1;
            if (here == (byte)'\r' && next < text.Length && text[next] == (byte)'\n') next++;
            if (next >= text.Length || text[next] is not ((byte)' ' or (byte)'\t')) return at;
            at = next + 1;
        }
        return at;
    }

    /// <summary>
    /// The index after the last byte of <paramref name="set"/> in an unbroken run that begins at <paramref name="start"/>.
    /// </summary>
    internal static int End(ReadOnlySpan<byte> text, int start, SearchValues<byte> set)
    {
        var length = text[start..].IndexOfAnyExcept(set);
        return length < 0 ? text.Length : start + length;
    }

    /// <summary>As <see cref="End"/>, taking %HH escapes along; a '%' that starts none ends the run.</summary>
    internal static int EndEscaped(ReadOnlySpan<byte> text, int start, SearchValues<byte> set)
    {
        var at = End(text, start, set);
        while (at + 2 < text.Length && text[at] == (byte)'%' && IsHex(text[at + 1]) && IsHex(text[at + 2]))
        {
            at = End(text, at + 3, set);
        }
        return at;
    }

    /// <summary>
    /// The index after the closing quote of the quoted string that opens at <paramref name="start"/>, or -1 when it is broken.
    /// </summary>
    internal static int EndQuoted(ReadOnlySpan<byte> text, int start)
    {
        var at = start + 1;
        while (true)
        {
            var stop = text[at..].IndexOfAny(QuotedStop);
            if (stop < 0) return -1;
            at += stop;
            switch (text[at])
            {
                case (byte)'"':
                    return at + 1;
                case (byte)'\\' when at + 1 < text.Length && text[at + 1] is not ((byte)'\r' or (byte)'\n'):
                    at += 2;
                    break;
                case (byte)'\r' or (byte)'\n' when SkipLws(text, at) is var next && next > at:
                    at = next;
                    break;
                default:
                    return -1;
            }
        }
    }

    /// <summary>
    /// The index after the comment, nested ones and all, that opens at <paramref name="start"/>, or -1 when it is not closed.
    /// </summary>
    internal static int EndComment(ReadOnlySpan<byte> text, int start)
    {
        var at = start + 1;
        for (var depth = 1; depth > 0;)
        {
            var stop = text[at..].IndexOfAny(CommentStop);
            if (stop < 0) return -1;
            at += stop + 1;
            switch (text[at - 1])
            {
                case (byte)'(':
                    depth++;
                    break;
                case (byte)')':
                    depth--;
                    break;
                default:
                    at = Math.Min(at + 1, text.Length);
                    break;
            }
        }
        return at;
    }

    internal static bool IsHex(byte value) => char.IsAsciiHexDigit((char)value);

    internal static bool Same(ReadOnlySpan<byte> text, ReadOnlySpan<byte> other) => System.Text.Ascii.EqualsIgnoreCase(text, other);

    /// <summary>Reads 1*DIGIT that fills <paramref name="text"/>; false also when the number needs more than 32 bits.</summary>
    internal static bool TryNumber(ReadOnlySpan<byte> text, out uint number) =>
        Utf8Parser.TryParse(text, out number, out var used) && used == text.Length && !text.ContainsAnyExcept(Digits);

    private static SearchValues<byte> Set(string characters) => SearchValues.Create(System.Text.Encoding.Latin1.GetBytes(characters));
}
