using System.Diagnostics;
using System.Globalization;

namespace CallActors.Benchmarks.Calls;

/// <summary>
/// Living calls: what one costs in memory, whether it is given back, and whether a call costs the same among 20,000 others
/// as among 100.
/// </summary>
internal static class HeldCalls
{
    private static readonly TimeSpan Load = TimeSpan.FromSeconds(6);

    // 64·T1: so long a transaction may stay after its last message (RFC 3261 §17, RFC 6026), and a little for the timer's grain.
    private static readonly TimeSpan TransactionsGone = TimeSpan.FromSeconds(36);

    public static void Measure(CallsPlan plan, string name, string directory)
    {
        // Everything of the sequence below has to happen while the first call is still held.
        var setUp = TimeSpan.FromSeconds((double)plan.Held / plan.HoldRate);
        var hold = setUp + TransactionsGone + 3 * Load + TimeSpan.FromSeconds(20);
        var plain = Scenario.Answered();
        var held = Scenario.Answered(hold);

        using var contender = plan.Make(name, directory);
        contender.Start([plain]);
        var server = contender.Server!;
        Run Ordinary() => Run.Measure(contender, plain, 1000, Load, Path.Combine(directory, "caller"));

        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Held calls, {name}: {plan.Held} living, set up and released at {plan.HoldRate} calls/s, each held {hold.TotalSeconds:F0} s"));
        Ordinary();
        Ordinary();
        Thread.Sleep(TransactionsGone);
        var alone = Ordinary();
        Thread.Sleep(TransactionsGone);
        var empty = Memories(contender);
        Line("before", empty, empty, plan.Held);

        var holding = Stopwatch.StartNew();
        using var caller = Sipp.Call(held, Path.Combine(directory, "holder"), contender.SipPort(plain), plan.HoldRate, plan.Held, 3 * hold);
        Thread.Sleep(setUp + TimeSpan.FromSeconds(2));
        Line("all set up, INVITE transactions still there", Memories(contender), empty, plan.Held);
        Thread.Sleep(TransactionsGone);
        Line("living for 36 s", Memories(contender), empty, plan.Held);
        var among = Ordinary();
        Line("living, after 6,000 other calls", Memories(contender), empty, plan.Held);

        caller.Wait(hold + setUp + TimeSpan.FromSeconds(30));
        var released = Sipp.Statistics(Path.Combine(directory, "holder"));
        Line("all released", Memories(contender), empty, plan.Held);
        Thread.Sleep(TransactionsGone);
        Line("36 s later", Memories(contender), empty, plan.Held);
        Ordinary();
        Line("after 6,000 other calls", Memories(contender), empty, plan.Held);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  held calls: {released.Created}, failed {released.Failed}, retransmissions {released.Retransmissions}, {holding.Elapsed.TotalSeconds:F0} s"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  a call at 1,000 calls/s: {alone.Cpu[server.Name]:F0} µs alone, {among.Cpu[server.Name]:F0} µs among {plan.Held} (ratio {among.Cpu[server.Name] / alone.Cpu[server.Name]:F2}; others used {alone.OtherCores:F2} and {among.OtherCores:F2} cores)"));
    }

    private static Dictionary<string, Memory> Memories(Contender contender) =>
        contender.Programs.Where(p => !p.Name.StartsWith("callee", StringComparison.Ordinal)).ToDictionary(p => p.Name, p => ProcFiles.MemoryOf(p.Tree));

    private static void Line(string when, Dictionary<string, Memory> now, Dictionary<string, Memory> before, int calls) =>
        Console.WriteLine($"  {when,-46} " + string.Join("; ", now.Select(m => string.Create(CultureInfo.InvariantCulture,
            $"{m.Key} RSS {m.Value.Resident / 1e6:F1} PSS {m.Value.Proportional / 1e6:F1} MB ({(m.Value.Proportional - before[m.Key].Proportional) / 1000.0 / calls:F2} kB a call)"))));
}
