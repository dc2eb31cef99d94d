using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace CallActors.Benchmarks.Calls;

/// <summary>The system calls that the class library does not offer: a signal by process id, and a wait in less than whole milliseconds.</summary>
internal static partial class Native
{
    public const int Terminate = 15;
    public const int Kill = 9;

    private const short Input = 1;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Signal(int processId, int signal);

    /// <summary>Waits until there is something to be received, at most so long. Socket.Poll cuts its time to milliseconds: it would turn round and round for the rest.</summary>
    public static bool CanRead(Socket socket, TimeSpan atMost)
    {
        var wait = atMost > TimeSpan.Zero ? atMost : TimeSpan.Zero;
        var descriptor = new Descriptor { Number = (int)socket.Handle, Asked = Input };
        var time = new Time { Seconds = wait.Ticks / TimeSpan.TicksPerSecond, Nanoseconds = wait.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick };
        return Poll(ref descriptor, 1, ref time, 0) > 0;
    }

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    private static partial int Poll(ref Descriptor descriptors, nuint count, ref Time time, nint signals);

    private struct Descriptor
    {
        public int Number;
        public short Asked;
        public short Answered;
    }

    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
