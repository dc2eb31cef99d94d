using CallActors.Sip;

namespace CallActors.Server.Applications;

/// <summary>The processes of one application that can stand in for each other: their connections, their sessions, and what waits to be offered.</summary>
/// <remarks>Thread-safe. Its lock is a leaf: it is taken within a session's, and nothing is called under it.</remarks>
internal sealed class ApplicationGroup(string name)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Octets, KeptSession> _sessions = new(OctetsComparer.Instance);
    private readonly Queue<(KeptSession Session, int Attempt)> _offers = new();
    private readonly Queue<(KeptSession Session, int Attempt, int Incarnation, TimeSpan Due)> _offered = new();
    private readonly Queue<(KeptSession Session, TimeSpan LostAt)> _lost = new();
    private readonly Queue<(KeptSession Session, TimeSpan Since)> _empty = new();
    private ApplicationConnection[] _connections = [];

    /// <summary>The application's name.</summary>
    public string Name => name;

    /// <summary>Those connected now, in the order they came.</summary>
    public ApplicationConnection[] Connections => Volatile.Read(ref _connections);

    /// <summary>How many sessions there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _sessions.Count;
        }
    }

    /// <summary>Whether nothing is left to remember.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate) return _connections.Length == 0 && _sessions.Count == 0;
        }
    }

    /// <summary>A connection has come.</summary>
    public void Join(ApplicationConnection connection)
    {
        lock (_gate) _connections = [.. _connections, connection];
    }

    /// <summary>A connection has gone.</summary>
    public void Leave(ApplicationConnection connection)
    {
        lock (_gate) _connections = [.. _connections.Where(other => !ReferenceEquals(other, connection))];
    }

    /// <summary>The session of a key.</summary>
    public KeptSession? Find(ReadOnlySpan<byte> key)
    {
        lock (_gate) return _sessions.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out var found) ? found : null;
    }

    /// <summary>The session of a key, begun for this owner where there is none.</summary>
    public KeptSession FindOrBegin(ReadOnlySpan<byte> key, ApplicationConnection owner, int incarnation, out bool isNew)
    {
        lock (_gate)
        {
            var sessions = _sessions.GetAlternateLookup<ReadOnlySpan<byte>>();
            isNew = !sessions.TryGetValue(key, out var session);
            if (session is not null) return session;
            session = new KeptSession(this, Octets.Of(key));
            session.Begin(owner, incarnation);
            _sessions[session.Key] = session;
            return session;
        }
    }

    /// <summary>Forgets one that was let go. False when it was forgotten before.</summary>
    public bool Remove(KeptSession session)
    {
        lock (_gate) return _sessions.TryGetValue(session.Key, out var found) && ReferenceEquals(found, session) && _sessions.Remove(session.Key);
    }

    /// <summary>Takes all that a connection owned away from it, and returns it.</summary>
    public List<KeptSession> Lose(ApplicationConnection connection, TimeSpan now)
    {
        KeptSession[] all;
        lock (_gate) all = [.. _sessions.Values];
        List<KeptSession> lost = [];
        foreach (var session in all)
            if (session.TryLose(connection, now)) lost.Add(session);
        return lost;
    }

    /// <summary>Lost ones may be offered now, and are ended after the grace time.</summary>
    public void Offer(List<KeptSession> lost)
    {
        lock (_gate)
        {
            foreach (var session in lost)
            {
                _offers.Enqueue((session, 0));
                _lost.Enqueue((session, session.LostAt));
            }
        }
    }

    /// <summary>A session has no dialog any more.</summary>
    public void Emptied(KeptSession session, TimeSpan now)
    {
        lock (_gate) _empty.Enqueue((session, now));
    }

    /// <summary>The next session that is to be offered, and for which time.</summary>
    public bool TryNextOffer(TimeSpan now, out KeptSession session, out int attempt)
    {
        lock (_gate)
        {
            while (_offered.TryPeek(out var again) && again.Due <= now)
            {
                _offered.Dequeue();
                if (again.Session is { Owner: null, IsOver: false } && again.Session.Incarnation == again.Incarnation) _offers.Enqueue((again.Session, again.Attempt + 1));
            }

            while (_offers.TryDequeue(out var offer))
            {
                if (offer.Session is not { Owner: null, IsOver: false }) continue;
                (session, attempt) = offer;
                return true;
            }

            (session, attempt) = (null!, 0);
            return false;
        }
    }

    /// <summary>It was offered: again at that time, should nobody have claimed it by then.</summary>
    public void Offered(KeptSession session, int attempt, int incarnation, TimeSpan again)
    {
        lock (_gate) _offered.Enqueue((session, attempt, incarnation, again));
    }

    /// <summary>Nobody could be offered it now.</summary>
    public void PutBack(KeptSession session, int attempt)
    {
        lock (_gate) _offers.Enqueue((session, attempt));
    }

    /// <summary>The next session that nobody has claimed within the grace time.</summary>
    public bool TryNextUnclaimed(TimeSpan lostBefore, out KeptSession session)
    {
        lock (_gate)
        {
            while (_lost.TryPeek(out var lost) && lost.LostAt <= lostBefore)
            {
                _lost.Dequeue();
                if (lost.Session is not { Owner: null, IsOver: false } || lost.Session.LostAt != lost.LostAt) continue;
                session = lost.Session;
                return true;
            }

            session = null!;
            return false;
        }
    }

    /// <summary>The next session that has been without a dialog for so long.</summary>
    public bool TryNextEmpty(TimeSpan emptyBefore, out KeptSession session)
    {
        lock (_gate)
        {
            while (_empty.TryPeek(out var empty) && empty.Since <= emptyBefore)
            {
                _empty.Dequeue();
                session = empty.Session;
                if (!session.IsOver) return true;
            }

            session = null!;
            return false;
        }
    }
}
