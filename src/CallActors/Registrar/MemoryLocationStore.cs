using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace CallActors;

/// <summary>Bindings in memory: gone with the process, as registrations that phones refresh may be.</summary>
/// <param name="time">The time; null is the system's.</param>
/// <param name="mostAddresses">How many addresses of record are kept; the next one is refused.</param>
public sealed class MemoryLocationStore(TimeProvider? time = null, int mostAddresses = 100_000) : ILocationStore
{
    private static readonly TimeSpan s_betweenSweeps = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly ConcurrentDictionary<string, ImmutableArray<Binding>> _addresses = new(StringComparer.Ordinal);
    private long _sweptAt = (time ?? TimeProvider.System).GetTimestamp();

    /// <summary>How many addresses have bindings.</summary>
    public int Count => _addresses.Count;

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Binding>> Get(string address) => new(_addresses.TryGetValue(address, out var bindings) ? bindings : []);

    /// <inheritdoc/>
    public ValueTask<bool> Change(string address, Func<ImmutableArray<Binding>, ImmutableArray<Binding>> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        Sweep(isFull: false);
        while (true)
        {
            var isKnown = _addresses.TryGetValue(address, out var before);
            var after = change(isKnown ? before : []);
            if (after.IsDefault) return new(true);
            if (after.IsEmpty && !isKnown) return new(true);
            if (!isKnown && _addresses.Count >= mostAddresses)
            {
                Sweep(isFull: true);
                if (_addresses.Count >= mostAddresses) return new(false);
            }

            if (after.IsEmpty ? _addresses.TryRemove(new(address, before)) : isKnown ? _addresses.TryUpdate(address, after, before) : _addresses.TryAdd(address, after)) return new(true);
        }
    }

    // A user who leaves without a word is forgotten on the way, so that no timer has to be owned by anybody.
    private void Sweep(bool isFull)
    {
        var last = Volatile.Read(ref _sweptAt);
        if (!isFull && _time.GetElapsedTime(last) < s_betweenSweeps) return;
        if (Interlocked.CompareExchange(ref _sweptAt, _time.GetTimestamp(), last) != last) return;
        var now = _time.GetUtcNow();
        foreach (var (address, bindings) in _addresses)
        {
            if (bindings.All(binding => binding.ExpiresAt <= now)) _addresses.TryRemove(new(address, bindings));
        }
    }
}
