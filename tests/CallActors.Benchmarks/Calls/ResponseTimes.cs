using System.Globalization;

namespace CallActors.Benchmarks.Calls;

/// <summary>How long callers wait: from the INVITE to its final response, at half of the rate that each contender bears. SIPp makes the load; its own clock ticks every 4 ms.</summary>
internal static class ResponseTimes
{
    // Nine hundred probes, so p99 has nine above it; and long enough for transactions to end while others begin (Kamailio keeps one for 5 s).
    private static readonly TimeSpan s_leastLoad = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Each contender is started anew for each scenario. The ladder leaves it at a rate that it does not bear, and what was lost there is
    /// not over when the last call is: half a minute later Kamailio's timer still takes up to a core to give the memory back.
    /// </summary>
    public static void Measure(CallsPlan plan, IReadOnlyList<Run> runs, string directory)
    {
        var load = plan.Load > s_leastLoad ? plan.Load : s_leastLoad;
        Console.WriteLine();
        Console.WriteLine("From INVITE to its final response, at half of the highest clean rate");
        Console.WriteLine();
        Console.WriteLine("| scenario | contender | highest clean rate | half of it | calls | failed | probes | p50 ms | p99 ms | others' cores |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var scenario in plan.Scenarios)
            foreach (var name in plan.Contenders)
            {
                var highest = Targets.HighestClean(runs.Where(run => run.Contender == name && run.Scenario == scenario.Name));
                if (highest > 0) Measure(plan.Make(name, Path.Combine(directory, "response-times", scenario.Name)), scenario, highest, load, Path.Combine(directory, "caller"));
            }
    }

    private static void Measure(Contender started, Scenario scenario, int highest, TimeSpan load, string directory)
    {
        using var contender = started;
        contender.Start([scenario]);
        Stage.WarmUp(contender, scenario, directory);
        using var probe = ResponseProbe.Start(contender.SipPort(scenario), contender.CalledUser(scenario), load);
        var run = Run.Measure(contender, scenario, highest / 2, load, directory);
        var times = probe.Stop();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {scenario.Name} | {contender.Name} | {highest} | {highest / 2} | {run.Calls.Created} | {run.Calls.Failed} | {times.Length} | {At(times, 0.50):F2} | {At(times, 0.99):F2} | {run.OtherCores:F2} |"));
    }

    private static double At(TimeSpan[] sorted, double part) => sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * part))].TotalMilliseconds;
}
