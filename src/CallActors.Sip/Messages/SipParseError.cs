namespace CallActors.Sip.Messages;

/// <summary>What was wrong with the peer's bytes; a value, never an exception.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Offset">Where in the bytes given to the parser.</param>
/// <param name="Header">The culprit among the known headers, where there is one.</param>
public readonly record struct SipParseError(SipRejection Reason, int Offset, SipHeaderId Header = SipHeaderId.Unknown)
{
    /// <summary>The status to answer with.</summary>
    public int Status => SipRejections.Status(Reason);

    /// <summary>The reason phrase to answer with: names the header where one is known.</summary>
    public ReadOnlySpan<byte> Phrase => SipRejections.Phrase(Reason, Header);
}
