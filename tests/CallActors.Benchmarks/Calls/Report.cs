using System.Globalization;

namespace CallActors.Benchmarks.Calls;

/// <summary>The rows as they come, and the medians at the end.</summary>
internal static class Report
{
    public static void Head()
    {
        Console.WriteLine();
        Console.WriteLine("scenario  contender  asked/s reached/s  calls failed retrans dropped  others  sleeps  CPU µs per call");
    }

    public static void Row(Run run) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{run.Scenario,-9} {run.Contender,-9} {run.Asked,8} {run.Calls.Rate,9:F0} {run.Calls.Created,6} {run.Calls.Failed,6} {run.Calls.Retransmissions,7} {run.Dropped,7} {run.OtherCores,7:F2} {run.Sleeps,7:F1}  {Programs(run.Cpu)}"));

    /// <summary>Clean in most of its rounds.</summary>
    public static bool IsClean(IEnumerable<Run> rounds)
    {
        var all = rounds.ToArray();
        return all.Count(r => r.IsClean) * 2 > all.Length;
    }

    public static void Ladder(IReadOnlyList<Run> runs)
    {
        Console.WriteLine();
        Console.WriteLine("CPU µs per call of each process: the median of the rounds and, in parentheses, the least disturbed one; sleeps per call and PSS of the server");
        Console.WriteLine();
        Console.WriteLine("| scenario | contender | calls/s asked | reached | clean | failed | retransmissions | CPU µs per call | sleeps | PSS MB |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var group in runs.GroupBy(r => (r.Scenario, r.Contender, r.Asked)).OrderBy(g => g.Key.Scenario).ThenBy(g => g.Key.Contender).ThenBy(g => g.Key.Asked))
        {
            double Median(Func<Run, double> figure) => Statistic.Median(group.Select(figure));
            var cpu = group.First().Cpu.Keys.Select(k => string.Create(CultureInfo.InvariantCulture, $"{k} {Median(r => r.Cpu[k]):F0} ({group.Min(r => r.Cpu[k]):F0})"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {group.Key.Scenario} | {group.Key.Contender} | {group.Key.Asked} | {Median(r => r.Calls.Rate):F0} | {(IsClean(group) ? "yes" : "no")} | {Median(r => r.Calls.Failed):F0} | {Median(r => r.Calls.Retransmissions):F0} | {string.Join(", ", cpu)} | {Median(r => r.Sleeps):F1} | {Median(r => r.Server.Proportional / 1e6):F0} |"));
        }
    }

    private static string Programs(IEnumerable<KeyValuePair<string, double>> cpu) =>
        string.Join(", ", cpu.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Key} {p.Value:F0}")));
}
