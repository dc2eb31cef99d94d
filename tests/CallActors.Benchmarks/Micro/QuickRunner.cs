using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace CallActors.Benchmarks.Micro;

/// <summary>Runs the same benchmarks without BenchmarkDotNet: the best of a few short rounds, good enough to see a factor.</summary>
internal static class QuickRunner
{
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(150);
    private const int Rounds = 7;

    public static void Head() => Console.WriteLine("                                                        ns best  ns median   CPU ns   bytes");

    public static void Run(Type piece)
    {
        var subject = Activator.CreateInstance(piece)!;
        Invoke<GlobalSetupAttribute>(subject);
        foreach (var (method, operations) in MicroBenchmark.Of(piece))
        {
            // A benchmark answers with a number, so that nothing of it is optimised away.
            var body = method.CreateDelegate<Func<int>>(subject);
            var times = Measure(body, operations, out var cpu, out var bytes);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{piece.Name + "." + method.Name,-52} {times.Min(),10:F1} {Calls.Statistic.Median(times),10:F1} {cpu,8:F1} {bytes,7:F0}"));
        }

        Invoke<GlobalCleanupAttribute>(subject);
    }

    private static double[] Measure(Func<int> body, int operations, out double cpu, out double bytes)
    {
        // Long enough for the compiler's second thoughts (tier 1 with profile).
        var warm = Stopwatch.StartNew();
        var count = 0;
        while (warm.Elapsed < TimeSpan.FromMilliseconds(600) || count < 2)
        {
            body();
            count++;
            if (count == 40) Thread.Sleep(120);
        }

        var perRound = Math.Max(1, (int)(count * (Round / warm.Elapsed)));
        var times = new double[Rounds];
        using var process = Process.GetCurrentProcess();
        process.Refresh();
        var before = process.TotalProcessorTime;
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        for (var round = 0; round < Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < perRound; i++) body();
            times[round] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / perRound / operations;
        }

        var total = (double)perRound * Rounds * operations;
        bytes = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / total;
        process.Refresh();
        cpu = (process.TotalProcessorTime - before).TotalNanoseconds / total;
        return times;
    }

    private static void Invoke<TAttribute>(object subject)
        where TAttribute : Attribute
    {
        foreach (var method in subject.GetType().GetMethods().Where(m => m.GetCustomAttribute<TAttribute>() is not null))
            method.Invoke(subject, null);
    }
}
