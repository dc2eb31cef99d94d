namespace CallActors.Sip.Messages;

/// <summary>What one step of <see cref="HeaderReader"/> met.</summary>
internal enum HeaderStep : byte
{
    Field,
    BadLine,
    End,
    Unterminated,
}

/// <summary>Walks the header section line by line, folding included; the one place that knows what a header line is (parser and framer share it).</summary>
internal ref struct HeaderReader(ReadOnlySpan<byte> bytes, int at)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Where the next line starts; after <see cref="HeaderStep.End"/>, where the body starts.</summary>
    public int At { get; private set; } = at;

    public SipRange Name { get; private set; }

    /// <summary>Without white space around it.</summary>
    public SipRange Value { get; private set; }

    /// <summary>Why the line is a bad one, after <see cref="HeaderStep.BadLine"/>.</summary>
    public SipRejection Reason { get; private set; }

    public HeaderStep Next()
    {
        var start = At;
        Reason = SipRejection.None;
        var end = PassLine();
        if (end < 0) return HeaderStep.Unterminated;
        if (end == start) return HeaderStep.End;
        if (Reason != SipRejection.None) return HeaderStep.BadLine;

        // HCOLON = *( SP / HTAB ) ":" SWS; the name is a token, so a line that begins with white space has none.
        var line = _bytes[start..end];
        var nameLength = line.IndexOfAnyExcept(SipGrammar.Token);
        var colon = nameLength;
        while ((uint)colon < (uint)line.Length && line[colon] is (byte)' ' or (byte)'\t') colon++;
        if (nameLength <= 0 || colon == line.Length || line[colon] != ':')
        {
            Reason = SipRejection.BadHeaderLine;
            return HeaderStep.BadLine;
        }

        var valueStart = SipGrammar.SkipWhite(line, colon + 1);
        var valueEnd = SipGrammar.TrimEnd(line, valueStart, line.Length);
        Name = new(start, nameLength);
        Value = new(start + valueStart, valueEnd - valueStart);
        return HeaderStep.Field;
    }

    /// <summary>Goes behind the next line with its continuations; its end, or -1 when the bytes end first.</summary>
    private int PassLine()
    {
        var start = At;
        var at = start;
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
                    var end = at;
                    at += 2;
                    if (end > start && at < _bytes.Length && _bytes[at] is (byte)' ' or (byte)'\t') continue;
                    At = at;
                    return end;
                }

                Reason = SipRejection.LoneLineBreak;
            }
            else if (_bytes[at] == '\n')
            {
                Reason = SipRejection.LoneLineBreak;
            }
            else if (at == start || _bytes[at - 1] != '\\')
            {
                // A NUL is legal as quoted-pair only (RFC 4475 §3.1.1.2).
                Reason = SipRejection.NulOctet;
            }

            at++;
        }

        At = _bytes.Length;
        return -1;
    }
}
