namespace CallActors.Sip.Messages;

/// <summary>
/// What the receiver writes into the topmost Via of a request while the message is copied out of the receive buffer:
/// <c>rport</c> always (the specification, part 3.1; RFC 3581 §4 asks for it when the peer does), <c>received</c> when the
/// sent-by host is not the source or <c>rport</c> was asked for (RFC 3261 §18.2.1, RFC 3581 §4). Values the peer put there itself are
/// replaced.
/// </summary>
/// <param name="sourceHost">The source address as text, without brackets (RFC 5118 §4.5).</param>
/// <param name="sourcePort">The source port.</param>
public readonly ref struct ViaStamp(ReadOnlySpan<byte> sourceHost, int sourcePort)
{
    /// <summary>The source address as text, without brackets.</summary>
    public ReadOnlySpan<byte> SourceHost { get; } = sourceHost;

    /// <summary>The source port.</summary>
    public int SourcePort { get; } = sourcePort;

    /// <summary>True unless this is <c>default</c>.</summary>
    public bool Apply { get; } = true;
}
