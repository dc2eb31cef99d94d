namespace CallActors.Sip.Messages;

/// <summary>The parser's three answers.</summary>
public enum SipParseStatus : byte
{
    /// <summary>A whole message.</summary>
    Message,

    /// <summary>The message goes on beyond the bytes given (streams only).</summary>
    NeedMore,

    /// <summary>No message; <see cref="SipParseResult.Error"/> says why.</summary>
    Broken,
}

/// <summary>What the parser made of some bytes.</summary>
/// <param name="Status">Message, need more, or broken.</param>
/// <param name="Message">
/// The message. When a broken <em>request</em> can still be answered: what could be read of it, without a body.
/// </param>
/// <param name="Error">Why it is broken.</param>
/// <param name="Consumed">
/// How many of the bytes belong to this message, leading line breaks included; all of them when its end is unknown.
/// </param>
public readonly record struct SipParseResult(SipParseStatus Status, SipMessage? Message, SipParseError Error, int Consumed)
{
    /// <summary>
    /// True when this is a broken request, not an ACK, with a Via to answer along (<see cref="SipComposition.RespondTo"/>).
    /// </summary>
    public bool CanBeAnswered => Status == SipParseStatus.Broken && Message is SipRequest;
}
