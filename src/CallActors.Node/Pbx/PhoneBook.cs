using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace CallActors.Node.Pbx;

/// <summary>The phones of the PBX: who has registered, and where everybody is now.</summary>
internal sealed class PhoneBook : ILocationStore
{
    private const int MostUsers = 100_000;

    private readonly MemoryLocationStore _store;
    private readonly ConcurrentDictionary<string, byte> _known = new(StringComparer.Ordinal);

    /// <param name="time">The time; null is the system's.</param>
    public PhoneBook(TimeProvider? time = null)
    {
        _store = new MemoryLocationStore(time, MostUsers);
        Registrar = new Registrar(new RegistrarOptions { ByUser = true }, this, time);
    }

    /// <summary>Takes the phones' REGISTERs.</summary>
    public Registrar Registrar { get; }

    /// <summary>Where a user is now, the preferred place first.</summary>
    public ValueTask<IReadOnlyList<Binding>> Find(string user) => Registrar.Find(user);

    /// <summary>Whether a user has ever registered: one who has is out, one who has not does not exist.</summary>
    public bool IsKnown(string user) => _known.ContainsKey(user);

    /// <summary>Everybody who is there now but one, in the order of their names.</summary>
    public async Task<List<IReadOnlyList<Binding>>> Everybody(string but)
    {
        var all = new List<IReadOnlyList<Binding>>();
        foreach (var user in _known.Keys.Order(StringComparer.Ordinal))
        {
            if (user != but && await Find(user) is { Count: > 0 } places) all.Add(places);
        }

        return all;
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Binding>> Get(string address) => _store.Get(address);

    /// <inheritdoc/>
    public async ValueTask<bool> Change(string address, Func<ImmutableArray<Binding>, ImmutableArray<Binding>> change)
    {
        var isKept = await _store.Change(address, change);
        if (isKept && _known.Count < MostUsers && !(await _store.Get(address)).IsEmpty) _known.TryAdd(address, 0);
        return isKept;
    }
}
