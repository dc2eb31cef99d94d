namespace CallActors.Server.Partitions;

/// <summary>What the server has done since it started, and what it holds now. Written from every thread.</summary>
internal sealed class ServerCounters
{
    private long _requestsReceived, _responsesReceived, _requestsSent, _responsesSent, _retransmissionsReceived, _refused, _dropped, _faults;

    /// <summary>Requests parsed.</summary>
    public long RequestsReceived => Volatile.Read(ref _requestsReceived);

    /// <summary>Responses parsed.</summary>
    public long ResponsesReceived => Volatile.Read(ref _responsesReceived);

    /// <summary>Requests handed to a transport, repetitions included.</summary>
    public long RequestsSent => Volatile.Read(ref _requestsSent);

    /// <summary>Responses handed to a transport, repetitions included.</summary>
    public long ResponsesSent => Volatile.Read(ref _responsesSent);

    /// <summary>Requests that had been seen before.</summary>
    public long RetransmissionsReceived => Volatile.Read(ref _retransmissionsReceived);

    /// <summary>New requests answered 503 for want of room.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Messages that nothing could be made of.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Exceptions that should not have been: each is a bug, and each is in the log.</summary>
    public long Faults => Volatile.Read(ref _faults);

    /// <summary>All of them by name, for whoever shows them.</summary>
    public IReadOnlyDictionary<string, long> ToDictionary() => new Dictionary<string, long>
    {
        ["requestsReceived"] = RequestsReceived,
        ["responsesReceived"] = ResponsesReceived,
        ["requestsSent"] = RequestsSent,
        ["responsesSent"] = ResponsesSent,
        ["retransmissionsReceived"] = RetransmissionsReceived,
        ["refused"] = Refused,
        ["dropped"] = Dropped,
        ["faults"] = Faults,
    };

    public void RequestReceived() => Interlocked.Increment(ref _requestsReceived);

    public void ResponseReceived() => Interlocked.Increment(ref _responsesReceived);

    public void RequestSent() => Interlocked.Increment(ref _requestsSent);

    public void ResponseSent() => Interlocked.Increment(ref _responsesSent);

    public void RetransmissionReceived() => Interlocked.Increment(ref _retransmissionsReceived);

    public void RequestRefused() => Interlocked.Increment(ref _refused);

    public void MessageDropped() => Interlocked.Increment(ref _dropped);

    public void Fault() => Interlocked.Increment(ref _faults);
}

/// <summary>What a server holds at one moment.</summary>
/// <param name="ServerTransactions">Requests of the network that are not forgotten yet.</param>
/// <param name="ClientTransactions">Requests of ours that are not forgotten yet.</param>
/// <param name="Dialogs">Dialogs, early and confirmed.</param>
/// <param name="PendingRequests">Requests that wait for an application, a routing query or its answer.</param>
/// <param name="Proxies">Requests being proxied.</param>
/// <param name="Timers">Timers set.</param>
/// <param name="Applications">Connected applications.</param>
/// <param name="Streams">Open SIP stream connections.</param>
/// <param name="Registrations">Contacts in the registered-transport cache.</param>
/// <param name="Sessions">Sessions that applications keep here.</param>
/// <param name="Held">Requests that wait for the next owner of their dialog.</param>
public readonly record struct ServerCensus(
    int ServerTransactions, int ClientTransactions, int Dialogs, int PendingRequests, int Proxies, int Timers, int Applications, int Streams, int Registrations,
    int Sessions, int Held);
