namespace CallActors.Sip.Messages;

/// <summary>
/// Bytes to message: one pass, one validation, one copy. It never throws, whatever the bytes; what a peer did wrong is a
/// <see cref="SipParseError"/>. Tolerant exactly where RFC 4475 asks for it.
/// </summary>
public static class SipParser
{
    private const int UsualHeaders = 40;

    /// <summary>Reads the message at the start of <paramref name="bytes"/>; line breaks before it are skipped (RFC 3261 §7.5).</summary>
    /// <param name="bytes">A datagram, or what a stream has buffered. Read during the call only.</param>
    /// <param name="stamp">Written into the topmost Via of a request; <c>default</c> writes nothing.</param>
    /// <param name="limits">The defaults when null.</param>
    /// <param name="isStream">
    /// On a stream an absent Content-Length is zero and a missing rest is <see cref="SipParseStatus.NeedMore"/>; in a datagram the
    /// body reaches to its end, and a missing rest is an error (RFC 3261 §18.3).
    /// </param>
    public static SipParseResult Parse(
        ReadOnlySpan<byte> bytes, in ViaStamp stamp = default, SipParserLimits? limits = null, bool isStream = false)
    {
        var lead = 0;
        while (bytes[lead..].StartsWith("\r\n"u8)) lead += 2;
        if (lead == bytes.Length)
            return isStream ? new(SipParseStatus.NeedMore, null, default, lead) : Broken(new(SipRejection.Empty, 0), null, lead);

        limits ??= SipParserLimits.Default;
        var message = bytes[lead..];
        Span<SipHeaderRange> scratch = stackalloc SipHeaderRange[UsualHeaders];
        var reader = new MessageReader(message, limits, scratch);
        try
        {
            var isReadable = reader.ReadHead();
            if (isStream && reader.Error.Reason == SipRejection.HeadersUnterminated && message.Length < limits.MaxHeaderSection)
                return new(SipParseStatus.NeedMore, null, default, 0);

            var end = isReadable && reader.HasEnd ? FindEnd(ref reader, message.Length, limits, isStream) : message.Length;
            if (end < 0) return new(SipParseStatus.NeedMore, null, default, 0);

            var error = reader.Error with { Offset = reader.Error.Offset + lead };
            if (error.Reason == SipRejection.None)
                return new(SipParseStatus.Message, Make(message, end, stamp, ref reader), default, lead + end);
            return Broken(error, isReadable ? MakeAnswerable(message, stamp, ref reader) : null, lead + end);
        }
        finally
        {
            reader.Headers.GiveBack();
        }
    }

    /// <summary>Where the message ends; -1 when a stream has to deliver more of it.</summary>
    private static int FindEnd(ref MessageReader reader, int available, SipParserLimits limits, bool isStream)
    {
        if (reader.IsEndUnknown) return available;
        var start = reader.Facts.BodyStart;
        var length = reader.ContentLength ?? (isStream ? 0 : available - start);
        if (length > limits.MaxMessage - start)
        {
            reader.Refuse(SipRejection.MessageTooLarge, start);
            return available;
        }

        if (length <= available - start) return start + length;
        if (isStream) return -1;
        reader.Refuse(SipRejection.BodyTruncated, start);
        return available;
    }

    private static SipMessage Make(ReadOnlySpan<byte> source, int end, in ViaStamp stamp, ref MessageReader reader)
    {
        var bytes = stamp.Apply && reader.IsRequest && reader.ViaIsGood
            ? ViaStamper.Copy(source, end, stamp, ref reader)
            : source[..end].ToArray();
        var headers = reader.Headers.Items.ToArray();
        return reader.IsRequest ? new SipRequest(bytes, headers, reader.Facts) : new SipResponse(bytes, headers, reader.Facts);
    }

    // An ACK gets no answer, and without a Via there is no way back (RFC 3261 §18.2.2).
    private static SipMessage? MakeAnswerable(ReadOnlySpan<byte> source, in ViaStamp stamp, ref MessageReader reader) =>
        reader.IsRequest && reader.Facts.Method != SipMethod.Ack && reader.ViaField >= 0
            ? Make(source, reader.Facts.BodyStart, stamp, ref reader)
            : null;

    private static SipParseResult Broken(SipParseError error, SipMessage? answerable, int consumed) =>
        new(SipParseStatus.Broken, answerable, error, consumed);
}
