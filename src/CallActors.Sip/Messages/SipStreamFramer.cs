using CallActors.Sip.Headers;

namespace CallActors.Sip.Messages;

/// <summary>
/// Finds the end of each message in a stream's growing buffer. It remembers how far it looked, so a message that trickles in by single
/// bytes is looked at once. One per connection; WebSocket connections need none (RFC 7118 §5: a frame is a message).
/// </summary>
/// <param name="limits">The defaults when null.</param>
public struct SipStreamFramer(SipParserLimits? limits)
{
    private readonly SipParserLimits? _limits = limits;
    private int _looked;
    private int _whole;

    /// <summary>
    /// Looks at everything that is buffered and not yet consumed. After <see cref="SipFrameKind.KeepAlive"/> and
    /// <see cref="SipFrameKind.Message"/> the caller consumes <see cref="SipFrame.Length"/> bytes and asks again with the rest.
    /// </summary>
    public SipFrame Next(ReadOnlySpan<byte> buffered)
    {
        if (buffered.IsEmpty) return new(SipFrameKind.NeedMore, 0);
        if (_whole == 0)
        {
            if (buffered[0] == '\r') return LineBreak(buffered);
            // Whoever speaks TLS or HTTP/2 here is told at once, not after the limit.
            if (!HeaderGrammar.Token.Contains(buffered[0])) return Broken(SipRejection.NoStartLine, 0);
            var reason = FindEnd(buffered, out var head);
            if (reason != SipRejection.None) return Broken(reason, head);
        }

        if (_whole == 0 || _whole > buffered.Length) return new(SipFrameKind.NeedMore, 0);
        var length = _whole;
        Reset();
        return new(SipFrameKind.Message, length);
    }

    /// <summary>Forgets what it looked at, for another message.</summary>
    public void Reset() => _looked = _whole = 0;

    private static SipFrame LineBreak(ReadOnlySpan<byte> buffered)
    {
        if (buffered.StartsWith("\r\n\r\n"u8)) return new(SipFrameKind.KeepAlive, 4);
        // A break of which more may come: it could be the first half of a ping.
        if ("\r\n\r\n"u8.StartsWith(buffered)) return new(SipFrameKind.NeedMore, 0);
        return buffered[1] == '\n' ? new(SipFrameKind.KeepAlive, 2) : new(SipFrameKind.Broken, 0, SipRejection.LoneLineBreak);
    }

    private SipFrame Broken(SipRejection reason, int head)
    {
        Reset();
        return new(SipFrameKind.Broken, head, reason);
    }

    private SipRejection FindEnd(ReadOnlySpan<byte> buffered, out int head)
    {
        var limits = _limits ?? SipParserLimits.Default;
        var from = Math.Max(0, _looked - 3);
        var blank = buffered[from..].IndexOf("\r\n\r\n"u8);
        _looked = buffered.Length;
        head = blank < 0 ? 0 : from + blank + 4;
        if ((blank < 0 ? buffered.Length : head) > limits.MaxHeaderSection) return SipRejection.HeaderSectionTooLarge;
        if (blank < 0) return SipRejection.None;

        var reason = FindContentLength(buffered[..head], out var length);
        if (reason != SipRejection.None) return reason;
        if (head + (long)length > limits.MaxMessage) return SipRejection.MessageTooLarge;
        _whole = head + (int)length;
        return SipRejection.None;
    }

    // Lines the parser will refuse are passed over: the message has an end all the same.
    private static SipRejection FindContentLength(ReadOnlySpan<byte> head, out uint length)
    {
        length = 0;
        var isKnown = false;
        var reader = new HeaderReader(head, head.IndexOf("\r\n"u8) + 2);
        while (true)
        {
            var step = reader.PassLine();
            if (step is HeaderStep.End or HeaderStep.Unterminated) return SipRejection.None;
            if (step == HeaderStep.BadLine || (reader.Initial | 0x20) is not ('c' or 'l')) continue;
            if (reader.Split() != HeaderStep.Field || reader.Id != SipHeaderId.ContentLength) continue;
            if (isKnown) return SipRejection.RepeatedHeader;
            if (!SipGrammar.TryNumber(reader.Value.In(head), int.MaxValue, out length)) return SipRejection.BadContentLength;
            isKnown = true;
        }
    }
}
