using System.Globalization;

namespace CallActors.Benchmarks.Calls;

/// <summary>
/// `calls`: every contender in the same run, in interleaved rounds (A B C, A B C, …), so that whatever else the machine does
/// falls on all of them; medians and ratios are what to read.
/// </summary>
internal sealed class CallsBenchmark(CallsPlan plan, string directory)
{
    private readonly List<Run> _runs = [];

    public static int Run(Arguments arguments)
    {
        var plan = CallsPlan.From(arguments);
        Workplace.Demand(("sipp", "sip-tester"), ("kamailio", "kamailio"), ("node", "nodejs"));
        if (plan.Server.Perf is not null) Workplace.Demand(("perf", "linux-perf"));

        var directory = Directory.CreateTempSubdirectory("callactors-benchmarks-").FullName;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, loopback, logs in {directory}"));
        new CallsBenchmark(plan, directory).Run();
        return 0;
    }

    private void Run()
    {
        if (plan.Rates.Count > 0)
        {
            using var stage = new Stage(plan, directory, plan.Scenarios);
            foreach (var scenario in plan.Scenarios) Climb(stage, scenario);
            Report.Ladder(_runs);
        }

        if (plan.HasResponseTimes) ResponseTimes.Measure(plan, _runs, directory);

        if (plan.Held > 0)
            foreach (var name in plan.Contenders.Where(c => c != "sipp"))
                foreach (var scenario in plan.Scenarios.Where(scenario => scenario.CanBeHeld))
                    HeldCalls.Measure(plan, name, scenario, directory);

        Targets.Print(_runs);
    }

    private void Climb(Stage stage, Scenario scenario)
    {
        var climbing = stage.Contenders.Where(c => c.Plays(scenario)).ToList();
        Report.Head();
        foreach (var rate in plan.Rates)
        {
            if (climbing.Count == 0) return;
            var here = new List<Run>();
            for (var round = 0; round < plan.Rounds; round++)
                foreach (var contender in climbing)
                {
                    var run = Calls.Run.Measure(contender, scenario, rate, plan.Load, Path.Combine(directory, "caller"), plan.Server.Perf);
                    here.Add(run);
                    Report.Row(run);
                    // What was lost is still being repeated: it must not fall on the next.
                    if (!run.IsClean) Thread.Sleep(TimeSpan.FromSeconds(3));
                }

            _runs.AddRange(here);
            climbing.RemoveAll(c => !Report.IsClean(here.Where(r => r.Contender == c.Name)));
        }
    }
}
