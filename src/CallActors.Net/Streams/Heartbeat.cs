namespace CallActors.Net.Streams;

/// <summary>The open connections of one network and the one coarse timer that looks after all of them.</summary>
/// <remarks>The timer runs while there are connections, so a network that is not used holds nothing.</remarks>
internal sealed class Heartbeat(TimeProvider time)
{
    /// <summary>How far a limit that the heartbeat watches may be overrun.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly HashSet<StreamConnection> _connections = [];
    private StreamConnection[] _looked = [];
    private ITimer? _timer;
    private int _beats;
    private int _beating;

    /// <summary>How many times the heart has beaten; a clock that costs nothing to read.</summary>
    public int Beats => Volatile.Read(ref _beats);

    /// <summary>How many connections are open now.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _connections.Count;
        }
    }

    /// <summary>The connections open now.</summary>
    public StreamConnection[] Connections
    {
        get
        {
            lock (_gate)
            {
                // Not a collection expression: for a set that loads a library, which a process short of descriptors could not.
                var connections = new StreamConnection[_connections.Count];
                _connections.CopyTo(connections);
                return connections;
            }
        }
    }

    /// <summary>How many beats a time is, 0 for never.</summary>
    public static int BeatsOf(TimeSpan span) => span <= TimeSpan.Zero ? 0 : (int)Math.Min(int.MaxValue / 2, Math.Ceiling(span / Period));

    /// <summary>Looks after a connection.</summary>
    public void Add(StreamConnection connection)
    {
        lock (_gate)
        {
            _connections.Add(connection);
            _timer ??= time.CreateTimer(static self => ((Heartbeat)self!).Beat(), this, Period, Period);
        }
    }

    /// <summary>Looks after it no longer.</summary>
    public void Remove(StreamConnection connection)
    {
        lock (_gate)
        {
            if (!_connections.Remove(connection) || _connections.Count > 0) return;
            _timer?.Dispose();
            _timer = null;
        }
    }

    private void Beat()
    {
        var now = Interlocked.Increment(ref _beats);
        if (Interlocked.Exchange(ref _beating, 1) != 0) return;

        // A copy, because a connection that ends leaves the set; kept, because with many connections it is large.
        int count;
        lock (_gate)
        {
            count = _connections.Count;
            if (_looked.Length < count) _looked = new StreamConnection[2 * count];
            _connections.CopyTo(_looked);
        }

        for (var i = 0; i < count; i++) _looked[i].OnBeat(now);
        Array.Clear(_looked);
        Volatile.Write(ref _beating, 0);
    }
}
