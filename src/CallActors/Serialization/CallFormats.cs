using System.Collections.Immutable;
using CallActors.Calls;
using CallActors.Keeping;
using CallActors.Transfers;

namespace CallActors.Serialization;

/// <summary>What calls on different nodes say to each other, and what takes a call to another node.</summary>
internal static class CallFormats
{
    /// <summary>The rows of the table.</summary>
    public static readonly ImmutableArray<MessageFormat> All =
    [
        MessageFormat.Of<Restored>('r', Write, ReadRestored),
        MessageFormat.Of<Adopted>('d', Write, ReadAdopted),
        MessageFormat.Of<LegWanted>('l', Write, ReadWanted),
        MessageFormat.Of<LegGiven>('g', Write, ReadGiven),
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

    private static void Write(WireWriter writer, LegWanted wanted)
    {
        writer.Key(wanted.Call);
        writer.Key(wanted.By);
        writer.Signed(wanted.Number);
        writer.Text(wanted.Dialog.CallId);
        writer.Text(wanted.Dialog.ToTag);
        writer.Text(wanted.Dialog.FromTag);
    }

    private static LegWanted ReadWanted(ref WireReader reader) =>
        new(reader.Key(), reader.Key(), reader.Signed(), new DialogName(reader.Text(), reader.Text(), reader.Text()));

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
