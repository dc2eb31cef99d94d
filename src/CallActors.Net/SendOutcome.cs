namespace CallActors.Net;

/// <summary>What became of one datagram, as far as this host can know at once.</summary>
public enum SendOutcome
{
    /// <summary>The network took it. It may still be lost.</summary>
    Sent,

    /// <summary>Nobody listens there: an ICMP port unreachable answered this datagram or an earlier one to the same address.</summary>
    Refused,

    /// <summary>There is no way to that address: no route, an address of the other family, or a local rule forbids it.</summary>
    Unreachable,

    /// <summary>More bytes than one datagram can carry.</summary>
    TooLarge,

    /// <summary>The network's send buffer is full, or other peers' ICMP errors kept this one from leaving; the datagram was dropped, and nobody waited.</summary>
    Congested,

    /// <summary>The socket is closed.</summary>
    Closed,
}
