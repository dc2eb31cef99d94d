namespace CallActors.Sip.Messages;

/// <summary>
/// One pass over a message. It goes on after the first error, which is the one reported, so that a broken request can still be
/// answered along what stands behind the error.
/// </summary>
internal ref struct MessageReader(ReadOnlySpan<byte> bytes, SipParserLimits limits, Span<SipHeaderRange> scratch)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private SipHeaderSet _seen;

    public SipFacts Facts;
    public SipHeaderList Headers = new(scratch);

    /// <summary>The first thing that was wrong.</summary>
    public SipParseError Error;

    /// <summary>The topmost Via, relative to <see cref="ViaField"/>'s value.</summary>
    public ViaReader Via;

    /// <summary>
    /// Index of the topmost Via among the headers, -1 while none was read; <see cref="ViaIsGood"/> when it follows the grammar.
    /// </summary>
    public int ViaField = -1;

    public bool ViaIsGood;

    /// <summary>False when the bytes ended before the empty line.</summary>
    public bool HasEnd;

    /// <summary>Null when absent.</summary>
    public int? ContentLength;

    /// <summary>True when Content-Length cannot be trusted, so that nobody knows where the message ends.</summary>
    public bool IsEndUnknown;

    public readonly bool IsRequest => Facts.StatusCode == 0;

    /// <summary>Start line and header section; false when the first line is none, and nothing else was read.</summary>
    public bool ReadHead()
    {
        var end = _bytes.IndexOfAny((byte)'\r', (byte)'\n', (byte)'\0');
        if (end < 0 || end + 1 == _bytes.Length)
        {
            Refuse(SipRejection.HeadersUnterminated, _bytes.Length);
            return false;
        }

        if (_bytes[end] != '\r' || _bytes[end + 1] != '\n')
        {
            Refuse(_bytes[end] == 0 ? SipRejection.NulOctet : SipRejection.LoneLineBreak, end);
            return false;
        }

        var reason = StartLineReader.Read(_bytes[..end], ref Facts);
        if (reason != SipRejection.None) Refuse(reason, 0);
        if (Facts.StartWord.IsEmpty && IsRequest) return false;
        ReadHeaders(end + 2);
        if (HasEnd && _seen.Missing is not SipHeaderId.Unknown and var missing)
            Refuse(SipRejection.MissingHeader, Facts.BodyStart, missing);
        return true;
    }

    public void Refuse(SipRejection reason, int offset, SipHeaderId header = SipHeaderId.Unknown)
    {
        if (Error.Reason == SipRejection.None)
            Error = new(reason, offset, header == SipHeaderId.Unknown ? SipRejections.Culprit(reason) : header);
    }

    private void ReadHeaders(int at)
    {
        var section = _bytes[..Math.Min(_bytes.Length, limits.MaxHeaderSection)];
        var reader = new HeaderReader(section, at);
        while (true)
        {
            var start = reader.At;
            switch (reader.Next())
            {
                case HeaderStep.Field:
                    if (Headers.Count == limits.MaxHeaders || !SipHeaderRange.Fits(start, reader.Name.Length, reader.Value.Start))
                    {
                        var isFull = Headers.Count == limits.MaxHeaders;
                        Refuse(isFull ? SipRejection.TooManyHeaders : SipRejection.HeaderSectionTooLarge, start);
                        Facts.BodyStart = start;
                        return;
                    }

                    Take(reader.Id, reader.Name, reader.Value);
                    break;
                case HeaderStep.BadLine:
                    // Not kept, so that no answer carries it on.
                    Refuse(reader.Reason, start);
                    break;
                case HeaderStep.End:
                    Facts.BodyStart = reader.At;
                    HasEnd = true;
                    return;
                default:
                    Refuse(section.Length < _bytes.Length ? SipRejection.HeaderSectionTooLarge : SipRejection.HeadersUnterminated, start);
                    Facts.BodyStart = start;
                    return;
            }
        }
    }

    private void Take(SipHeaderId id, SipRange name, SipRange field)
    {
        Headers.Add(new(id, name.Start, name.Length, field.Start, field.Length));
        if (id == SipHeaderId.Unknown) return;

        var value = field.In(_bytes);
        var isFirst = _seen.Add(id);
        var reason = SipRejection.None;
        switch (id)
        {
            case SipHeaderId.Via when isFirst:
                ViaField = Headers.Count - 1;
                reason = FactReader.ReadVia(value, field.Start, out Via, ref Facts);
                ViaIsGood = reason != SipRejection.BadVia;
                break;
            case SipHeaderId.ContentLength when isFirst:
                if (SipGrammar.TryNumber(value, int.MaxValue, out var length)) ContentLength = (int)length;
                else reason = SipRejection.BadContentLength;
                IsEndUnknown = reason != SipRejection.None;
                break;
            case SipHeaderId.ContentLength:
                reason = SipRejection.RepeatedHeader;
                IsEndUnknown = true;
                break;
            case SipHeaderId.Contact:
                reason = FactReader.CheckContact(value, IsRequest);
                break;
            case SipHeaderId.CSeq when isFirst:
                reason = FactReader.Read(id, value, field.Start, ref Facts);
                if (reason == SipRejection.None && IsRequest && !IsOfThisMethod()) reason = SipRejection.CSeqMethodMismatch;
                break;
            default:
                if (isFirst) reason = FactReader.Read(id, value, field.Start, ref Facts);
                else if (SipHeaderNames.MustBeUnique(id)) reason = SipRejection.RepeatedHeader;
                break;
        }

        if (reason != SipRejection.None) Refuse(reason, field.Start, id);
    }

    private readonly bool IsOfThisMethod() => Facts.CSeqMethodName.In(_bytes).SequenceEqual(Facts.StartWord.In(_bytes));
}
