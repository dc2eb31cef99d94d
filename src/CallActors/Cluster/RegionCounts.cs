using System.Diagnostics.Metrics;

namespace CallActors.Cluster;

/// <summary>What the region of a node has done; counted by many actors at once.</summary>
internal sealed class RegionCounts
{
    private long _begun;
    private long _ended;
    private long _nobody;
    private long _unknownFlow;

    /// <summary>Calls that began here, anew ones included.</summary>
    public long Begun => Volatile.Read(ref _begun);

    /// <summary>Calls that live here.</summary>
    public long Live => Volatile.Read(ref _begun) - Volatile.Read(ref _ended);

    /// <summary>Messages for calls that are not there.</summary>
    public long Nobody => Volatile.Read(ref _nobody);

    /// <summary>Calls that could not begin, because nobody knows their flow.</summary>
    public long UnknownFlow => Volatile.Read(ref _unknownFlow);

    /// <summary>Offers of calls that went to other nodes and are not known to be there.</summary>
    public int OpenOffers { get; set; }

    public void HasBegun() => Interlocked.Increment(ref _begun);

    public void HasEnded(int calls = 1) => Interlocked.Add(ref _ended, calls);

    /// <summary>Told of each message for a call that is not there; set before there is any.</summary>
    public Action<ICallMessage>? OnNobody { get; set; }

    public void IsForNobody(ICallMessage message)
    {
        Interlocked.Increment(ref _nobody);
        OnNobody?.Invoke(message);
    }

    public void HasUnknownFlow() => Interlocked.Increment(ref _unknownFlow);

    /// <summary>Shows in the meter what nobody else counts.</summary>
    public void Show(Meter meter)
    {
        meter.CreateObservableCounter("callactors.region.nobody", () => Nobody, "{message}", "Messages for calls that are not there.");
        meter.CreateObservableCounter("callactors.region.unknown_flow", () => UnknownFlow, "{call}", "Calls that could not begin, because nobody knows their flow.");
        meter.CreateObservableGauge("callactors.region.open_offers", () => OpenOffers, "{call}", "Offers of calls that went to other nodes and are not known to be there.");
    }
}
