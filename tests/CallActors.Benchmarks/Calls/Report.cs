using System.Globalization;

namespace CallActors.Benchmarks.Calls;

/// <summary>The rows as they come, and the medians at the end.</summary>
internal static class Report
{
    public static void Head()
    {
        Console.WriteLine();
        Console.WriteLine("scenario  contender  asked/s reached/s  calls failed retrans dropped  others  CPU µs per call");
    }

    public static void Row(Run run) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{run.Scenario,-9} {run.Contender,-9} {run.Asked,8} {run.Calls.Rate,9:F0} {run.Calls.Created,6} {run.Calls.Failed,6} {run.Calls.Retransmissions,7} {run.Dropped,7} {run.OtherCores,7:F2}  {Programs(run.Cpu)}"));

    /// <summary>Clean in most of its rounds.</summary>
    public static bool IsClean(IEnumerable<Run> rounds)
    {
        var all = rounds.ToArray();
        return all.Count(r => r.IsClean) * 2 > all.Length;
    }

    public static void Ladder(IReadOnlyList<Run> runs)
    {
        Console.WriteLine();
        Console.WriteLine("Medians of the rounds; every figure in one process's CPU µs per call; PSS of the server after the run");
        Console.WriteLine();
        Console.WriteLine("| scenario | contender | calls/s asked | reached | clean | failed | retransmissions | CPU µs per call | server PSS MB |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var group in runs.GroupBy(r => (r.Scenario, r.Contender, r.Asked)).OrderBy(g => g.Key.Scenario).ThenBy(g => g.Key.Contender).ThenBy(g => g.Key.Asked))
        {
            var cpu = group.First().Cpu.Keys.ToDictionary(k => k, k => Statistic.Median(group.Select(r => r.Cpu[k])));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {group.Key.Scenario} | {group.Key.Contender} | {group.Key.Asked} | {Statistic.Median(group.Select(r => r.Calls.Rate)):F0} | {(IsClean(group) ? "yes" : "no")} | {Statistic.Median(group.Select(r => (double)r.Calls.Failed)):F0} | {Statistic.Median(group.Select(r => (double)r.Calls.Retransmissions)):F0} | {Programs(cpu)} | {Statistic.Median(group.Select(r => r.Server.Proportional / 1e6)):F0} |"));
        }
    }

    private static string Programs(IEnumerable<KeyValuePair<string, double>> cpu) =>
        string.Join(", ", cpu.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Key} {p.Value:F0}")));
}
