using System.Globalization;

namespace CallActors.Benchmarks.Calls;

/// <summary>CPU time, threads and memory of processes, from /proc. One tick is 10 ms, so runs have to be long enough.</summary>
internal static class ProcFiles
{
    private const double TicksPerSecond = 100;

    /// <summary>User and system time of a process and its threads; zero when it has gone.</summary>
    public static TimeSpan Cpu(int pid) => Fields($"/proc/{pid}/stat") is { } f ? Ticks(f, 11, 12) : TimeSpan.Zero;

    /// <summary>What a process has spent on compiling again what is called often; zero for one that is not .NET.</summary>
    public static TimeSpan Compiling(int pid)
    {
        if (!Directory.Exists($"/proc/{pid}/task")) return TimeSpan.Zero;
        return Directory.GetDirectories($"/proc/{pid}/task")
            .Where(task => Read($"{task}/comm")?.StartsWith(".NET Tiered", StringComparison.Ordinal) == true)
            .Aggregate(TimeSpan.Zero, (sum, task) => Fields($"{task}/stat") is { } f ? sum + Ticks(f, 11, 12) : sum);
    }

    /// <summary>The same of the children that this process has waited for: how the CPU of an ended SIPp is known.</summary>
    public static TimeSpan CpuOfEndedChildren() => Fields("/proc/self/stat") is { } f ? Ticks(f, 13, 14) : TimeSpan.Zero;

    /// <summary>How often the threads of a process went to sleep of their own accord, and so had to be woken: cheap to compare, and untouched by other load.</summary>
    public static long Sleeps(int pid)
    {
        const string Field = "\nvoluntary_ctxt_switches:";
        if (!Directory.Exists($"/proc/{pid}/task")) return 0;
        long sleeps = 0;
        foreach (var task in Directory.GetDirectories($"/proc/{pid}/task"))
            if (Read($"{task}/status") is { } status && status.IndexOf(Field, StringComparison.Ordinal) is >= 0 and var at)
                sleeps += long.Parse(status.AsSpan(at + Field.Length).TrimStart().ToString().Split('\n')[0], CultureInfo.InvariantCulture);
        return sleeps;
    }

    /// <summary>A process and all that it has started, itself first.</summary>
    public static List<int> Tree(int root)
    {
        var parents = new List<(int Pid, int Parent)>();
        foreach (var directory in Directory.GetDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(directory), out var pid) && Fields($"{directory}/stat") is { } f)
                parents.Add((pid, int.Parse(f[1], CultureInfo.InvariantCulture)));

        var tree = new List<int> { root };
        for (var i = 0; i < tree.Count; i++)
            tree.AddRange(parents.Where(p => p.Parent == tree[i]).Select(p => p.Pid));
        return tree;
    }

    public static Memory MemoryOf(IEnumerable<int> pids)
    {
        long resident = 0, proportional = 0;
        foreach (var pid in pids)
            foreach (var line in (Read($"/proc/{pid}/smaps_rollup") ?? "").Split('\n'))
            {
                if (line.StartsWith("Rss:", StringComparison.Ordinal)) resident += Kilobytes(line);
                if (line.StartsWith("Pss:", StringComparison.Ordinal)) proportional += Kilobytes(line);
            }

        return new Memory(resident * 1024, proportional * 1024);
    }

    /// <summary>CPU time spent by the whole machine, and what a hypervisor took from it.</summary>
    public static (TimeSpan Busy, TimeSpan Stolen) Machine()
    {
        var f = (Read("/proc/stat") ?? "").Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        double Field(int i) => double.Parse(f[i], CultureInfo.InvariantCulture);
        return (TimeSpan.FromSeconds((Field(1) + Field(2) + Field(3) + Field(6) + Field(7)) / TicksPerSecond), TimeSpan.FromSeconds(Field(8) / TicksPerSecond));
    }

    /// <summary>Datagrams that the kernel threw away because a socket's buffer was full, on this machine so far.</summary>
    public static long DatagramsDropped()
    {
        var udp = (Read("/proc/net/snmp") ?? "").Split('\n').Where(l => l.StartsWith("Udp:", StringComparison.Ordinal)).Select(l => l.Split(' ')).ToArray();
        var column = Array.IndexOf(udp[0], "RcvbufErrors");
        return column < 0 ? 0 : long.Parse(udp[1][column], CultureInfo.InvariantCulture);
    }

    private static long Kilobytes(string line) =>
        long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    private static TimeSpan Ticks(string[] fields, int user, int system) =>
        TimeSpan.FromSeconds((double.Parse(fields[user], CultureInfo.InvariantCulture) + double.Parse(fields[system], CultureInfo.InvariantCulture)) / TicksPerSecond);

    // The fields after the name, which is in parentheses and may itself hold blanks: index 0 is the state, 1 the parent.
    private static string[]? Fields(string path) =>
        Read(path) is { Length: > 0 } text ? text[(text.LastIndexOf(')') + 2)..].Split(' ') : null;

    private static string? Read(string path)
    {
        try { return File.ReadAllText(path); }
        catch (IOException) { return null; }
        catch (UnauthorizedAccessException) { return null; }
    }
}

/// <summary>Resident bytes, and the same with shared pages divided among those who share them.</summary>
internal readonly record struct Memory(long Resident, long Proportional);
