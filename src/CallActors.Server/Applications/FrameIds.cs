using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CallActors.Server.Applications;

/// <summary>Fresh UUID text for the frames of the control protocol: a random run and a count, so that none costs a system call.</summary>
internal static class FrameIds
{
    private static readonly ulong s_run = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));
    private static ulong s_next;

    /// <summary>Writes the next id, 36 bytes.</summary>
    public static void Next(Span<byte> text)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, s_run);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Interlocked.Increment(ref s_next));
        bytes[6] = (byte)(0x80 | (bytes[6] & 0x0f));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3f));
        new Guid(bytes, bigEndian: true).TryFormat(text, out _, "D");
    }
}
