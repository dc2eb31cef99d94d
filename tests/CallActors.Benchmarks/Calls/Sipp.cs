using System.Globalization;

namespace CallActors.Benchmarks.Calls;

/// <summary>SIPp's command line and what its statistics file says.</summary>
internal static class Sipp
{
    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>What both ends share. The buffer size matters: without it packets are lost long before the CPU is full.</summary>
    public static List<string> Command(int port, string script) =>
        ["sipp", "-i", "127.0.0.1", "-p", Text(port), "-sf", script, "-buff_size", "2000000", "-nostdin"];

    /// <summary>A caller: so many calls at such a rate, then it ends.</summary>
    public static RunningProgram Call(Scenario scenario, string user, string directory, int to, int rate, int calls, TimeSpan atMost)
    {
        Directory.CreateDirectory(directory);
        var script = Path.Combine(directory, "caller.xml");
        File.WriteAllText(script, scenario.Caller);
        File.Delete(Path.Combine(directory, "statistics.csv"));
        return RunningProgram.Start("caller", directory, [.. Command(LoopbackPort.Free(), script), "127.0.0.1:" + Text(to), "-s", user,
            "-r", Text(rate), "-m", Text(calls), "-l", "500000", "-timeout", Text((int)atMost.TotalSeconds) + "s",
            "-trace_stat", "-stf", "statistics.csv", "-fd", "1"]);
    }

    public static SippStatistics Statistics(string directory)
    {
        var path = Path.Combine(directory, "statistics.csv");
        var lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        if (lines.Length < 2) return default;
        var names = lines[0].Split(';');
        var last = lines[^1].Split(';');
        int Column(string name) => Array.IndexOf(names, name);
        int Last(string name) => int.Parse(last[Column(name)], CultureInfo.InvariantCulture);

        // The first second contains the start and the last one the end: they say nothing about the rate.
        var periods = lines[1..].Select(l => l.Split(';')[Column("CallRate(P)")]).Select(t => double.Parse(t, CultureInfo.InvariantCulture)).Where(r => r > 0).ToArray();
        var inner = periods.Length > 3 ? periods[1..^1] : periods;
        return new SippStatistics(Last("TotalCallCreated"), Last("SuccessfulCall(C)"), Last("Retransmissions(C)"), inner.Length == 0 ? 0 : Statistic.Median(inner));
    }
}

/// <summary>What one caller reached.</summary>
internal readonly record struct SippStatistics(int Created, int Succeeded, int Retransmissions, double Rate)
{
    public int Failed => Created - Succeeded;
}
