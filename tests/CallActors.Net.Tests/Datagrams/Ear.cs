namespace CallActors.Net.Tests.Datagrams;

/// <summary>A datagram receiver that remembers what it was told.</summary>
internal sealed class Ear(Signal signal) : IDatagramReceiver
{
    public List<(byte[] Bytes, NetAddress Source)> Datagrams { get; } = [];

    public int BatchEnds { get; private set; }

    /// <summary>Datagrams heard since the last end of a batch.</summary>
    public int Unfinished { get; private set; }

    public HashSet<Thread> Threads { get; } = [];

    public Action<IDatagramSocket, byte[], NetAddress>? OnHeard { get; init; }

    public void OnDatagram(IDatagramSocket socket, ReadOnlySpan<byte> datagram, NetAddress source)
    {
        var bytes = datagram.ToArray();
        signal.Record(() =>
        {
            Datagrams.Add((bytes, source));
            Threads.Add(Thread.CurrentThread);
            Unfinished++;
        });
        OnHeard?.Invoke(socket, bytes, source);
    }

    public void OnBatchEnd(IDatagramSocket socket) => signal.Record(() =>
    {
        BatchEnds++;
        Unfinished = 0;
    });
}
