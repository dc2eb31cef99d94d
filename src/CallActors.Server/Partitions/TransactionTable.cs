using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Server.Partitions;

/// <summary>One partition's transactions, found by what a message says (RFC 3261 §17.1.3, §17.2.3) and by the id that applications know.</summary>
internal sealed class TransactionTable
{
    private readonly Dictionary<TransactionKey, IncomingRequest> _incoming = new(TransactionKeyComparer.Instance);
    private readonly Dictionary<TransactionKey, OutgoingRequest> _outgoing = new(TransactionKeyComparer.Instance);
    private readonly Dictionary<TransactionId, object> _byId = [];

    /// <summary>How many server transactions there are.</summary>
    public int Incoming => _incoming.Count;

    /// <summary>How many client transactions there are.</summary>
    public int Outgoing => _outgoing.Count;

    /// <summary>How many requests of the network nobody has answered finally.</summary>
    public int Pending
    {
        get
        {
            var pending = 0;
            foreach (var request in _incoming.Values) pending += request.Phase is RequestPhase.Answered ? 0 : 1;
            return pending;
        }
    }

    /// <summary>Gives room back after a peak.</summary>
    public void Trim()
    {
        var capacity = _byId.EnsureCapacity(0);
        if (capacity <= 1024 || _byId.Count >= capacity / 4) return;
        _byId.TrimExcess();
        _incoming.TrimExcess();
        _outgoing.TrimExcess();
    }

    /// <summary>Every server transaction, as a copy: what is done with one may remove it.</summary>
    public IncomingRequest[] AllIncoming => [.. _incoming.Values];

    /// <summary>Every client transaction, as a copy.</summary>
    public OutgoingRequest[] AllOutgoing => [.. _outgoing.Values];

    /// <summary>The server transaction that a request repeats, or an ACK is for.</summary>
    public IncomingRequest? Find(SipRequest request) =>
        _incoming.GetAlternateLookup<TransactionLookup>().TryGetValue(TransactionLookup.ForServer(request), out var found) ? found : null;

    /// <summary>The INVITE that a CANCEL names.</summary>
    public IncomingRequest? FindCancelled(SipRequest cancel) =>
        _incoming.GetAlternateLookup<TransactionLookup>().TryGetValue(TransactionLookup.ForCancelled(cancel), out var found) ? found : null;

    /// <summary>The unanswered INVITE that a CANCEL means although its Via was changed on the way: same Call-ID, From tag and number.</summary>
    public IncomingRequest? FindUnanswered(SipRequest cancel)
    {
        foreach (var request in _incoming.Values)
        {
            if (request.Phase != RequestPhase.Answered && Calls.Cancellations.Means(cancel, request.Request)) return request;
        }

        return null;
    }

    /// <summary>The requests within a dialog that its application has not answered.</summary>
    public List<IncomingRequest> OpenIn(DialogEntry dialog)
    {
        List<IncomingRequest> open = [];
        if (dialog.Open == 0) return open;
        foreach (var request in _incoming.Values)
        {
            if (request.IsInDialog && request.Phase == RequestPhase.Offered && ReferenceEquals(request.Dialog, dialog)) open.Add(request);
        }

        return open;
    }

    /// <summary>What was asked in a dialog, and is not answered, is its new owner's.</summary>
    public void Pass(DialogEntry dialog, Applications.ApplicationConnection owner)
    {
        foreach (var request in _outgoing.Values)
        {
            if (request.User is Calls.IOwned owned && ReferenceEquals(owned.Dialog, dialog)) owned.Pass(owner);
        }
    }

    /// <summary>The client transaction that a response is for.</summary>
    public OutgoingRequest? Find(SipResponse response) =>
        _outgoing.GetAlternateLookup<TransactionLookup>().TryGetValue(TransactionLookup.ForClient(response), out var found) ? found : null;

    /// <summary>Whether a request of ours with this branch is under way.</summary>
    public bool HasOutgoing(ReadOnlySpan<byte> branch, SipMethod method) => _outgoing.GetAlternateLookup<TransactionLookup>().ContainsKey(TransactionLookup.ForClient(branch, method));

    /// <summary>The server transaction of an id.</summary>
    public IncomingRequest? FindIncoming(TransactionId id) => _byId.GetValueOrDefault(id) as IncomingRequest;

    /// <summary>The client transaction of an id.</summary>
    public OutgoingRequest? FindOutgoing(TransactionId id) => _byId.GetValueOrDefault(id) as OutgoingRequest;

    /// <summary>Adds; false when the key is taken, which only a peer that repeats itself while we think could cause.</summary>
    public bool TryAdd(IncomingRequest request)
    {
        if (!_incoming.TryAdd(request.Key, request)) return false;
        _byId[request.Id] = request;
        return true;
    }

    /// <summary>Adds one of ours; its branch is fresh.</summary>
    public void Add(OutgoingRequest request)
    {
        _outgoing[request.Key] = request;
        _byId[request.Id] = request;
    }

    /// <summary>Removes one that is over.</summary>
    public void Remove(IncomingRequest request)
    {
        _incoming.Remove(request.Key);
        _byId.Remove(request.Id);
    }

    /// <summary>Removes one that is over.</summary>
    public void Remove(OutgoingRequest request)
    {
        _outgoing.Remove(request.Key);
        _byId.Remove(request.Id);
    }
}
