using System.Globalization;

namespace CallActors.Benchmarks.Calls;

/// <summary>The targets, as ratios to another contender's call in the same run. Words only: a timing never fails anything.</summary>
internal static class Targets
{
    // What the extensions add; what the cluster adds to as many nodes that know nothing of each other, and to a single one; what both do.
    private static readonly (string With, string Without, double Most)[] s_added =
    [
        ("node", "node-plain", 1.2), ("node-split", "node-split-plain", 1.2), ("node-cluster", "node-three", 1.2), ("node-cluster", "node-split", 1.2), ("node-cluster", "node-split-plain", 1.2),
    ];

    public static void Print(IReadOnlyList<Run> runs)
    {
        var contenders = runs.Select(r => r.Contender).Distinct().ToArray();
        if (Of(runs, "kamailio", "answered") is { Length: > 0 } anchor)
        {
            Head("CPU of the server's own process per call (of a node: of all its processes), over that of Kamailio's stateful, record-routed, answered call (-x fm -X fm)");
            foreach (var contender in contenders.Where(c => c is not ("sipp" or "kamailio")))
                foreach (var (scenario, most) in IsNode(contender) ? [("answered", 2.0), ("rejected", 0.8), ("bridged", 4.0)] : new[] { ("answered", 1.0), ("rejected", 0.5) })
                    Print(Of(runs, contender, scenario), anchor, most);
        }

        if (s_added.Any(a => contenders.Contains(a.With) && contenders.Contains(a.Without)))
        {
            Head("what extensions and cluster add, CPU of all processes of a node per call, over that of the same call without them");
            foreach (var (with, without, most) in s_added)
                foreach (var scenario in (string[])["answered", "rejected", "bridged"])
                    Print(Of(runs, with, scenario), Of(runs, without, scenario), most);
        }

        Console.WriteLine();
        foreach (var group in runs.GroupBy(r => (r.Scenario, r.Contender)))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  highest clean rate of {group.Key.Contender}, {group.Key.Scenario}: {HighestClean(group)} calls/s"));
    }

    /// <summary>The cost of a call, in µs: that of the server under test, and of a node that of all its processes.</summary>
    public static double Of(Run run) => run.Cpu.Where(program => program.Key is "server" or "kamailio" || NodeContender.IsRuntime(program.Key)).Sum(program => program.Value);

    /// <summary>The highest rate that was clean; 0 when none was.</summary>
    public static int HighestClean(IEnumerable<Run> runs) =>
        runs.GroupBy(r => r.Asked).Where(g => Report.IsClean(g)).Select(g => g.Key).DefaultIfEmpty(0).Max();

    private static void Head(string what)
    {
        Console.WriteLine();
        Console.WriteLine("Targets: " + what);
    }

    private static void Print(Run[] ours, Run[] anchor, double most)
    {
        if (ours.Length == 0 || anchor.Length == 0) return;
        Print(ours, anchor, 1000, most, "at 1,000 calls/s");
        Print(ours, anchor, HighestClean(ours), most, "at its highest clean rate");
    }

    private static void Print(Run[] ours, Run[] anchor, int rate, double most, string where)
    {
        // Cost falls with the rate, so like is compared with like: the anchor at the same rate, or else at its own highest clean one.
        var anchorRate = anchor.Any(r => r.Asked == rate) ? rate : HighestClean(anchor);
        var cost = Median(ours, rate);
        var anchorCost = Median(anchor, anchorRate);
        var ratio = cost / anchorCost;
        var best = Best(ours, rate) / Best(anchor, anchorRate);
        if (double.IsNaN(ratio)) return;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {(ratio <= most ? "pass" : "FAIL")}  {ours[0].Scenario}, {ours[0].Contender}, {where} ({rate}): {cost:F0} µs against {anchor[0].Contender}'s {anchorCost:F0} µs at {anchorRate}/s, ratio {ratio:F2} (of the least disturbed rounds {best:F2}), at most {most:F1}"));
    }

    private static bool IsNode(string contender) => contender.StartsWith("node", StringComparison.Ordinal);

    private static Run[] Of(IReadOnlyList<Run> runs, string contender, string scenario) => [.. runs.Where(r => r.Contender == contender && r.Scenario == scenario)];

    private static double Best(Run[] runs, int rate) =>
        runs.Where(r => r.Asked == rate).Select(Of).DefaultIfEmpty(double.NaN).Min();

    private static double Median(Run[] runs, int rate) =>
        Statistic.Median(runs.Where(r => r.Asked == rate).Select(Of));
}
