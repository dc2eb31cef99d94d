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

    /// <summary>Measures every benchmark of a piece and tells the best ns and the bytes of each, by name.</summary>
    public static void Run(Type piece, Dictionary<string, (double Nanoseconds, double Bytes)> results)
    {
        var subject = Activator.CreateInstance(piece)!;
        Invoke<GlobalSetupAttribute>(subject);
        foreach (var (method, operations) in MicroBenchmark.Of(piece))
        {
            // A benchmark answers with a number, so that nothing of it is optimised away.
            var body = method.CreateDelegate<Func<int>>(subject);
            var times = Measure(body, operations, out var cpu, out var bytes);
            results[method.Name] = (times.Min(), bytes);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{piece.Name + "." + method.Name,-52} {times.Min(),10:F1} {Calls.Statistic.Median(times),10:F1} {cpu,8:F1} {bytes,7:F0}"));
        }

        Invoke<GlobalCleanupAttribute>(subject);
    }

    private static double[] Measure(Func<int> body, int operations, out double cpu, out double bytes)
    {
        // Long enough for the compiler's second thoughts (tier 1 with profile), whose thread needs pauses on a busy machine.
        using var process = Process.GetCurrentProcess();
        TimeSpan Cpu()
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }

        var warm = Stopwatch.StartNew();
        var last = TimeSpan.Zero;
        var count = 0;
        for (var stage = 0; stage < 4; stage++)
        {
            var until = Cpu() + TimeSpan.FromMilliseconds(250);
            warm.Restart();
            for (count = 0; Cpu() < until || count < 2; count += 8)
                for (var i = 0; i < 8; i++) body();
            last = warm.Elapsed;
            Thread.Sleep(120);
        }

        var perRound = Math.Max(1, (int)(count * (Round / last)));
        var times = new double[Rounds];
        var before = Cpu();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        for (var round = 0; round < Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < perRound; i++) body();
            times[round] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / perRound / operations;
        }

        var total = (double)perRound * Rounds * operations;
        bytes = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / total;
        cpu = (Cpu() - before).TotalNanoseconds / total;
        return times;
    }

    private static void Invoke<TAttribute>(object subject)
        where TAttribute : Attribute
    {
        foreach (var method in subject.GetType().GetMethods().Where(m => m.GetCustomAttribute<TAttribute>() is not null))
            method.Invoke(subject, null);
    }
}
