using System.Collections.Immutable;
using CallActors.Calls;
using CallActors.Cluster;
using CallActors.Keeping;
using CallActors.Sip;
using CallActors.Transfers;

namespace CallActors.Serialization;

/// <summary>What calls on different nodes say to each other, and what takes a call to another node.</summary>
internal static class CallFormats
{
    /// <summary>The rows of the table.</summary>
    public static readonly ImmutableArray<MessageFormat> All =
    [
        MessageFormat.Of<Restored>('r', Write, ReadRestored),
        MessageFormat.Of<Adopted>('h', Write, ReadAdopted),
        MessageFormat.Of<OfferTaken>('t', Write, (ref WireReader reader) => new(reader.Key(), reader.Text())),
        MessageFormat.Of<LegWanted>('l', Write, ReadWanted),
        MessageFormat.Of<LegGiven>('g', Write, ReadGiven),
        MessageFormat.Of<Forwarded>('f', Write, ReadForwarded),
        MessageFormat.Of<DialogSought>('d', Write, (ref WireReader reader) => new(reader.Signed(), ReadDialog(ref reader))),
        MessageFormat.Of<DialogFound>('k', Write, ReadFound),
        MessageFormat.Of<DialogOver>('o', Write, (ref WireReader reader) => new(reader.Text(), Octets.Of(reader.Bytes()))),
    ];

    private static void Write(WireWriter writer, Restored restored)
    {
        writer.Flag(restored.IsFromLedger);
        LedgerFormats.Write(writer, restored.Snapshot);
    }

    private static Restored ReadRestored(ref WireReader reader)
    {
        var isFromLedger = reader.Flag();
        return new(LedgerFormats.ReadSnapshot(ref reader), isFromLedger);
    }

    private static void Write(WireWriter writer, Adopted adopted)
    {
        writer.Key(adopted.Call);
        writer.Text(adopted.Server);
        writer.Text(adopted.Run);
        writer.Count(adopted.Incarnation);
        writer.Bytes(adopted.Blob.Span);
    }

    private static Adopted ReadAdopted(ref WireReader reader) => new(reader.Key(), reader.Text(), reader.Text(), reader.Small(), reader.Bytes().ToArray());

    private static void Write(WireWriter writer, OfferTaken taken)
    {
        writer.Key(taken.Call);
        writer.Text(taken.Server);
    }

    private static void Write(WireWriter writer, LegWanted wanted)
    {
        writer.Key(wanted.Call);
        writer.Key(wanted.By);
        writer.Signed(wanted.Number);
        Write(writer, wanted.Dialog);
    }

    private static LegWanted ReadWanted(ref WireReader reader) =>
        new(reader.Key(), reader.Key(), reader.Signed(), ReadDialog(ref reader));

    private static void Write(WireWriter writer, Forwarded forwarded)
    {
        writer.Key(forwarded.Call);
        writer.Text(forwarded.Server);
        writer.Bytes(forwarded.TransactionId);
        writer.Bytes(forwarded.DialogId);
        writer.Bytes(forwarded.Request.Span);
        writer.Flag(forwarded.IsServers);
        writer.Flag(forwarded.IsAgain);
    }

    private static Forwarded ReadForwarded(ref WireReader reader) =>
        new(reader.Key(), reader.Text(), Octets.Of(reader.Bytes()), Octets.Of(reader.Bytes()), reader.Bytes().ToArray(), reader.Flag(), reader.Flag());

    private static void Write(WireWriter writer, DialogSought sought)
    {
        writer.Signed(sought.Number);
        Write(writer, sought.Dialog);
    }

    private static void Write(WireWriter writer, DialogOver over)
    {
        writer.Text(over.Server);
        writer.Bytes(over.Dialog);
    }

    private static void Write(WireWriter writer, DialogFound found)
    {
        writer.Signed(found.Number);
        writer.Flag(found.Call is not null);
        if (found.Call is { } call) writer.Key(call);
    }

    private static DialogFound ReadFound(ref WireReader reader)
    {
        var number = reader.Signed();
        return new(number, reader.Flag() ? reader.Key() : null);
    }

    private static void Write(WireWriter writer, DialogName dialog)
    {
        writer.Text(dialog.CallId);
        writer.Text(dialog.ToTag);
        writer.Text(dialog.FromTag);
    }

    private static DialogName ReadDialog(ref WireReader reader) => new(reader.Text(), reader.Text(), reader.Text());

    private static void Write(WireWriter writer, LegGiven given)
    {
        writer.Key(given.Call);
        writer.Signed(given.Number);
        writer.Flag(given.Leg is not null);
        if (given.Leg is { } leg) LedgerFormats.Write(writer, leg);
    }

    private static LegGiven ReadGiven(ref WireReader reader)
    {
        var (call, number) = (reader.Key(), reader.Signed());
        return new(call, number, reader.Flag() ? LedgerFormats.ReadLeg(ref reader) : null);
    }
}
