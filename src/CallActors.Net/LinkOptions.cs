namespace CallActors.Net;

/// <summary>What one direction between two addresses of a <see cref="MemoryNetwork"/> does to what travels it.</summary>
public sealed record LinkOptions
{
    /// <summary>A link that loses nothing and takes a millisecond.</summary>
    public static readonly LinkOptions Perfect = new();

    /// <summary>How long bytes travel. Zero delivers in the same instant, though never within the call that sends.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>What chance adds to <see cref="Delay"/>, at most. Datagrams may overtake each other by it, stream bytes never do.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>The part of the datagrams that is lost, 0 to 1.</summary>
    public double Loss { get; init; }

    /// <summary>The part of the datagrams that arrives twice, 0 to 1.</summary>
    public double Duplication { get; init; }

    /// <summary>The part of the datagrams that is held back by <see cref="ReorderingDelay"/>, 0 to 1.</summary>
    public double Reordering { get; init; }

    /// <summary>How long a datagram is held back that others shall overtake.</summary>
    public TimeSpan ReorderingDelay { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Whether stream bytes arrive in pieces that chance cuts, at their writes' borders or anywhere else.</summary>
    public bool SplitsStreams { get; init; }

    /// <summary>Whether nothing passes: datagrams are lost, stream bytes wait until the link is up again, connecting times out.</summary>
    public bool IsDown { get; init; }
}
