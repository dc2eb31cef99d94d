using System.Buffers.Text;
using System.Text;

namespace CallActors.Sip.Messages;

/// <summary>
/// Copies a request out of the receive buffer and writes <c>received</c> and <c>rport</c> into its topmost Via on the way.
/// </summary>
internal static class ViaStamper
{
    /// <summary>
    /// The copy of the first <paramref name="length"/> bytes. Whatever stands behind the topmost Via is moved in headers and facts.
    /// </summary>
    public static byte[] Copy(ReadOnlySpan<byte> source, int length, in ViaStamp stamp, ref MessageReader message)
    {
        ref readonly var via = ref message.Via;
        var field = message.Headers.Items[message.ViaField].Value;
        var host = field.Start + via.Host.Start;
        var needsReceived = !via.Rport.IsEmpty ||
            !Ascii.EqualsIgnoreCase(source.Slice(host, via.Host.Length), stamp.SourceHost);

        // What the peer wrote is cut out, in order of place; ours goes to the end of the value.
        var (first, second) = via.Received.Start <= via.Rport.Start ? (via.Received, via.Rport) : (via.Rport, via.Received);
        Span<byte> added = stackalloc byte[32 + stamp.SourceHost.Length];
        added = added[..Write(added, stamp, needsReceived)];
        var change = added.Length - first.Length - second.Length;
        var end = field.Start + via.End;

        var copy = GC.AllocateUninitializedArray<byte>(length + change);
        var writer = new Span<byte>(copy);
        var at = 0;
        Append(ref writer, source, ref at, field.Start + first.Start, first.Length);
        Append(ref writer, source, ref at, field.Start + second.Start, second.Length);
        source[at..end].CopyTo(writer);
        writer = writer[(end - at)..];
        added.CopyTo(writer);
        source[end..length].CopyTo(writer[added.Length..]);

        Move(ref message, end, change);
        var branch = message.Facts.Branch.Start;
        var cutBefore = (field.Start + first.Start < branch ? first.Length : 0) + (field.Start + second.Start < branch ? second.Length : 0);
        if (!message.Facts.Branch.IsEmpty) message.Facts.Branch = new(branch - cutBefore, message.Facts.Branch.Length);
        return copy;
    }

    private static int Write(Span<byte> target, in ViaStamp stamp, bool needsReceived)
    {
        var length = 0;
        if (needsReceived)
        {
            ";received="u8.CopyTo(target);
            stamp.SourceHost.CopyTo(target[10..]);
            length = 10 + stamp.SourceHost.Length;
        }

        ";rport="u8.CopyTo(target[length..]);
        Utf8Formatter.TryFormat(stamp.SourcePort, target[(length + 7)..], out var digits);
        return length + 7 + digits;
    }

    private static void Append(ref Span<byte> writer, ReadOnlySpan<byte> source, ref int at, int cut, int cutLength)
    {
        if (cutLength == 0) return;
        source[at..cut].CopyTo(writer);
        writer = writer[(cut - at)..];
        at = cut + cutLength;
    }

    private static void Move(ref MessageReader message, int from, int by)
    {
        foreach (ref var header in message.Headers.Items)
        {
            if (header.NameStart >= from) header = header.Moved(by);
        }

        ref var top = ref message.Headers.Items[message.ViaField];
        top = top.Resized(by);

        ref var facts = ref message.Facts;
        facts.CallId = facts.CallId.Moved(from, by);
        facts.FromTag = facts.FromTag.Moved(from, by);
        facts.ToTag = facts.ToTag.Moved(from, by);
        facts.CSeqMethodName = facts.CSeqMethodName.Moved(from, by);
        facts.BodyStart += by;
    }
}
