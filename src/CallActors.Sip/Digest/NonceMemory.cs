using System.Collections.Immutable;

namespace CallActors.Sip.Digest;

/// <summary>
/// Which uses of which nonces a server has accepted, so that none is accepted twice (RFC 7616 §5.5): an immutable value with a bound.
/// </summary>
/// <remarks>
/// Only nonces that came back with a right proof are remembered, so strangers cannot fill it. When it is full the longest known nonce is
/// forgotten, and with it every unknown nonce as old or older: their users are asked once more, but no request can be replayed.
/// </remarks>
public sealed class NonceMemory
{
    private readonly ImmutableDictionary<Octets, Uses> _uses;
    private readonly ImmutableQueue<(Octets Nonce, TimeSpan Issued)> _order;
    private readonly TimeSpan _forgotten;

    private NonceMemory(ImmutableDictionary<Octets, Uses> uses, ImmutableQueue<(Octets Nonce, TimeSpan Issued)> order, TimeSpan forgotten)
    {
        _uses = uses;
        _order = order;
        _forgotten = forgotten;
    }

    /// <summary>Nothing accepted yet.</summary>
    public static NonceMemory Empty { get; } = new(ImmutableDictionary<Octets, Uses>.Empty, [], TimeSpan.MinValue);

    /// <summary>How many nonces are remembered.</summary>
    public int Count => _uses.Count;

    /// <summary>Accepts one use of a nonce, or answers null: it was used so before, or is too old to know.</summary>
    /// <param name="nonce">The nonce.</param>
    /// <param name="issued">When it was issued.</param>
    /// <param name="count">Its <c>nc</c>; 1 where the client sends none, whose nonce is then good for one request.</param>
    /// <param name="expired">Nonces issued before this are no longer accepted and need not be remembered.</param>
    /// <param name="bound">How many nonces to remember at most.</param>
    public NonceMemory? Accept(ReadOnlySpan<byte> nonce, TimeSpan issued, uint count, TimeSpan expired, int bound)
    {
        var key = Octets.Of(nonce);
        if (_uses.TryGetValue(key, out var uses))
        {
            return uses.Add(count) is { } more ? new(_uses.SetItem(key, more), _order, _forgotten) : null;
        }
        if (issued <= _forgotten) return null;

        var (remembered, order, forgotten) = (_uses, _order, _forgotten);
        while (!order.IsEmpty && (order.Peek().Issued < expired || remembered.Count >= bound))
        {
            order = order.Dequeue(out var oldest);
            remembered = remembered.Remove(oldest.Nonce);
            if (oldest.Issued > forgotten) forgotten = oldest.Issued;
        }
        return new(remembered.Add(key, new(count, 1)), order.Enqueue((key, issued)), forgotten);
    }

    // The highest count seen, and a bit for each of the 64 counts up to it: requests overtake each other on the way.
    private readonly record struct Uses(uint Highest, ulong Seen)
    {
        internal Uses? Add(uint count)
        {
            if (count > Highest)
            {
                var ahead = count - Highest;
                return new(count, ahead >= 64 ? 1 : Seen << (int)ahead | 1);
            }
            var behind = Highest - count;
            if (behind >= 64 || (Seen >> (int)behind & 1) != 0) return null;
            return this with { Seen = Seen | 1UL << (int)behind };
        }
    }
}
