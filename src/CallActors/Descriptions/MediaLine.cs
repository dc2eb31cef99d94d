namespace CallActors.Descriptions;

/// <summary>One media description: the m= line and what its section, or else the session's, says about it (RFC 8866 §5.14).</summary>
/// <param name="Kind"><c>audio</c>, <c>video</c>, <c>image</c>…</param>
/// <param name="Port">The port; 0 also for one that cannot be read.</param>
/// <param name="Protocol"><c>RTP/AVP</c>, <c>UDP/TLS/RTP/SAVPF</c>, <c>udptl</c>…</param>
/// <param name="Formats">The rest of the line: payload types as they stand there.</param>
/// <param name="Address">The address of the c= line that holds for it; empty when there is none.</param>
/// <param name="Stated">The direction its attribute states, or the session's, or sending and receiving (RFC 3264 §5.1).</param>
/// <param name="HasIce">ICE finds the address, so the one of the c= line means nothing (RFC 8839 §4.2.1).</param>
/// <param name="IsBundleOnly">Its port 0 refuses nothing: the line travels on another's address (RFC 9143 §6).</param>
public sealed record MediaLine(
    string Kind, int Port, string Protocol, string Formats, string Address, MediaDirection Stated, bool HasIce, bool IsBundleOnly)
{
    /// <summary>Whether the line is refused, or taken away (RFC 3264 §6, §8.2).</summary>
    public bool IsRejected => Port == 0 && !IsBundleOnly;

    /// <summary>
    /// Whether the address is none, which asks the other side to send nothing: the hold of RFC 2543 (RFC 3264 §8.4). Browsers that trickle
    /// their candidates write it too, and mean no such thing.
    /// </summary>
    public bool HasNoAddress => !HasIce && (Address is "0.0.0.0" or "::" || Address.EndsWith(".invalid", StringComparison.OrdinalIgnoreCase));

    /// <summary>The direction that is meant, whichever way it is said.</summary>
    public MediaDirection Direction => IsRejected ? MediaDirection.Inactive
        : HasNoAddress ? Stated & MediaDirection.SendOnly
        : Stated;
}
