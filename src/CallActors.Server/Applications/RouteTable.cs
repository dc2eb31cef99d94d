namespace CallActors.Server.Applications;

/// <summary>
/// Which applications want which requests: verb (a SIP method or cdr event in lower case) to registrations in their order,
/// each selection one further round the ring.
/// </summary>
/// <typeparam name="TApplication">The application connection.</typeparam>
/// <remarks>Thread-safe: every connection and every partition calls it. Its lock is a leaf.</remarks>
internal sealed class RouteTable<TApplication>
    where TApplication : class
{
    private sealed class Ring
    {
        public readonly List<TApplication> Members = [];
        public int Next;
    }

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Ring> _rings = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How many verbs there may be; SIP has a dozen, and a client can only waste so much of our memory.</summary>
    private const int MostVerbs = 1024;

    private const int LongestVerb = 64;

    /// <summary>Registers; twice is once. Beyond the bounds nothing is registered.</summary>
    public void Add(string verb, TApplication application)
    {
        lock (_gate)
        {
            if (!_rings.TryGetValue(verb, out var ring))
            {
                if (verb.Length > LongestVerb || _rings.Count >= MostVerbs) return;
                _rings[verb] = ring = new Ring();
            }

            if (!ring.Members.Contains(application)) ring.Members.Add(application);
        }
    }

    /// <summary>Undoes <see cref="Add"/> for this verb alone.</summary>
    public void Remove(string verb, TApplication application)
    {
        lock (_gate)
        {
            if (_rings.TryGetValue(verb, out var ring)) Remove(ring, application);
        }
    }

    /// <summary>Forgets an application that has gone.</summary>
    public void Remove(TApplication application)
    {
        lock (_gate)
        {
            foreach (var ring in _rings.Values) Remove(ring, application);
        }
    }

    /// <summary>Whether anybody wants these requests.</summary>
    public bool Has(string verb)
    {
        lock (_gate) return _rings.TryGetValue(verb, out var ring) && ring.Members.Count > 0;
    }

    /// <summary>The next application in turn of those that <paramref name="suits"/>, or null.</summary>
    public TApplication? Next<TState>(string verb, TState state, Func<TApplication, TState, bool> suits)
    {
        lock (_gate)
        {
            if (!_rings.TryGetValue(verb, out var ring)) return null;
            var count = ring.Members.Count;
            for (var i = 0; i < count; i++)
            {
                var at = (ring.Next + i) % count;
                if (!suits(ring.Members[at], state)) continue;
                ring.Next = (at + 1) % count;
                return ring.Members[at];
            }

            return null;
        }
    }

    private static void Remove(Ring ring, TApplication application)
    {
        var at = ring.Members.IndexOf(application);
        if (at < 0) return;
        ring.Members.RemoveAt(at);
        if (ring.Next > at) ring.Next--;
        if (ring.Next >= ring.Members.Count) ring.Next = 0;
    }
}
