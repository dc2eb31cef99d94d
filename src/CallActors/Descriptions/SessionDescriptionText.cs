using System.Collections.Immutable;
using System.Text;

namespace CallActors.Descriptions;

/// <summary>
/// A session description (RFC 8866) as its lines, and what call control must know of it: the origin, and each media line with its direction.
/// Immutable. It reads any text and never throws: what it does not understand it keeps as it is.
/// </summary>
public sealed class SessionDescriptionText
{
    /// <summary>No description at all.</summary>
    public static readonly SessionDescriptionText Empty = new([]);

    private readonly string[] _lines;

    // Where the media sections begin, and as a last entry where the lines end.
    private readonly int[] _starts;

    private SessionDescriptionText(string[] lines)
    {
        _lines = lines;
        var starts = new List<int>();
        for (var at = 0; at < lines.Length; at++)
        {
            if (lines[at].StartsWith("m=", StringComparison.Ordinal)) starts.Add(at);
        }
        _starts = [.. starts, lines.Length];

        foreach (var line in SessionLines)
        {
            Origin ??= SessionOrigin.Read(line);
            Direction ??= MediaDirections.Read(line);
        }
        var media = ImmutableArray.CreateBuilder<MediaLine>(starts.Count);
        for (var index = 0; index < starts.Count; index++) media.Add(ReadMedia(MediaLines(index)));
        Media = media.MoveToImmutable();
    }

    /// <summary>Whether the text begins like a description, with <c>v=</c>.</summary>
    public bool IsDescription => _lines.Length > 0 && _lines[0].StartsWith("v=", StringComparison.Ordinal);

    /// <summary>The o= line; null when there is none that can be read.</summary>
    public SessionOrigin? Origin { get; }

    /// <summary>The direction stated for the whole session; null when only the lines state theirs, or none is stated.</summary>
    public MediaDirection? Direction { get; }

    /// <summary>The media lines in their order, which is what offer and answer match them by (RFC 3264 §6).</summary>
    public ImmutableArray<MediaLine> Media { get; }

    /// <summary>
    /// Whether this side takes media on no line, though there are some: it has put the other on hold, or is itself held by it.
    /// </summary>
    public bool IsHeld
    {
        get
        {
            foreach (var line in Media)
            {
                if (line.Direction.Receives()) return false;
            }
            return Media.Length > 0;
        }
    }

    internal ReadOnlySpan<string> SessionLines => _lines.AsSpan(0, _starts[0]);

    /// <summary>Reads a description; a null text is an empty one.</summary>
    public static SessionDescriptionText Read(string? text)
    {
        if (string.IsNullOrEmpty(text)) return Empty;
        var lines = text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return new(lines);
    }

    /// <summary>Reads a body. SDP is UTF-8 (RFC 8866 §5).</summary>
    public static SessionDescriptionText Read(ReadOnlySpan<byte> body) => Read(Encoding.UTF8.GetString(body));

    /// <summary>The description, each line ended by CRLF.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var line in _lines) text.Append(line).Append("\r\n");
        return text.ToString();
    }

    internal ReadOnlySpan<string> MediaLines(int index) => _lines.AsSpan(_starts[index].._starts[index + 1]);

    private MediaLine ReadMedia(ReadOnlySpan<string> section)
    {
        var words = section[0][2..].Split(' ', 4, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var isBundleOnly = false;
        var hasIce = HasIce(SessionLines);
        string? address = null;
        MediaDirection? stated = null;
        foreach (var line in section)
        {
            address ??= AddressIn(line);
            stated ??= MediaDirections.Read(line);
            isBundleOnly |= line == "a=bundle-only";
        }
        hasIce |= HasIce(section);
        foreach (var line in SessionLines) address ??= AddressIn(line);
        return new(
            WordAt(words, 0), PortIn(WordAt(words, 1)), WordAt(words, 2), WordAt(words, 3), address ?? "",
            stated ?? Direction ?? MediaDirection.SendReceive, hasIce, isBundleOnly);
    }

    private static bool HasIce(ReadOnlySpan<string> lines)
    {
        foreach (var line in lines)
        {
            if (line.StartsWith("a=ice-ufrag:", StringComparison.Ordinal)) return true;
        }
        return false;
    }

    private static string WordAt(string[] words, int index) => index < words.Length ? words[index] : "";

    // "49170/2" is two ports, of which the first is named.
    private static int PortIn(string word)
    {
        var digits = word.AsSpan();
        var slash = digits.IndexOf('/');
        return ushort.TryParse(slash < 0 ? digits : digits[..slash], out var port) ? port : 0;
    }

    // "c=IN IP4 224.2.1.1/127": what follows the slash is no part of the address.
    private static string? AddressIn(string line)
    {
        if (!line.StartsWith("c=", StringComparison.Ordinal)) return null;
        var words = line[2..].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words.Length < 3 ? null : words[2].Split('/')[0];
    }
}
