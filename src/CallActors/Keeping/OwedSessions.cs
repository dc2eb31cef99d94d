namespace CallActors.Keeping;

/// <summary>Calls that ended, their records written, while their server was out of reach: their sessions are to be let go before anybody goes on with them.</summary>
internal sealed class OwedSessions
{
    // Of more than these some would have two records, which is better than no memory.
    private const int Most = 100_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Server, CallKey Call), (string Run, int Incarnation)> _owed = [];

    public void Add(string server, string run, CallKey call, int incarnation)
    {
        lock (_gate)
        {
            if (_owed.Count < Most) _owed[(server, call)] = (run, incarnation);
        }
    }

    /// <summary>A call that is offered; false when nothing is owed of it.</summary>
    public bool TryTake(string server, string run, CallKey call)
    {
        lock (_gate) return _owed.Remove((server, call), out var owed) && owed.Run == run;
    }

    /// <summary>All of a server's; those of another run died with it.</summary>
    public List<(CallKey Call, int Incarnation)> Take(string server, string run)
    {
        List<(CallKey, int)> taken = [];
        lock (_gate)
        {
            foreach (var (key, owed) in _owed)
            {
                if (key.Server != server) continue;
                if (owed.Run == run) taken.Add((key.Call, owed.Incarnation));
                _owed.Remove(key);
            }
        }

        return taken;
    }
}
