using System.Collections.Concurrent;

namespace CallActors.Server.Transports;

/// <summary>
/// The registered-transport cache (specification 3.3): which stream connection reaches <c>user@host</c> of a contact that
/// registered over it. Without it nobody could call a browser behind a NAT.
/// </summary>
/// <remarks>Thread-safe. Bounded: at the bound a new registration is not remembered.</remarks>
internal sealed class RegisteredFlows(TimeProvider time, int capacity)
{
    private readonly record struct Entry(Flow Flow, long Expires);

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>How many contacts are remembered.</summary>
    public int Count => _entries.Count;

    /// <summary>Remembers or, with a zero expiry, forgets a contact.</summary>
    public void Set(string userAtHost, in Flow flow, TimeSpan expires)
    {
        if (expires <= TimeSpan.Zero)
        {
            _entries.TryRemove(userAtHost, out _);
            return;
        }

        if (_entries.Count >= capacity && !_entries.ContainsKey(userAtHost)) return;
        _entries[userAtHost] = new Entry(flow, time.GetTimestamp() + (long)(expires.TotalSeconds * time.TimestampFrequency));
    }

    /// <summary>The live connection of a contact.</summary>
    public bool TryGet(string userAtHost, out Flow flow)
    {
        flow = default;
        if (_entries.IsEmpty || !_entries.TryGetValue(userAtHost, out var entry)) return false;
        if (entry.Expires < time.GetTimestamp()) return false;
        flow = entry.Flow;
        return true;
    }

    /// <summary>Drops what has expired; called every 30 s.</summary>
    public void Sweep()
    {
        var now = time.GetTimestamp();
        foreach (var (key, entry) in _entries)
        {
            if (entry.Expires < now) _entries.TryRemove(new KeyValuePair<string, Entry>(key, entry));
        }
    }
}
