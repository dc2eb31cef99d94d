using System.Text;
using CallActors.Sip.Messages;

namespace CallActors.Control;

/// <summary>The SIP text of a command, read as leniently as clients write it; a view over the command's bytes.</summary>
/// <remarks>
/// This is not a SIP message: it holds only what the application chose to say (no Via, often no CSeq), and the server builds the
/// message. The head ends at the first empty line (CRLF CRLF) and the body is everything behind it, verbatim; Content-Length, which
/// the client library counts in UTF-16 units, is never used to cut. Inside the head a line ends at <em>any</em> CR or LF and nothing
/// is folded, so no value that gets through here can start a line of its own on the network.
/// </remarks>
public readonly ref struct AppMessage
{
    private readonly ReadOnlySpan<byte> _headerLines;

    /// <summary>Reads <paramref name="text"/>, a command's <see cref="ControlMessage.Sip"/>; any bytes are acceptable.</summary>
    public AppMessage(ReadOnlySpan<byte> text)
    {
        var headEnd = text.IndexOf("\r\n\r\n"u8);
        var head = headEnd < 0 ? text : text[..headEnd];
        Body = headEnd < 0 ? default : text[(headEnd + 4)..];

        var lineEnd = head.IndexOfAny((byte)'\r', (byte)'\n');
        StartLine = Trim(lineEnd < 0 ? head : head[..lineEnd]);
        _headerLines = lineEnd < 0 ? default : head[lineEnd..];
    }

    /// <summary>The first line, without its end and surrounding blanks.</summary>
    public ReadOnlySpan<byte> StartLine { get; }

    /// <summary>Everything behind the first empty line.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>Whether the start line is a status line: it begins with <c>SIP/</c>.</summary>
    public bool IsResponse => StartLine.StartsWith("SIP/"u8);

    /// <summary>The method of a request; empty when the first word is no token of RFC 3261 §25.1.</summary>
    public ReadOnlySpan<byte> Method
    {
        get
        {
            var method = FirstWord(StartLine);
            return IsResponse || !SipToken.Is(method) ? default : method;
        }
    }

    /// <summary>The URI of a request: what stands between the method and the version. Empty when there is none or when it has blanks inside.</summary>
    public ReadOnlySpan<byte> Uri
    {
        get
        {
            if (IsResponse) return default;
            var uri = Trim(StartLine[FirstWord(StartLine).Length..]);
            var last = uri.LastIndexOfAny((byte)' ', (byte)'\t');
            if (uri[(last + 1)..].StartsWith("SIP/"u8)) uri = Trim(uri[..(last + 1)]);
            return uri.ContainsAny((byte)' ', (byte)'\t') ? default : uri;
        }
    }

    /// <summary>The status of a response, 100 to 699; 0 when it is none.</summary>
    public int Status
    {
        get
        {
            var code = IsResponse ? FirstWord(AfterVersion) : default;
            if (code.Length != 3 || code[0] is < (byte)'1' or > (byte)'6' || code[1..].ContainsAnyExceptInRange((byte)'0', (byte)'9')) return 0;
            return (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
        }
    }

    /// <summary>The reason phrase of a response, bytes as they are; may be empty.</summary>
    public ReadOnlySpan<byte> Reason => IsResponse ? Trim(AfterVersion[FirstWord(AfterVersion).Length..]) : default;

    /// <summary>The header lines in order; lines that are none are left out (<see cref="TryFindBadLine"/>).</summary>
    public AppHeaders Headers => new(_headerLines);

    /// <summary>The first header of that kind, compact forms included.</summary>
    public bool TryFind(SipHeaderId id, out ReadOnlySpan<byte> value)
    {
        foreach (var header in Headers)
        {
            if (header.Id != id) continue;
            value = header.Value;
            return true;
        }
        value = default;
        return false;
    }

    /// <summary>The first header of that name, without regard to case; for those that have no <see cref="SipHeaderId"/>.</summary>
    public bool TryFind(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (var header in Headers)
        {
            if (!Ascii.EqualsIgnoreCase(header.Name, name)) continue;
            value = header.Value;
            return true;
        }
        value = default;
        return false;
    }

    /// <summary>The first line of the head that is no header line and is therefore left out, for a line in the log.</summary>
    public bool TryFindBadLine(out ReadOnlySpan<byte> line)
    {
        var rest = _headerLines;
        while (TryNextLine(ref rest, out line))
            if (!AppHeader.TryRead(line, out _)) return true;
        return false;
    }

    private ReadOnlySpan<byte> AfterVersion => Trim(StartLine[FirstWord(StartLine).Length..]);

    /// <summary>Takes the next line that is not empty off <paramref name="rest"/>.</summary>
    internal static bool TryNextLine(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line)
    {
        var start = 0;
        while (start < rest.Length && rest[start] is (byte)'\r' or (byte)'\n') start++;
        rest = rest[start..];
        var end = rest.IndexOfAny((byte)'\r', (byte)'\n');
        line = end < 0 ? rest : rest[..end];
        rest = rest[line.Length..];
        return !line.IsEmpty;
    }

    internal static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        var start = 0;
        while (start < text.Length && text[start] is (byte)' ' or (byte)'\t') start++;
        return TrimEnd(text[start..]);
    }

    internal static ReadOnlySpan<byte> TrimEnd(ReadOnlySpan<byte> text)
    {
        var length = text.Length;
        while (length > 0 && text[length - 1] is (byte)' ' or (byte)'\t') length--;
        return text[..length];
    }

    private static ReadOnlySpan<byte> FirstWord(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAny((byte)' ', (byte)'\t');
        return end < 0 ? text : text[..end];
    }
}
