using System.Buffers.Binary;
using System.Buffers.Text;

namespace CallActors.Server.Partitions;

/// <summary>
/// The name of one SIP transaction on the control protocol: UUID text whose first two bytes are the partition,
/// so that any connection finds the partition without a table.
/// </summary>
internal readonly record struct TransactionId(Guid Value)
{
    /// <summary>The length of the text form, in bytes.</summary>
    public const int TextLength = 36;

    /// <summary>The partition that owns the transaction.</summary>
    public int Partition
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            Value.TryWriteBytes(bytes, bigEndian: true, out _);
            return BinaryPrimitives.ReadUInt16BigEndian(bytes);
        }
    }

    /// <summary>Writes the UUID text, 36 bytes.</summary>
    public void Write(Span<byte> destination) => Value.TryFormat(destination, out _, "D");

    /// <summary>Reads an id as an application sends it back; false for anything that is no UUID.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out TransactionId id)
    {
        var valid = Utf8Parser.TryParse(text, out Guid value, out var consumed, 'D') && consumed == text.Length;
        id = new TransactionId(value);
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("D");
}

/// <summary>Makes ids for one partition, unique for this run of the server and across restarts.</summary>
internal sealed class TransactionIds(int partition, ulong run)
{
    private ulong _next;

    /// <summary>The next id. Not thread-safe: the partition's lock protects it.</summary>
    public TransactionId Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, run);
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)partition);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], ++_next);
        bytes[6] = (byte)(0x80 | (bytes[6] & 0x0f));  // version 8 and the RFC variant: RFC 9562 §5.8
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3f));
        return new TransactionId(new Guid(bytes, bigEndian: true));
    }
}
