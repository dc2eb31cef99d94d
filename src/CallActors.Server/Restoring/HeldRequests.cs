using CallActors.Server.Calls;
using CallActors.Server.Transports;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Server.Restoring;

/// <summary>
/// Requests of the network that wait until it is clear who is to have them. They have no transaction yet; whoever takes them begins one, as if they came at that moment.
/// What goes beyond the bound is left to its retransmission.
/// </summary>
/// <param name="most">How many may wait.</param>
internal sealed class HeldRequests(int most)
{
    private readonly OrderedDictionary<TransactionKey, Held> _waiting = new(TransactionKeyComparer.Instance);

    /// <summary>A request and the way it came.</summary>
    public readonly record struct Held(SipRequest Request, Flow Flow);

    /// <summary>Whether none waits.</summary>
    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>Keeps a request, once however often it comes. False where there is no room for it.</summary>
    public bool TryAdd(SipRequest request, in Flow flow)
    {
        var key = TransactionKey.ForServer(request);
        return _waiting.ContainsKey(key) || (_waiting.Count < most && _waiting.TryAdd(key, new Held(request, flow)));
    }

    /// <summary>Takes out the INVITE that a CANCEL is for; null when it is not here.</summary>
    public Held? TakeCancelled(SipRequest cancel)
    {
        if (IsEmpty) return null;
        if (_waiting.Remove(TransactionLookup.ForCancelled(cancel).ToKey(), out var named)) return named;
        foreach (var (key, held) in _waiting)
        {
            if (!Cancellations.Means(cancel, held.Request)) continue;
            _waiting.Remove(key);
            return held;
        }

        return null;
    }

    /// <summary>Takes all of them, in the order in which they came.</summary>
    public Held[] TakeAll()
    {
        Held[] all = [.. _waiting.Values];
        _waiting.Clear();
        return all;
    }
}
