using System.Text;
using CallActors.Keeping;
using CallActors.Ledger;
using CallActors.Transfers;

namespace CallActors.Calls;

/// <summary>Brings legs from one call to another: an attended transfer joins two calls, wherever they live.</summary>
internal sealed class LegExchange(CallCore core)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private long _lastWanted;
    private Dictionary<long, TaskCompletionSource<LegSnapshot?>>? _wanted;

    /// <summary>The living leg of this call that is a dialog.</summary>
    public Leg? FindHere(DialogName dialog)
    {
        foreach (var leg in core.Legs)
        {
            if (!leg.IsOver && dialog.Is(leg)) return leg;
        }

        return null;
    }

    /// <summary>Asks whichever call holds a dialog for the leg that is bridged with it, and adopts that leg.</summary>
    /// <returns>The leg, now one of this call's; null when there is none.</returns>
    public async Task<Leg?> Take(DialogName dialog)
    {
        if (FindHere(dialog) is { Peer: { IsOver: false } own }) return own;
        if (await core.Runtime.FindDialog(dialog) is not { } holder || holder == core.Key) return null;
        var number = ++_lastWanted;
        var given = new TaskCompletionSource<LegSnapshot?>();
        (_wanted ??= [])[number] = given;
        core.After(s_patience, () => given.TrySetResult(null));
        core.Runtime.Deliver(new LegWanted(holder, core.Key, number, dialog));
        return await given.Task is { } snapshot ? Adopt(snapshot, !core.Runtime.Directory.TryFind(holder, out _)) : null;
    }

    /// <summary>What this call asked for has come, or is not to be had.</summary>
    public void OnGiven(LegGiven given)
    {
        if (_wanted is null || !_wanted.Remove(given.Number, out var waiting) || waiting.TrySetResult(given.Leg) || given.Leg is not { } late) return;
        // Whoever gave it has it no more, and here nobody waits for it any more.
        _ = Adopt(late, isFromElsewhere: true).Hangup("the transfer took too long");
    }

    private AdoptedLeg Adopt(LegSnapshot snapshot, bool isFromElsewhere)
    {
        var leg = new AdoptedLeg(core, core.Runtime.Traffic.Find(snapshot.Server) ?? core.Runtime.Traffic.SessionOf(Encoding.UTF8.GetBytes(snapshot.DialogId)), snapshot)
        {
            IsFromElsewhere = isFromElsewhere,
        };
        core.Add(leg);
        // Before anything is said in the dialog it must be this call's.
        core.Keep(leg);
        return leg;
    }

    /// <summary>The leg behind the named dialog goes over to the asker; the named one itself is of no more use (RFC 3891 §3).</summary>
    public void Give(LegWanted wanted)
    {
        if (FindHere(wanted.Dialog) is not { Peer: { IsOver: false, IsAnswered: true } peer } named)
        {
            core.Runtime.Deliver(new LegGiven(wanted.By, wanted.Number, null));
            return;
        }

        named.Peer = null;
        peer.Peer = null;
        var snapshot = CallSnapshots.Of(peer);
        peer.GiveAway(wanted.By);
        core.GiveUp();
        core.Runtime.Deliver(new LegGiven(wanted.By, wanted.Number, snapshot));
        _ = named.Hangup("replaced");
        core.Changed();
    }
}
