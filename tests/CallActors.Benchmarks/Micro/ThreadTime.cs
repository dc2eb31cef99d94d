using System.Runtime.InteropServices;

namespace CallActors.Benchmarks.Micro;

/// <summary>The CPU time of the calling thread, which holds on a busy machine too.</summary>
internal static partial class ThreadTime
{
    private const int ThreadCpuTime = 3;

    public static TimeSpan Now
    {
        get
        {
            _ = GetTime(ThreadCpuTime, out var time);
            return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / TimeSpan.NanosecondsPerTick);
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);

    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}
