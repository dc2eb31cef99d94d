using System.Diagnostics.Metrics;

namespace CallActors.Calls;

/// <summary>What the runtime has done, as metrics of the meter "CallActors".</summary>
internal sealed class CallCounters
{
    private readonly Counter<long> _offered;
    private readonly Counter<long> _begun;
    private readonly Counter<long> _answered;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _left;
    private readonly Counter<long> _turnedAway;
    private readonly Counter<long> _declined;

    public CallCounters(Meter meter, Func<int> living)
    {
        _offered = meter.CreateCounter<long>("callactors.calls.offered", description: "Requests outside dialogs that a flow was begun for");
        _begun = meter.CreateCounter<long>("callactors.calls.begun", description: "Calls that the application began");
        _answered = meter.CreateCounter<long>("callactors.legs.answered", description: "Legs that were answered");
        _ended = meter.CreateCounter<long>("callactors.calls.ended", description: "Calls that are over");
        _failed = meter.CreateCounter<long>("callactors.calls.failed", description: "Flows that threw");
        _left = meter.CreateCounter<long>("callactors.calls.left", description: "Calls that went on elsewhere");
        _turnedAway = meter.CreateCounter<long>("callactors.calls.turned_away", description: "Requests answered without a flow");
        _declined = meter.CreateCounter<long>("callactors.calls.declined", description: "Requests left to other nodes");
        meter.CreateObservableGauge("callactors.calls.living", living, description: "Calls that live on this node");
    }

    public void Offered() => _offered.Add(1);

    public void Begun() => _begun.Add(1);

    public void Answered(Leg leg) => _answered.Add(1);

    public void Ended() => _ended.Add(1);

    public void Left() => _left.Add(1);

    public void Failed() => _failed.Add(1);

    public void TurnedAway() => _turnedAway.Add(1);

    public void Declined() => _declined.Add(1);
}
