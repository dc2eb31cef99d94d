namespace CallActors.Net;

/// <summary>How stream connections are listened for, made and bounded.</summary>
public sealed record StreamOptions
{
    /// <summary>What holds unless somebody says otherwise.</summary>
    public static readonly StreamOptions Default = new();

    /// <summary>Bytes written and not yet taken by the network; a write that would go beyond aborts the connection.</summary>
    public int MaxBacklog { get; init; } = 16 << 20;

    /// <summary>Bytes arrived and not yet consumed; a peer that makes the receiver wait for more than these is cut off.</summary>
    public int MaxReceiveBuffer { get; init; } = 4 << 20;

    /// <summary>A connection on which nothing arrives or leaves for so long is closed; zero for never.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a connection that is being closed may take to send its rest and to hear the peer's end.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time between TCP keep-alive probes, the first after one second of silence; zero for none.</summary>
    public TimeSpan KeepAliveInterval { get; init; }

    /// <summary>
    /// Whether a connection has a <see cref="NetworkThread"/> of its own to receive on, rather than one together with all others: for the few over which much comes. Under TLS of no account.
    /// </summary>
    public bool HasOwnThread { get; init; }

    /// <summary>How many connections the kernel queues before they are accepted.</summary>
    public int ListenBacklog { get; init; } = 512;

    /// <summary>How many connections a listener serves at once; more are closed as soon as they are accepted. 0 for what the process has descriptors for.</summary>
    public int MaxConnections { get; init; }

    /// <summary>How long connecting may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How TLS is done, where the protocol is TLS.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Told of what should never happen, such as a receiver that throws, and of what an operator must mend.</summary>
    public Action<Exception>? OnFault { get; init; }
}
