using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace CallActors.Benchmarks.Micro;

/// <summary>Runs the same benchmarks without BenchmarkDotNet: the best of a few short rounds, good enough to see a factor.</summary>
/// <remarks>
/// The CPU time of the measuring thread is what holds on a busy machine; the clock's time beside it is what waits and other
/// programs make of it, and the process's CPU time what other threads of ours did meanwhile.
/// </remarks>
internal static class QuickRunner
{
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(150);
    private const int Rounds = 7;

    public static void Head() => Console.WriteLine(
        "per operation                                          own CPU ns  clock ns  all CPU ns   bytes");

    /// <summary>Measures every benchmark of a piece and tells the best ns and the bytes of each, by name.</summary>
    public static void Run(Type piece, string? filter, Dictionary<string, (double Nanoseconds, double Bytes)> results)
    {
        var subject = Activator.CreateInstance(piece)!;
        Invoke<GlobalSetupAttribute>(subject);
        foreach (var (method, operations) in MicroBenchmark.Of(piece, filter))
        {
            // A benchmark answers with a number, so that nothing of it is optimised away.
            var body = method.CreateDelegate<Func<int>>(subject);
            var (own, clock, all, bytes) = Measure(body, operations);
            results[method.Name] = (own, bytes);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{piece.Name + "." + method.Name,-52} {own,12:F1} {clock,9:F1} {all,11:F1} {bytes,7:F0}"));
        }

        Invoke<GlobalCleanupAttribute>(subject);
    }

    private static (double Own, double Clock, double All, double Bytes) Measure(Func<int> body, int operations)
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
        var before = Cpu();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var (own, clock) = (double.MaxValue, double.MaxValue);
        for (var round = 0; round < Rounds; round++)
        {
            var thread = ThreadTime.Now;
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < perRound; i++) body();
            clock = Math.Min(clock, Stopwatch.GetElapsedTime(start).TotalNanoseconds / perRound / operations);
            own = Math.Min(own, (ThreadTime.Now - thread).TotalNanoseconds / perRound / operations);
        }

        var total = (double)perRound * Rounds * operations;
        return (own, clock, (Cpu() - before).TotalNanoseconds / total, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / total);
    }

    private static void Invoke<TAttribute>(object subject)
        where TAttribute : Attribute
    {
        foreach (var method in subject.GetType().GetMethods().Where(m => m.GetCustomAttribute<TAttribute>() is not null))
            method.Invoke(subject, null);
    }
}
