using CallActors.Sip.Messages;

namespace CallActors.Control;

/// <summary>One header line of an <see cref="AppMessage"/>.</summary>
public readonly ref struct AppHeader
{
    private AppHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Name = name;
        Value = value;
    }

    /// <summary>The name as the application wrote it: a token of RFC 3261.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>Which header this is, compact forms included; <see cref="SipHeaderId.Unknown"/> for the application's own.</summary>
    public SipHeaderId Id => SipHeaderNames.Find(Name);

    /// <summary>The value without surrounding blanks, otherwise untouched; never with CR or LF.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Reads one line. A blank in front of the name makes it no header line, which is why nothing can be folded.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> line, out AppHeader header)
    {
        var colon = line.IndexOf((byte)':');
        var name = colon < 0 ? default : AppMessage.TrimEnd(line[..colon]);
        if (!SipToken.Is(name))
        {
            header = default;
            return false;
        }
        header = new(name, AppMessage.Trim(line[(colon + 1)..]));
        return true;
    }
}

/// <summary>The header lines of an <see cref="AppMessage"/>, for <c>foreach</c>.</summary>
public ref struct AppHeaders
{
    private ReadOnlySpan<byte> _rest;
    private AppHeader _current;

    internal AppHeaders(ReadOnlySpan<byte> lines) => _rest = lines;

    /// <summary>The header line that was reached.</summary>
    public readonly AppHeader Current => _current;

    /// <summary>Itself: a copy starts where this one stands.</summary>
    public readonly AppHeaders GetEnumerator() => this;

    /// <summary>Goes on to the next header line.</summary>
    public bool MoveNext()
    {
        while (AppMessage.TryNextLine(ref _rest, out var line))
            if (AppHeader.TryRead(line, out _current)) return true;
        return false;
    }
}
