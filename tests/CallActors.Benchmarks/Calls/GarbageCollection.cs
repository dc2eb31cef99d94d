using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace CallActors.Benchmarks.Calls;

/// <summary>
/// Makes a .NET process collect its garbage, by asking its runtime's diagnostic port for the event session that does so. Without
/// it the memory of a process says how long ago it last collected, not what it holds.
/// </summary>
internal static class GarbageCollection
{
    private const byte EventPipe = 2;
    private const byte CollectTracing2 = 3;
    private const ulong CollectKeyword = 0x80_0000;

    /// <summary>Returns when the collection is over; false when the process has no such port.</summary>
    public static bool Induce(int pid)
    {
        var pattern = string.Create(CultureInfo.InvariantCulture, $"dotnet-diagnostic-{pid}-*-socket");
        if (Directory.GetFiles(Path.GetTempPath(), pattern) is not [var path, ..]) return false;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 700 };
        socket.Connect(new UnixDomainSocketEndPoint(path));
        socket.Send(Request());

        // Events stream until they dry up: the collection's own are the last ones.
        var buffer = new byte[64 * 1024];
        try
        {
            while (socket.Receive(buffer) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // The receive timed out: dry.
        }

        return true;
    }

    // The diagnostics protocol: magic, size, command set and id, reserved; then buffer size in MB, format (nettrace), rundown, one provider.
    private static byte[] Request()
    {
        using var message = new MemoryStream();
        using var writer = new BinaryWriter(message, Encoding.Unicode);
        writer.Write("DOTNET_IPC_V1\0"u8);
        writer.Write((ushort)0);
        writer.Write(EventPipe);
        writer.Write(CollectTracing2);
        writer.Write((ushort)0);
        writer.Write(16);
        writer.Write(1);
        writer.Write((byte)0);
        writer.Write(1);
        writer.Write(CollectKeyword);
        writer.Write(4);
        const string Provider = "Microsoft-Windows-DotNETRuntime\0";
        writer.Write(Provider.Length);
        writer.Write(Encoding.Unicode.GetBytes(Provider));
        writer.Write(0);
        writer.Flush();
        var bytes = message.ToArray();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(14), (ushort)bytes.Length);
        return bytes;
    }
}
