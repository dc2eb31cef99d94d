namespace CallActors.Sip.Messages;

/// <summary>What one step of <see cref="HeaderReader"/> met.</summary>
internal enum HeaderStep : byte
{
    Field,
    BadLine,
    End,
    Unterminated,
}

/// <summary>
/// Walks the header section line by line, folding included; the one place that knows what a header line is (parser and framer share it).
/// </summary>
internal ref struct HeaderReader(ReadOnlySpan<byte> bytes, int at)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _lineStart;
    private int _lineEnd;

    /// <summary>Where the next line starts; after <see cref="HeaderStep.End"/>, where the body starts.</summary>
    public int At { get; private set; } = at;

    /// <summary>The first character of the line passed.</summary>
    public readonly byte Initial => _bytes[_lineStart];

    public SipHeaderId Id { get; private set; }

    public SipRange Name { get; private set; }

    /// <summary>Without white space around it.</summary>
    public SipRange Value { get; private set; }

    /// <summary>Why the line is a bad one, after <see cref="HeaderStep.BadLine"/>.</summary>
    public SipRejection Reason { get; private set; }

    /// <summary>Goes behind the next line and takes it apart.</summary>
    public HeaderStep Next() => PassLine() is not HeaderStep.Field and var step ? step : Split();

    /// <summary>Goes behind the next line with its continuations.</summary>
    public HeaderStep PassLine()
    {
        Reason = SipRejection.None;
        var at = _lineStart = At;
        while (true)
        {
            var next = _bytes[at..].IndexOfAny((byte)'\r', (byte)'\n', (byte)'\0');
            if (next < 0) break;
            at += next;
            if (_bytes[at] == '\r')
            {
                if (at + 1 == _bytes.Length) break;
                if (_bytes[at + 1] == '\n')
                {
                    _lineEnd = at;
                    At = at += 2;
                    if (_lineEnd == _lineStart) return HeaderStep.End;
                    // At the end of the bytes nobody knows whether the line goes on.
                    if (at == _bytes.Length) break;
                    if (_bytes[at] is (byte)' ' or (byte)'\t') continue;
                    return Reason == SipRejection.None ? HeaderStep.Field : HeaderStep.BadLine;
                }

                Reason = SipRejection.LoneLineBreak;
            }
            else if (_bytes[at] == '\n')
            {
                Reason = SipRejection.LoneLineBreak;
            }
            else if (at == _lineStart || _bytes[at - 1] != '\\')
            {
                // A NUL is legal as quoted-pair only (RFC 4475 §3.1.1.2).
                Reason = SipRejection.NulOctet;
            }

            at++;
        }

        At = _bytes.Length;
        return HeaderStep.Unterminated;
    }

    /// <summary>Takes the line passed apart: token *( SP / HTAB ) ":" value. A line that begins with white space has no name.</summary>
    public HeaderStep Split()
    {
        var line = _bytes[_lineStart.._lineEnd];
        var colon = line.IndexOf((byte)':');
        var nameLength = colon;
        while (nameLength > 0 && line[nameLength - 1] is (byte)' ' or (byte)'\t') nameLength--;
        if (nameLength > 0)
        {
            var name = line[..nameLength];
            Id = SipHeaderNames.Find(name);
            if (Id != SipHeaderId.Unknown || SipToken.Is(name))
            {
                var start = SipGrammar.SkipWhite(line, colon + 1);
                Name = new(_lineStart, nameLength);
                Value = new(_lineStart + start, SipGrammar.TrimEnd(line, start, line.Length) - start);
                return HeaderStep.Field;
            }
        }

        Reason = SipRejection.BadHeaderLine;
        return HeaderStep.BadLine;
    }
}
