namespace CallActors.Net.Tests.Pipes;

/// <summary>A pipe, and what both ends recorded.</summary>
internal sealed class PipePair : IDisposable
{
    private readonly Queue<Action> _later = [];

    public PipePair(StreamOptions? options = null, bool farEchoes = false, Action<IStreamConnection, byte[]>? onFar = null, bool ownsTime = true)
    {
        StreamPipe.Create(
            connection => Near = new Recorder(Signal, connection),
            connection => Far = new Recorder(Signal, connection) { Echoes = farEchoes, OnMessage = body => onFar?.Invoke(connection, body) },
            options,
            ownsTime ? _later.Enqueue : null);
    }

    public Signal Signal { get; } = new();

    public Recorder Near { get; private set; } = null!;

    public Recorder Far { get; private set; } = null!;

    /// <summary>Runs what was to run later.</summary>
    public void RunLater()
    {
        while (_later.TryDequeue(out var action)) action();
    }

    public void Say(ReadOnlySpan<byte> body)
    {
        Assert.True(Near.Connection.Write(Recorder.Frame(body)));
        Near.Connection.Flush();
    }

    public void Dispose()
    {
        RunLater();
        foreach (var end in new[] { Near, Far })
        {
            Assert.True(end.Ends.Count <= 1);
            Assert.Equal(0, end.Overlaps);
            Assert.Equal(0, end.Afterwards);
        }
    }
}
