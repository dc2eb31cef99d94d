namespace CallActors.Server.Configuration;

/// <summary>The bounds of tables, messages and waiting times. At a bound new work gets 503 with Retry-After; work inside dialogs goes on.</summary>
/// <remarks>Each partition has its share of transactions, dialogs and pending requests, rounded up.</remarks>
public sealed record LimitOptions
{
    /// <summary>The partitions that Call-IDs are spread over; each is one lock with its own tables and timers.</summary>
    public int Partitions { get; init; } = Math.Max(4, 4 * Environment.ProcessorCount);

    /// <summary>Transactions alive at once, of both sides.</summary>
    public int MaxTransactions { get; init; } = 500_000;

    /// <summary>Dialogs alive at once.</summary>
    public int MaxDialogs { get; init; } = 500_000;

    /// <summary>New requests that wait for an application's first response at once.</summary>
    public int MaxPendingRequests { get; init; } = 50_000;

    /// <summary>SIP connections (TCP, TLS, WS, WSS) open at once.</summary>
    public int MaxStreamConnections { get; init; } = 50_000;

    /// <summary>Control connections open at once, both directions, authenticated or not.</summary>
    public int MaxControlConnections { get; init; } = 10_000;

    /// <summary>The longest SIP message over a stream, in bytes; beyond it 413 and the connection is closed.</summary>
    public int MaxSipMessage { get; init; } = 1024 * 1024;

    /// <summary>The longest control frame's payload, in bytes; beyond it the connection is dropped.</summary>
    public int MaxControlFrame { get; init; } = 1024 * 1024;

    /// <summary>Bytes that may wait for a control connection that does not read; beyond it the connection is dropped.</summary>
    public int MaxControlBacklog { get; init; } = 16 * 1024 * 1024;

    /// <summary>Bytes that may wait for a SIP connection that does not read; beyond it the connection is dropped.</summary>
    public int MaxStreamBacklog { get; init; } = 4 * 1024 * 1024;

    /// <summary>How long a control connection may stay open before it has authenticated.</summary>
    public TimeSpan AuthenticateTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an application may take to its first response; then the caller gets <see cref="UnansweredInviteStatus"/>.</summary>
    public TimeSpan AppAnswerTimeout { get; init; } = TimeSpan.FromSeconds(64);

    /// <summary>The status for an INVITE that no application answered in time: 480, 504 or another of 400 to 699.</summary>
    public int UnansweredInviteStatus { get; init; } = 480;

    /// <summary>How long calls go on after their application has gone, before the server ends them.</summary>
    public TimeSpan OrphanGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long after its start the server gives applications to come back with the dialogs of the server before: requests in unknown dialogs are not answered before any
    /// application has come, and not refused before all had the time; new requests are not refused before applications have asked for any. Zero refuses them at once.
    /// </summary>
    public TimeSpan RestoreGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an INVITE may go without a final response after its latest provisional one (timer C, RFC 3261 §16.6).</summary>
    public TimeSpan ProceedingTimeout { get; init; } = TimeSpan.FromSeconds(185);

    /// <summary>How long a stream connection may be silent before it is closed.</summary>
    public TimeSpan IdleStreamTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a message that has begun on a stream may take to arrive in full.</summary>
    public TimeSpan PartialMessageTimeout { get; init; } = TimeSpan.FromSeconds(32);

    /// <summary>How long a connection attempt may take, SIP and outbound control alike.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long the connection attempt of a routing query may take.</summary>
    public TimeSpan RoutingConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a routing query may take in all.</summary>
    public TimeSpan RoutingQueryTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The longest answer to a routing query, in bytes.</summary>
    public int MaxRoutingAnswer { get; init; } = 1024 * 1024;

    /// <summary>What a 503 for want of room tells the caller to wait.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(5);
}
