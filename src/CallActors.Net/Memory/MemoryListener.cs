namespace CallActors.Net.Memory;

/// <summary>A place on a memory network where connections are accepted.</summary>
internal sealed class MemoryListener(
    MemoryNetwork network, NetAddress local, NetProtocol protocol, StreamOptions options, Func<IStreamConnection, IStreamReceiver> accept) : IStreamListener
{
    /// <inheritdoc/>
    public NetAddress Local { get; } = local;

    /// <summary>What carries the connections.</summary>
    public NetProtocol Protocol { get; } = protocol;

    /// <summary>Their bounds.</summary>
    public StreamOptions Options { get; } = options;

    /// <summary>Who receives them.</summary>
    public Func<IStreamConnection, IStreamReceiver> Accept { get; } = accept;

    /// <summary>How many are open now.</summary>
    public int Connections { get; set; }

    /// <summary>Whether one more is one too many.</summary>
    public bool IsFull => Options.MaxConnections > 0 && Connections >= Options.MaxConnections;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        network.Forget(this);
        return ValueTask.CompletedTask;
    }
}
