namespace CallActors.Net;

/// <summary>How a datagram socket is opened.</summary>
public sealed record DatagramOptions
{
    /// <summary>What holds unless somebody says otherwise.</summary>
    public static readonly DatagramOptions Default = new();

    /// <summary>Bytes of receive buffer to ask the kernel for. The usual default of 208 kB overruns long before a CPU is full.</summary>
    public int ReceiveBufferSize { get; init; } = 4 << 20;

    /// <summary>Bytes of send buffer to ask the kernel for.</summary>
    public int SendBufferSize { get; init; } = 4 << 20;

    /// <summary>How many peers' addresses are remembered, so that a datagram from one of them allocates nothing.</summary>
    public int PeerCacheSize { get; init; } = 16_384;

    /// <summary>
    /// Whether ICMP errors count (RFC 3261 §18.4): the next datagram to an address that one named is answered with what it said instead of being
    /// sent. Known on Linux; elsewhere such errors are ignored.
    /// </summary>
    public bool HearsIcmp { get; init; } = true;

    /// <summary>Told of what should never happen, such as a receiver that throws. Receiving goes on.</summary>
    public Action<Exception>? OnFault { get; init; }
}
