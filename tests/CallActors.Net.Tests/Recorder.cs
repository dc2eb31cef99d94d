using System.Buffers.Binary;

namespace CallActors.Net.Tests;

/// <summary>A stream receiver that takes messages of a four-byte length and a body, and remembers what it was told.</summary>
internal sealed class Recorder(Signal signal, IStreamConnection connection) : IStreamReceiver
{
    private volatile bool _held;
    private int _calls;

    public IStreamConnection Connection { get; } = connection;

    public List<byte[]> Messages { get; } = [];

    public List<string?> Ends { get; } = [];

    public int BatchEnds { get; private set; }

    /// <summary>Calls that began while another was running: never more than none.</summary>
    public int Overlaps { get; private set; }

    /// <summary>Bytes, batch ends or ends told after the end.</summary>
    public int Afterwards { get; private set; }

    public bool Echoes { get; init; }

    public Action<byte[]>? OnMessage { get; init; }

    /// <summary>Consumes nothing, ever.</summary>
    public bool IsGreedy { get; init; }

    public bool IsClosed => Ends.Count > 0;

    /// <summary>The next bytes wait inside the receiver until the hold is disposed.</summary>
    public IDisposable Hold()
    {
        _held = true;
        return new Release(() => signal.Record(() => _held = false));
    }

    public static byte[] Frame(ReadOnlySpan<byte> body)
    {
        var frame = new byte[4 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, body.Length);
        body.CopyTo(frame.AsSpan(4));
        return frame;
    }

    public int OnBytes(ReadOnlySpan<byte> buffered)
    {
        Enter();
        try
        {
            if (_held) signal.Until(() => !_held, "the test to let go");
            return IsGreedy ? 0 : Take(buffered);
        }
        finally
        {
            Leave();
        }
    }

    public void OnBatchEnd()
    {
        Enter();
        signal.Record(() => BatchEnds++);
        Connection.Flush();
        Leave();
    }

    public void OnClosed(string? reason)
    {
        Enter();
        signal.Record(() => Ends.Add(reason));
        Leave();
    }

    private int Take(ReadOnlySpan<byte> buffered)
    {
        var consumed = 0;
        while (buffered.Length - consumed >= 4)
        {
            var rest = buffered[consumed..];
            var length = BinaryPrimitives.ReadInt32BigEndian(rest);
            if (rest.Length < 4 + length) break;
            var body = rest.Slice(4, length).ToArray();
            consumed += 4 + length;
            signal.Record(() => Messages.Add(body));
            if (Echoes) Connection.Write(Frame(body));
            OnMessage?.Invoke(body);
        }

        return consumed;
    }

    private void Enter()
    {
        if (Interlocked.Increment(ref _calls) != 1) signal.Record(() => Overlaps++);
        if (IsClosed) signal.Record(() => Afterwards++);
    }

    private void Leave() => Interlocked.Decrement(ref _calls);

    private sealed class Release(Action letGo) : IDisposable
    {
        public void Dispose() => letGo();
    }
}
