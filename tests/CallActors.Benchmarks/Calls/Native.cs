using System.Runtime.InteropServices;

namespace CallActors.Benchmarks.Calls;

/// <summary>The one system call that the class library does not offer: a signal by process id.</summary>
internal static partial class Native
{
    public const int Terminate = 15;
    public const int Kill = 9;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Signal(int processId, int signal);
}
