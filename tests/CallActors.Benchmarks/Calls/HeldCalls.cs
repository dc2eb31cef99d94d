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

    public static void Measure(CallsPlan plan, string name, Scenario plain, string directory)
    {
        // Everything of the sequence below has to happen while the first call is still held.
        var setUp = TimeSpan.FromSeconds((double)plan.Held / plan.HoldRate);
        var hold = setUp + TransactionsGone + 3 * Load + TimeSpan.FromSeconds(50);
        var held = plain.Held(hold);

        using var contender = plan.Make(name, directory);
        if (!contender.Plays(plain)) return;
        contender.Start([plain]);
        var server = contender.Server!;
        Run Ordinary() => Run.Measure(contender, plain, 1000, Load, Path.Combine(directory, "caller"));

        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Held calls, {plain.Name}, {name}: {plan.Held} living, set up and released at {plan.HoldRate} calls/s, each held {hold.TotalSeconds:F0} s"));
        // What is compiled meanwhile is memory too, and of no call.
        Stage.WarmUp(contender, plain, Path.Combine(directory, "caller"));
        Thread.Sleep(TransactionsGone);
        var alone = Ordinary();
        Thread.Sleep(TransactionsGone);
        var empty = Memories(contender);
        Line("before", empty, empty, plan.Held);

        var holding = Stopwatch.StartNew();
        using var caller = Sipp.Call(held, contender.CalledUser(held), Path.Combine(directory, "holder"), contender.SipPort(plain), plan.HoldRate, plan.Held, 3 * hold);
        Thread.Sleep(setUp + TimeSpan.FromSeconds(2));
        Line("all set up, INVITE transactions still there", Memories(contender), empty, plan.Held);
        Thread.Sleep(TransactionsGone);
        var living = Memories(contender);
        Line("living for 36 s", living, empty, plan.Held);
        var among = Ordinary();
        Line("living, after 6,000 other calls", Memories(contender), empty, plan.Held);

        caller.Wait(hold + setUp + TimeSpan.FromSeconds(30));
        var released = Sipp.Statistics(Path.Combine(directory, "holder"));
        Line("all released", Memories(contender), empty, plan.Held);
        Thread.Sleep(TransactionsGone);
        var gone = Memories(contender);
        Line("36 s later", gone, empty, plan.Held);
        Ordinary();
        Line("after 6,000 other calls", Memories(contender), empty, plan.Held);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  held calls: {released.Created}, failed {released.Failed}, retransmissions {released.Retransmissions}, {holding.Elapsed.TotalSeconds:F0} s"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  a call at 1,000 calls/s: {Targets.Of(alone):F0} µs alone, {Targets.Of(among):F0} µs among {plan.Held} (ratio {Targets.Of(among) / Targets.Of(alone):F2}; others used {alone.OtherCores:F2} and {among.OtherCores:F2} cores)"));

        if (contender is not (CallActorsContender or NodeContender)) return;
        // Of the two empty states the smaller one is the truer: the first still holds what warming up left.
        var (held0, held1, held2) = (Ours(empty), Ours(living), Ours(gone));
        var perCall = PerCall(held1, Math.Min(held0, held2), plan.Held);
        var ratio = Targets.Of(among) / Targets.Of(alone);
        var most = contender is not NodeContender ? 4 : plain.Name == "bridged" ? 22 : 9;
        Verdict(perCall <= most, $"{perCall:F2} kB a living call, at most {most}");
        Verdict(held2 <= 1.1 * held0, $"given back: {held2 / 1e6:F1} MB after, {held0 / 1e6:F1} MB before");
        Verdict(ratio <= 1.3, $"a call among {plan.Held} costs {ratio:F2} of one alone (below 1.3 is read as equal)");

        // Of a node all processes count, of our server its own.
        long Ours(Dictionary<string, (Memory Now, Memory Held)> memories) =>
            memories.Where(memory => memory.Key == server.Name || NodeContender.IsRuntime(memory.Key)).Sum(memory => memory.Value.Held.Proportional);
    }

    private static void Verdict(bool passed, FormattableString words) => Console.WriteLine($"  {(passed ? "pass" : "FAIL")}  {FormattableString.Invariant(words)}");

    // As it stands, and after a collection where the program has a collector to be asked: what is left then is held.
    private static Dictionary<string, (Memory Now, Memory Held)> Memories(Contender contender)
    {
        var memories = new Dictionary<string, (Memory, Memory)>();
        foreach (var program in contender.Programs.Where(p => !p.Name.StartsWith("callee", StringComparison.Ordinal)))
        {
            var now = ProcFiles.MemoryOf(program.Tree);
            memories[program.Name] = (now, Collected(program, now));
        }

        return memories;
    }

    // A collector keeps what it freed for a while: it gives it back collection by collection.
    private static Memory Collected(RunningProgram program, Memory now)
    {
        var least = now;
        for (var stable = 0; stable < 3 && GarbageCollection.Induce(program.Id);)
        {
            var after = ProcFiles.MemoryOf(program.Tree);
            stable = after.Proportional > 0.99 * least.Proportional ? stable + 1 : 0;
            if (after.Proportional < least.Proportional) least = after;
        }

        return least;
    }

    private static void Line(string when, Dictionary<string, (Memory Now, Memory Held)> now, Dictionary<string, (Memory Now, Memory Held)> before, int calls) =>
        Console.WriteLine($"  {when,-46} " + string.Join("; ", now.Select(m => string.Create(CultureInfo.InvariantCulture,
            $"{m.Key} RSS {m.Value.Now.Resident / 1e6:F1}, PSS {m.Value.Now.Proportional / 1e6:F1}, collected {m.Value.Held.Proportional / 1e6:F1} MB ({PerCall(m.Value.Held.Proportional, before[m.Key].Held.Proportional, calls):F2} kB a call)"))));

    private static double PerCall(long now, long before, int calls) => (now - before) / 1000.0 / calls;
}
