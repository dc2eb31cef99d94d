using System.Collections.Immutable;
using CallActors.Ledger;

namespace CallActors.Calls;

/// <summary>Makes of a living call what is written down of it.</summary>
internal static class CallSnapshots
{
    public static CallSnapshot Of(CallCore call, long version, ReadOnlyMemory<byte> state)
    {
        var legs = ImmutableArray.CreateBuilder<LegSnapshot>(call.Legs.Count);
        foreach (var leg in call.Legs)
        {
            // A subscription is lost with its place: whoever has it subscribes again.
            if (leg is Subscription or not { IsAnswered: true, IsOver: false }) continue;
            legs.Add(Of(leg));
        }

        var timers = call.Timers.Named.Select(timer => new TimerSnapshot(timer.Key, timer.Value)).ToImmutableArray();
        return new CallSnapshot(call.Key, call.Flow.Name, version, state, legs.DrainToImmutable(), timers, call.StartedAt);
    }

    public static LegSnapshot Of(Leg leg) => new(
        (byte)leg.Number, leg.IsCaller, leg.Server, leg.DialogId.ToString(), leg.LocalSdp, leg.RemoteSdp,
        leg.CallId, leg.LocalTag, leg.RemoteTag, leg.LocalUri, leg.RemoteUri, (byte)(leg.Peer?.Number ?? 0), leg.Session.Hold is { } hold ? (byte)(hold + 1) : (byte)0);
}
