using System.Globalization;

namespace CallActors.Benchmarks.Calls;

/// <summary>How long callers wait: from the INVITE to its final response, at half of the rate that each contender bears. SIPp makes the load; its own clock ticks every 4 ms.</summary>
internal static class ResponseTimes
{
    public static void Measure(Stage stage, CallsPlan plan, IReadOnlyList<Run> runs, string directory)
    {
        Console.WriteLine();
        Console.WriteLine("From INVITE to its final response, at half of the highest clean rate");
        Console.WriteLine();
        Console.WriteLine("| scenario | contender | highest clean rate | half of it | calls | failed | probes | p50 ms | p99 ms | others' cores |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var scenario in plan.Scenarios)
            foreach (var contender in stage.Contenders.Where(contender => contender.Plays(scenario)))
            {
                var highest = Targets.HighestClean(runs.Where(run => run.Contender == contender.Name && run.Scenario == scenario.Name));
                if (highest == 0) continue;
                using var probe = ResponseProbe.Start(contender.SipPort(scenario), contender.CalledUser(scenario));
                var run = Run.Measure(contender, scenario, highest / 2, plan.Load, directory);
                var times = probe.Stop();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {scenario.Name} | {contender.Name} | {highest} | {highest / 2} | {run.Calls.Created} | {run.Calls.Failed} | {times.Length} | {At(times, 0.50):F2} | {At(times, 0.99):F2} | {run.OtherCores:F2} |"));
            }
    }

    private static double At(TimeSpan[] sorted, double part) => sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * part))].TotalMilliseconds;
}
