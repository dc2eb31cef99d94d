namespace CallActors.Sip.Messages;

/// <summary>What stands at the start of a stream's buffer.</summary>
public enum SipFrameKind : byte
{
    /// <summary>The message is not complete yet.</summary>
    NeedMore,

    /// <summary>Line breaks between messages (RFC 3261 §7.5, RFC 5626 §3.5.1).</summary>
    KeepAlive,

    /// <summary>One message, ready for <see cref="SipParser.Parse"/>.</summary>
    Message,

    /// <summary>Nobody can tell where the next message starts: answer if possible, then close.</summary>
    Broken,
}

/// <summary>The framer's answer.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Length">
/// How many bytes it takes. Of a broken one: how long the header section is, which the parser can still make an answerable request of; 0
/// when it has no end.
/// </param>
/// <param name="Reason">Why it is broken.</param>
public readonly record struct SipFrame(SipFrameKind Kind, int Length, SipRejection Reason = SipRejection.None)
{
    /// <summary>A ping that wants the single line break in return (RFC 5626 §4.4.1).</summary>
    public bool IsPing => Kind == SipFrameKind.KeepAlive && Length == 4;
}
