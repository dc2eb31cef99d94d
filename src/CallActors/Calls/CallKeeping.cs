using CallActors.Ledger;
using CallActors.Sip;

namespace CallActors.Calls;

/// <summary>What outlives a call's place: the ledger's knowledge of it, its move to another node and its return.</summary>
internal sealed class CallKeeping(CallCore core, CallActor actor)
{
    private bool _hasChanged;
    private long _version;

    /// <summary>Whether the ledger was told of the call.</summary>
    public bool IsInLedger { get; private set; }

    /// <summary>What the ledger knows of the call is no longer true; it is told when the message is done with.</summary>
    public void Changed() => _hasChanged = true;

    /// <summary>Tells the ledger what has changed. A call that was never answered leaves nothing: whoever is lost before an answer calls again.</summary>
    public void WriteDown()
    {
        if (!_hasChanged) return;
        _hasChanged = false;
        if (core.IsOver || core.Runtime.Ledger == NoLedger.Instance || core.AnsweredAt is null) return;
        IsInLedger = true;
        core.Runtime.Ledger.Living(CallSnapshots.Of(core, ++_version, actor.WriteState()));
    }

    /// <summary>Builds the legs and timers anew.</summary>
    /// <returns>False when the call is alive: it knows better than what was written of it.</returns>
    public bool Restore(CallSnapshot snapshot)
    {
        if (core.Request is not null || core.Legs.Count > 0 || _version > 0) return false;
        _version = snapshot.Version;
        foreach (var leg in snapshot.Legs)
        {
            var connection = core.Runtime.Traffic.Find(leg.Server);
            if (connection is not null) core.Runtime.Traffic.TablesOf(connection).AddDialog(Octets.Of(leg.DialogId), core.Key);
            core.Add(new AdoptedLeg(core, connection, leg));
        }

        for (var index = 0; index < core.Legs.Count; index++)
        {
            var peer = snapshot.Legs.FirstOrDefault(other => other.Id == snapshot.Legs[index].Peer);
            if (peer is not null) core.Legs[index].Peer = core.Legs[snapshot.Legs.IndexOf(peer)];
        }

        actor.ReadState(snapshot.State);
        foreach (var timer in snapshot.Timers) core.Timers.Restore(timer.Name, timer.Due);
        Changed();
        return true;
    }

    /// <summary>The shard goes to another node: the call sends itself after it, and is no more here.</summary>
    public void Move()
    {
        var snapshot = CallSnapshots.Of(core, ++_version, actor.WriteState());
        core.Runtime.Directory.Remove(core.Key);
        core.Runtime.Deliver(new Restored(snapshot));
        // The other node writes it down in a ledger of its own.
        core.Runtime.Ledger.Ended(core.Key);
        foreach (var leg in core.Legs)
        {
            if (!leg.IsOver) leg.GiveAway(core.Key);
        }
    }
}
