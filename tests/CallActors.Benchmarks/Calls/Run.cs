using System.Diagnostics;
using System.Globalization;

namespace CallActors.Benchmarks.Calls;

/// <summary>One measured run of SIPp against one contender.</summary>
/// <remarks>
/// Cpu: µs per completed call, by program; `caller` is the SIPp that made the calls. OtherCores: what other programs of the
/// machine used meanwhile, so how far to trust the figures. Dropped: datagrams the kernel dropped for a full buffer, machine-wide.
/// Sleeps: how often the server's threads went to sleep, per call.
/// </remarks>
internal sealed record Run(
    string Contender, string Scenario, int Asked, SippStatistics Calls, IReadOnlyDictionary<string, double> Cpu, double Sleeps, double OtherCores,
    long Dropped, Memory Server)
{
    /// <summary>Clean: no call failed, next to none needed a retransmission, and the rate was held.</summary>
    public bool IsClean => Calls is { Failed: 0, Created: > 0 } && Calls.Retransmissions <= Calls.Created / 1000 && Calls.Rate >= 0.95 * Asked;

    public static Run Measure(Contender contender, Scenario scenario, int rate, TimeSpan load, string directory, string? perf = null)
    {
        var calls = (int)(rate * load.TotalSeconds);
        var before = contender.Programs.Select(p => p.Cpu).ToArray();
        var sleeps = SleepsOf(contender);
        var (busy, _) = ProcFiles.Machine();
        var ended = ProcFiles.CpuOfEndedChildren();
        var dropped = ProcFiles.DatagramsDropped();
        var clock = Stopwatch.StartNew();

        using (var caller = Sipp.Call(scenario, contender.CalledUser(scenario), directory, contender.SipPort(scenario), rate, calls, load + TimeSpan.FromSeconds(6)))
        {
            using var profile = perf is null || contender is not CallActorsContender ? null : Profile(contender, perf, scenario, rate, load);
            caller.Wait(load + TimeSpan.FromSeconds(20));
            profile?.Wait(TimeSpan.FromSeconds(10));
        }

        var statistics = Sipp.Statistics(directory);
        var per = Math.Max(1, statistics.Succeeded) / 1e6;
        var cpu = new Dictionary<string, double>();
        var ours = TimeSpan.Zero;
        for (var i = 0; i < before.Length; i++)
        {
            var spent = contender.Programs[i].Cpu - before[i];
            ours += spent;
            // The callee of another scenario is idle: it says nothing about this one.
            if (!contender.Programs[i].Name.StartsWith("callee-", StringComparison.Ordinal) || contender.Programs[i].Name.EndsWith(scenario.Name, StringComparison.Ordinal))
                cpu[contender.Programs[i].Name] = spent.TotalSeconds / per;
        }

        var callers = ProcFiles.CpuOfEndedChildren() - ended;
        cpu["caller"] = callers.TotalSeconds / per;
        var others = (ProcFiles.Machine().Busy - busy - ours - callers).TotalSeconds / clock.Elapsed.TotalSeconds;
        var memory = contender.Server is null ? default : ProcFiles.MemoryOf(contender.Server.Tree);
        return new Run(contender.Name, scenario.Name, rate, statistics, cpu, (SleepsOf(contender) - sleeps) / (per * 1e6), Math.Max(0, others), ProcFiles.DatagramsDropped() - dropped, memory);
    }

    private static long SleepsOf(Contender contender) => contender.Server?.Tree.Sum(ProcFiles.Sleeps) ?? 0;

    private static RunningProgram Profile(Contender contender, string directory, Scenario scenario, int rate, TimeSpan load)
    {
        Directory.CreateDirectory(directory);
        var data = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{contender.Name}-{scenario.Name}-{rate}.perf"));
        var seconds = Math.Max(1, (int)load.TotalSeconds - 1).ToString(CultureInfo.InvariantCulture);
        return RunningProgram.Start("perf", directory,
            ["perf", "record", "-q", "-F", "999", "-g", "-p", contender.Server!.Id.ToString(CultureInfo.InvariantCulture), "-o", data, "--", "sleep", seconds]);
    }
}
