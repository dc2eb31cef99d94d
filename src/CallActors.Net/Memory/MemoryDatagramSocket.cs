namespace CallActors.Net.Memory;

/// <summary>A datagram socket on a memory network.</summary>
internal sealed class MemoryDatagramSocket(MemoryNetwork network, NetAddress local, DatagramOptions options, IDatagramReceiver receiver) : IDatagramSocket
{
    // What IPv4 leaves of 65,535 bytes for a datagram's payload.
    private const int MaxDatagram = 65_507;

    private bool _closed;
    private bool _inBatch;

    /// <inheritdoc/>
    public NetAddress Local { get; } = local;

    /// <inheritdoc/>
    public int ReceiveBufferSize => 0;

    /// <inheritdoc/>
    public SendOutcome Send(ReadOnlySpan<byte> datagram, NetAddress destination)
    {
        if (_closed) return SendOutcome.Closed;
        if (destination.IsIpv6 != Local.IsIpv6) return SendOutcome.Unreachable;
        if (datagram.Length > MaxDatagram) return SendOutcome.TooLarge;
        return network.Send(datagram, this, destination);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (!_closed) network.Forget(this);
        _closed = true;
        return ValueTask.CompletedTask;
    }

    /// <summary>A datagram has arrived.</summary>
    public void Deliver(byte[] datagram, NetAddress source)
    {
        if (!_inBatch) network.Agenda.AddAfterwards(EndBatch);
        _inBatch = true;
        Faults.Guard(options.OnFault, (Socket: this, receiver, datagram, source), static at => at.receiver.OnDatagram(at.Socket, at.datagram, at.source));
    }

    private void EndBatch()
    {
        _inBatch = false;
        if (!_closed) Faults.Guard(options.OnFault, (Socket: this, receiver), static at => at.receiver.OnBatchEnd(at.Socket));
    }
}
