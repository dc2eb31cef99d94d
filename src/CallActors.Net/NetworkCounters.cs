namespace CallActors.Net;

/// <summary>What happened on a <see cref="MemoryNetwork"/> so far.</summary>
public sealed record NetworkCounters
{
    /// <summary>Datagrams the network took.</summary>
    public long DatagramsSent { get; internal set; }

    /// <summary>Datagrams that reached a receiver, copies included.</summary>
    public long DatagramsDelivered { get; internal set; }

    /// <summary>Datagrams lost by chance or on a link that is down.</summary>
    public long DatagramsLost { get; internal set; }

    /// <summary>Datagrams that were delivered once more.</summary>
    public long DatagramsDuplicated { get; internal set; }

    /// <summary>Datagrams held back so that others overtake them.</summary>
    public long DatagramsReordered { get; internal set; }

    /// <summary>Datagrams nobody was there to receive, when sent or when they arrived.</summary>
    public long DatagramsRefused { get; internal set; }

    /// <summary>Stream connections made.</summary>
    public long ConnectionsMade { get; internal set; }

    /// <summary>Stream connections over, each counted once.</summary>
    public long ConnectionsEnded { get; internal set; }

    /// <summary>Bytes that reached a stream's receiver.</summary>
    public long StreamBytes { get; internal set; }
}
