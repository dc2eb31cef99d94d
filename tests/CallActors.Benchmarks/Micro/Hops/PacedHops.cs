using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace CallActors.Benchmarks.Micro.Hops;

/// <summary>
/// `hop`: what the way into a partition costs at an ordinary rate, where each input finds the partition asleep. A burst hides
/// that: there one wake-up serves a thousand inputs.
/// </summary>
internal static partial class PacedHops
{
    public static int Run(Arguments arguments)
    {
        var rounds = arguments.Number("rounds", 3);
        var pauses = new[] { 100, 250, 1000 };
        var names = new (string Name, Func<IPartitionHop> Make)[]
        {
            ("locked call", () => new LockHop()), ("channel", () => new ChannelHop()), ("pool mailbox", () => new PoolMailboxHop()), ("Akka tell", () => new AkkaHop()),
        };
        Console.WriteLine("CPU µs of the whole process per input, one input after each pause, pacing included (the locked call shows how much that is)");
        Console.WriteLine("way into the partition " + string.Concat(pauses.Select(p => $"  pause {p,4} µs")));
        foreach (var (name, make) in names)
        {
            using var hop = make();
            Console.WriteLine($"{name,-22} " + string.Concat(pauses.Select(p => string.Create(CultureInfo.InvariantCulture, $"  {Enumerable.Range(0, rounds).Min(_ => Pace(hop, p)),13:F1}"))));
        }

        return 0;
    }

    private static double Pace(IPartitionHop hop, int pause)
    {
        var input = new object();
        using var process = Process.GetCurrentProcess();
        process.Refresh();
        var before = process.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        var inputs = 0;
        for (; clock.Elapsed < TimeSpan.FromSeconds(1); inputs++)
        {
            _ = Sleep((uint)pause);
            hop.Post(input);
        }

        process.Refresh();
        return (process.TotalProcessorTime - before).TotalMicroseconds / inputs;
    }

    [LibraryImport("libc", EntryPoint = "usleep")]
    private static partial int Sleep(uint microseconds);
}
