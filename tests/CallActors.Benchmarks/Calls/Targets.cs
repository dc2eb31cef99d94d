using System.Globalization;

namespace CallActors.Benchmarks.Calls;

/// <summary>The server's targets, as ratios to Kamailio's proxied call in the same run. Words only: a timing never fails anything.</summary>
internal static class Targets
{
    public static void Print(IReadOnlyList<Run> runs)
    {
        var anchor = runs.Where(r => r is { Contender: "kamailio", Scenario: "answered" }).ToArray();
        if (anchor.Length == 0) return;
        Console.WriteLine();
        Console.WriteLine("Targets: CPU of the server's own process per call, over that of Kamailio's stateful, record-routed, answered call (-x fm -X fm)");
        foreach (var contender in runs.Select(r => r.Contender).Distinct().Where(c => c is not ("sipp" or "kamailio")))
            foreach (var (scenario, most) in IsNode(contender) ? [("answered", 2.0), ("rejected", 0.8), ("bridged", 4.0)] : new[] { ("answered", 1.0), ("rejected", 0.5) })
            {
                var ours = runs.Where(r => r.Contender == contender && r.Scenario == scenario).ToArray();
                if (ours.Length == 0) continue;
                Print(ours, anchor, 1000, most, "at 1,000 calls/s");
                Print(ours, anchor, HighestClean(ours), most, "at its highest clean rate");
            }

        foreach (var group in runs.GroupBy(r => (r.Scenario, r.Contender)))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  highest clean rate of {group.Key.Contender}, {group.Key.Scenario}: {HighestClean(group)} calls/s"));
    }

    private static void Print(Run[] ours, Run[] anchor, int rate, double most, string where)
    {
        // Cost falls with the rate, so like is compared with like: the anchor at the same rate, or else at its own highest clean one.
        var anchorRate = anchor.Any(r => r.Asked == rate) ? rate : HighestClean(anchor);
        var cost = Server(ours, rate, "server");
        var anchorCost = Server(anchor, anchorRate, "kamailio");
        var ratio = cost / anchorCost;
        var best = Best(ours, rate, "server") / Best(anchor, anchorRate, "kamailio");
        if (double.IsNaN(ratio)) return;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {(ratio <= most ? "pass" : "FAIL")}  {ours[0].Scenario}, {ours[0].Contender}, {where} ({rate}): {cost:F0} µs against {anchorCost:F0} µs at {anchorRate}/s, ratio {ratio:F2} (of the least disturbed rounds {best:F2}), at most {most:F1}"));
    }

    private static bool IsNode(string contender) => contender.StartsWith("node", StringComparison.Ordinal);

    /// <summary>The cost of a call: of a node all its processes count.</summary>
    public static double Of(Run run, string program) => run.Cpu[program] + run.Cpu.GetValueOrDefault("runtime");

    /// <summary>The highest rate that was clean; 0 when none was.</summary>
    public static int HighestClean(IEnumerable<Run> runs) =>
        runs.GroupBy(r => r.Asked).Where(g => Report.IsClean(g)).Select(g => g.Key).DefaultIfEmpty(0).Max();

    private static double Best(Run[] runs, int rate, string program) =>
        runs.Where(r => r.Asked == rate).Select(r => Of(r, program)).DefaultIfEmpty(double.NaN).Min();

    private static double Server(Run[] runs, int rate, string program) =>
        Statistic.Median(runs.Where(r => r.Asked == rate).Select(r => Of(r, program)));
}
