using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CallActors.Ledger;
using CallActors.Sip;

namespace CallActors.Serialization;

/// <summary>What the ledger writes, and what moves a call from node to node.</summary>
internal static class LedgerFormats
{
    /// <summary>The rows of the table.</summary>
    public static readonly ImmutableArray<MessageFormat> All =
    [
        MessageFormat.Of<CallSnapshot>('s', Write, ReadSnapshot),
        MessageFormat.Of<LedgerBatch>('b', Write, ReadBatch),
    ];

    /// <summary>Writes a snapshot inside another message.</summary>
    public static void Write(WireWriter writer, CallSnapshot snapshot)
    {
        writer.Unshare();
        writer.Key(snapshot.Key);
        writer.Text(snapshot.Flow);
        writer.Signed(snapshot.Version);
        writer.Bytes(snapshot.State.Span);
        writer.Count(snapshot.Legs.Length);
        foreach (var leg in snapshot.Legs) Write(writer, leg);
        writer.Count(snapshot.Timers.Length);
        foreach (var timer in snapshot.Timers)
        {
            writer.Text(timer.Name);
            writer.Moment(timer.Due);
            writer.Flag(timer.KeepsCall);
        }
        writer.Moment(snapshot.StartedAt);
        writer.Flag(snapshot.AnsweredAt is not null);
        if (snapshot.AnsweredAt is { } answered) writer.Moment(answered);
        writer.Count(snapshot.LastLeg);
        writer.Count(snapshot.Past.Length);
        foreach (var leg in snapshot.Past) Write(writer, leg);
    }

    /// <summary>Reads a snapshot inside another message.</summary>
    public static CallSnapshot ReadSnapshot(ref WireReader reader)
    {
        reader.Unshare();
        return new(reader.Key(), reader.Text(), reader.Signed(), reader.Bytes().ToArray(), ReadLegs(ref reader), ReadTimers(ref reader), reader.Moment())
        {
            AnsweredAt = reader.Flag() ? reader.Moment() : null,
            LastLeg = reader.Small(),
            Past = ReadPast(ref reader),
        };
    }

    /// <summary>Writes a leg inside another message. What legs of one call describe is often the same, and is written once.</summary>
    public static void Write(WireWriter writer, LegSnapshot leg)
    {
        writer.Count(leg.Id);
        writer.Flag(leg.IsIncoming);
        writer.Text(leg.Server);
        writer.Text(leg.DialogId);
        writer.Shared(leg.LocalSdp);
        writer.Shared(leg.RemoteSdp);
        writer.Text(leg.CallId);
        writer.Text(leg.LocalTag);
        writer.Text(leg.RemoteTag);
        writer.Text(leg.LocalUri);
        writer.Text(leg.RemoteUri);
        writer.Count(leg.Peer);
        writer.Byte(leg.Hold);
        writer.Shared(leg.BeforeHold);
        writer.Text(leg.PeerHeaders);
        writer.Text(leg.Run);
        writer.Count(leg.Incarnation);
        writer.Bytes(writer.IsForServer ? default : leg.State.Span);
    }

    private static ImmutableArray<LegSnapshot> ReadLegs(ref WireReader reader)
    {
        var legs = new LegSnapshot[reader.Count()];
        for (var at = 0; at < legs.Length; at++) legs[at] = ReadLeg(ref reader);
        return Frozen(legs);
    }

    /// <summary>Reads a leg inside another message.</summary>
    public static LegSnapshot ReadLeg(ref WireReader reader) => new(
        reader.Small(), reader.Flag(), reader.Text(), reader.Text(), reader.Shared(), reader.Shared(), reader.Text(),
        reader.Text(), reader.Text(), reader.Text(), reader.Text(), reader.Small(), reader.Byte())
    {
        BeforeHold = reader.Shared(),
        PeerHeaders = reader.Text(),
        Run = reader.Text(),
        Incarnation = reader.Small(),
        State = Octets.Of(reader.Bytes()),
    };

    private static void Write(WireWriter writer, LegRecord leg)
    {
        writer.Flag(leg.IsIncoming);
        writer.Text(leg.CallId);
        writer.Text(leg.LocalUri);
        writer.Text(leg.RemoteUri);
        writer.Flag(leg.IsAnswered);
        writer.Byte((byte)leg.End.By);
        writer.Text(leg.End.Reason);
        writer.Count(leg.End.Status);
    }

    private static ImmutableArray<LegRecord> ReadPast(ref WireReader reader)
    {
        var legs = new LegRecord[reader.Count()];
        for (var at = 0; at < legs.Length; at++)
            legs[at] = new(reader.Flag(), reader.Text(), reader.Text(), reader.Text(), reader.Flag(), new LegEnd((EndedBy)reader.Byte(), reader.Text(), reader.Small()));
        return Frozen(legs);
    }

    private static ImmutableArray<TimerSnapshot> ReadTimers(ref WireReader reader)
    {
        var timers = new TimerSnapshot[reader.Count()];
        for (var at = 0; at < timers.Length; at++) timers[at] = new(reader.Text(), reader.Moment(), reader.Flag());
        return Frozen(timers);
    }

    private static void Write(WireWriter writer, LedgerBatch batch)
    {
        writer.Count(batch.Living.Length);
        foreach (var snapshot in batch.Living) Write(writer, snapshot);
        writer.Count(batch.Ended.Length);
        foreach (var key in batch.Ended) writer.Key(key);
    }

    private static LedgerBatch ReadBatch(ref WireReader reader)
    {
        var living = new CallSnapshot[reader.Count()];
        for (var at = 0; at < living.Length; at++) living[at] = ReadSnapshot(ref reader);
        var ended = new CallKey[reader.Count()];
        for (var at = 0; at < ended.Length; at++) ended[at] = reader.Key();
        return new(Frozen(living), Frozen(ended));
    }

    private static ImmutableArray<T> Frozen<T>(T[] items) => ImmutableCollectionsMarshal.AsImmutableArray(items);
}
