using System.Buffers;
using System.IO.Compression;
using System.Runtime.Serialization;
using CallActors.Control.Commands;
using CallActors.Ledger;
using CallActors.Serialization;

namespace CallActors.Keeping;

/// <summary>A call's snapshot as the bytes that a signalling server keeps: those of the ledger, compressed where they are many.</summary>
internal static class SessionBlob
{
    private const string Manifest = "s";

    // No version of our formats, nor ever one.
    private const byte Compressed = (byte)'z';

    // Descriptions for browsers are long, and shrink to a quarter.
    private const int WorthCompressing = 6_000;
    private const int MostWhole = 1 << 20;

    [ThreadStatic]
    private static WireWriter? t_writer;

    [ThreadStatic]
    private static byte[]? t_packed;

    /// <summary>The bytes, valid until the next are made on this thread. A call that does not fit is kept without its descriptions.</summary>
    public static ReadOnlySpan<byte> Write(CallSnapshot snapshot)
    {
        var writer = t_writer ??= new WireWriter { IsForServer = true };
        var bytes = Packed(writer, snapshot);
        return bytes.Length <= SessionKey.MaxBytes ? bytes : Packed(writer, WithoutDescriptions(snapshot));
    }

    /// <summary>Reads what <see cref="Write"/> wrote; null for any other bytes.</summary>
    public static CallSnapshot? Read(ReadOnlySpan<byte> blob)
    {
        if (blob.IsEmpty) return null;
        try
        {
            return (CallSnapshot)MessageFormats.Read(blob[0] == Compressed ? Unpacked(blob[1..]) : blob, Manifest);
        }
        catch (SerializationException)
        {
            return null;
        }
    }

    private static ReadOnlySpan<byte> Packed(WireWriter writer, CallSnapshot snapshot)
    {
        writer.Clear();
        MessageFormats.Write(snapshot, writer);
        var whole = writer.Written;
        if (whole.Length < WorthCompressing) return whole;
        var packed = t_packed ??= new byte[1 + SessionKey.MaxBytes];
        packed[0] = Compressed;
        return BrotliEncoder.TryCompress(whole, packed.AsSpan(1), out var length, quality: 1, window: 16) && length < whole.Length ? packed.AsSpan(0, 1 + length) : whole;
    }

    private static ReadOnlySpan<byte> Unpacked(ReadOnlySpan<byte> packed)
    {
        var output = new ArrayBufferWriter<byte>(4 * packed.Length + 64);
        using var decoder = new BrotliDecoder();
        while (true)
        {
            var status = decoder.Decompress(packed, output.GetSpan(1024), out var read, out var written);
            output.Advance(written);
            packed = packed[read..];
            if (status == OperationStatus.Done) return output.WrittenSpan;
            if (status != OperationStatus.DestinationTooSmall || output.WrittenCount > MostWhole) throw WireReader.Bad("they are not compressed as they say");
        }
    }

    private static CallSnapshot WithoutDescriptions(CallSnapshot snapshot) => snapshot with
    {
        Legs = [.. snapshot.Legs.Select(static leg => leg with { LocalSdp = null, RemoteSdp = null, BeforeHold = null })],
        Past = [],
    };
}
