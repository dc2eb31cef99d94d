using CallActors.Server.Transports;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Server.Restoring;

/// <summary>
/// Requests of the network that wait until it is clear whose their dialog is: at most eight a dialog, and what goes beyond is left to its retransmission. They have no
/// transaction yet; whoever takes them begins one, as if they came at that moment.
/// </summary>
internal sealed class AskedRequests
{
    /// <summary>How many wait in one dialog.</summary>
    public const int Most = 8;

    private readonly List<Held> _waiting = new(1);

    /// <summary>A request and the way it came.</summary>
    public readonly record struct Held(SipRequest Request, Flow Flow);

    /// <summary>Keeps a request. False for one that is there already, and for one too many.</summary>
    public bool TryAdd(SipRequest request, in Flow flow)
    {
        if (_waiting.Count >= Most) return false;
        foreach (var held in _waiting)
        {
            if (TransactionKey.ForServer(held.Request) == TransactionKey.ForServer(request)) return false;
        }

        _waiting.Add(new Held(request, flow));
        return true;
    }

    /// <summary>Takes out the INVITE that a CANCEL is for; null when it is not here.</summary>
    public Held? TakeCancelled(SipRequest cancel)
    {
        for (var at = 0; at < _waiting.Count; at++)
        {
            var held = _waiting[at];
            if (held.Request.Method != SipMethod.Invite || held.Request.CSeq != cancel.CSeq) continue;
            _waiting.RemoveAt(at);
            return held;
        }

        return null;
    }

    /// <summary>Takes all of them, in the order in which they came.</summary>
    public Held[] TakeAll()
    {
        Held[] all = [.. _waiting];
        _waiting.Clear();
        return all;
    }
}
