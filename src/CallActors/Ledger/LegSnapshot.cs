using CallActors.Sip;

namespace CallActors.Ledger;

/// <summary>One leg of a call, as much of it as brings its dialog back.</summary>
/// <param name="Id">The leg's number in its call, from 1.</param>
/// <param name="IsIncoming">Whether the far end called.</param>
/// <param name="Server">The signalling server that holds the dialog.</param>
/// <param name="DialogId">The dialog's name on that server.</param>
/// <param name="LocalSdp">What we described last, if anything.</param>
/// <param name="RemoteSdp">What the far end described last, if anything.</param>
/// <param name="CallId">Call-ID of the dialog (RFC 3261 §12).</param>
/// <param name="LocalTag">Our tag.</param>
/// <param name="RemoteTag">The far end's tag.</param>
/// <param name="LocalUri">Our address in the dialog.</param>
/// <param name="RemoteUri">The far end's address in the dialog.</param>
/// <param name="Peer">The leg it is bridged with; 0 for none.</param>
/// <param name="Hold">Who holds whom, as the leg numbers it.</param>
internal sealed record LegSnapshot(
    int Id,
    bool IsIncoming,
    string Server,
    string DialogId,
    string? LocalSdp,
    string? RemoteSdp,
    string CallId,
    string LocalTag,
    string RemoteTag,
    string LocalUri,
    string RemoteUri,
    int Peer,
    byte Hold)
{
    /// <summary>What we described before we held the far end; null where we do not.</summary>
    public string? BeforeHold { get; init; }

    /// <summary>What the bridge copies of headers, as <see cref="CallActors.Headers.HeaderPolicy.ToText"/> writes it.</summary>
    public string PeerHeaders { get; init; } = "";

    /// <summary>The run of the server that holds the dialog; empty for a server that does not name its runs.</summary>
    public string Run { get; init; } = "";

    /// <summary>The incarnation of the call's ownership on that server; 0 before it has one.</summary>
    public int Incarnation { get; init; }

    /// <summary>The server's own memory of the dialog, by which the next run of it knows the dialog again; empty when it has told none.</summary>
    public Octets State { get; init; }
}
