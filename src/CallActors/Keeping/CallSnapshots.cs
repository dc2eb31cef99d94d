using System.Collections.Immutable;
using CallActors.Calls;
using CallActors.Ledger;

namespace CallActors.Keeping;

/// <summary>Makes of a living call what is written down of it.</summary>
internal static class CallSnapshots
{
    // A call that rings hundreds of phones keeps a record of the last of them.
    private const int MostPast = 32;

    /// <param name="call">The call.</param>
    /// <param name="version">Higher than before.</param>
    /// <param name="state">The application's own.</param>
    public static CallSnapshot Of(CallCore call, long version, ReadOnlyMemory<byte> state)
    {
        var legs = ImmutableArray.CreateBuilder<LegSnapshot>(call.Legs.Count);
        ImmutableArray<LegRecord>.Builder? past = null;
        foreach (var leg in call.Legs)
        {
            // A subscription is lost with its place: whoever has it subscribes again.
            if (leg is Subscription) continue;
            if (leg.IsOver) (past ??= Past(call)).Add(leg.Record);
            else if (leg.IsKept) legs.Add(Of(leg));
        }

        if (past is null && call.Past.Length > 0) past = Past(call);
        while (past?.Count > MostPast) past.RemoveAt(0);
        return new CallSnapshot(call.Key, call.Flow.Name, version, state, legs.DrainToImmutable(), call.KeptTimers, call.StartedAt)
        {
            AnsweredAt = call.AnsweredAt ?? (call.Caller is { IsAnswering: true } ? call.Runtime.Time.GetUtcNow() : null),
            LastLeg = call.LastLeg,
            Past = past?.DrainToImmutable() ?? [],
        };
    }

    public static LegSnapshot Of(Leg leg)
    {
        var peer = leg.Peer ?? leg.PromisedPeer;
        return new(
            leg.Number, leg.IsCaller, leg.Server, leg.DialogId.ToString(), leg.LocalSdp, leg.RemoteSdp,
            leg.CallId, leg.LocalTag, leg.RemoteTag, leg.LocalUri, leg.RemoteUri, peer?.Number ?? 0, leg.Session.Hold is { } hold ? (byte)(hold + 1) : (byte)0)
        {
            BeforeHold = leg.Session.BeforeHold,
            PeerHeaders = peer is null ? "" : leg.PeerHeaders.ToText(),
            Run = leg.Ownership?.Run ?? "",
            Incarnation = leg.Ownership?.Incarnation ?? 0,
            State = leg.ServerState,
        };
    }

    private static ImmutableArray<LegRecord>.Builder Past(CallCore call)
    {
        var past = ImmutableArray.CreateBuilder<LegRecord>();
        past.AddRange(call.Past);
        return past;
    }
}
