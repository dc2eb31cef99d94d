using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace CallActors.Fuzz;

/// <summary>
/// <c>--count n</c> cases for each target (default 1,000,000), <c>--seed n</c> (default 1), <c>--target name</c> (repeatable; default all),
/// <c>--workers n</c> (default 1), <c>--case n</c> runs that one alone and shows its input. Ends with 0, with 1 when the contract was
/// broken, with 2 on a bad command line, with 3 on a hang, with 4 when memory grew.
/// </summary>
public static class Program
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);
    private const long GrowthAllowed = 64L * 1024 * 1024;

    /// <summary>The program.</summary>
    public static int Main(string[] args)
    {
        long count = 1_000_000, only = -1;
        var seed = 1UL;
        var workers = 1;
        var names = new List<string>();
        for (var index = 0; index < args.Length; index++)
        {
            var value = index + 1 < args.Length ? args[index + 1] : "";
            var isGood = args[index] switch
            {
                "--count" => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out count),
                "--seed" => ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out seed),
                "--case" => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out only),
                "--workers" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out workers) && workers > 0,
                "--target" => FuzzTargets.Names.Contains(value),
                _ => false,
            };
            if (!isGood) return Usage($"{args[index]} {value}");
            if (args[index] == "--target") names.Add(value);
            index++;
        }

        if (names.Count == 0) names.AddRange(FuzzTargets.Names);
        var before = Settle();
        var exit = 0;
        foreach (var name in names)
        {
            exit = only >= 0 ? RunAlone(name, seed, only) : RunMany(name, seed, count, workers);
            if (exit != 0) break;
        }

        var grown = Settle() - before;
        if (exit == 0 && grown > GrowthAllowed)
        {
            Console.WriteLine($"memory grew by {grown / 1024} kB");
            exit = 4;
        }

        Console.WriteLine(exit == 0 ? $"all well; seed {seed}; memory {(grown >= 0 ? "+" : "")}{grown / 1024} kB" : $"FAILED ({exit}); seed {seed}");
        return exit;
    }

    private static int RunMany(string name, ulong seed, long count, int workers)
    {
        var runs = Enumerable.Range(0, workers).Select(_ => new FuzzRun(FuzzTargets.Make(name)!, seed)).ToArray();
        var outcomes = new FuzzOutcome?[workers];
        var threads = runs.Select((run, index) => new Thread(() => outcomes[index] = run.Run(index, count, workers)) { IsBackground = true }).ToArray();
        var started = Stopwatch.GetTimestamp();
        foreach (var thread in threads) thread.Start();
        if (!Watch(name, count, runs, threads, started)) return 3;

        var failure = outcomes.Select(outcome => outcome!.Failure).Where(failed => failed is not null).MinBy(failed => failed!.Case);
        var cases = outcomes.Sum(outcome => outcome!.Cases);
        Console.WriteLine($"{name}: {cases:N0} cases in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s, slowest {outcomes.Max(outcome => outcome!.Slowest).TotalMicroseconds:F0} us, " +
            $"at most {outcomes.Max(outcome => outcome!.MostAllocated):N0} B allocated, {(failure is null ? "contract kept" : "CONTRACT BROKEN")}");
        return failure is null ? 0 : Show(name, seed, failure);
    }

    /// <summary>A progress line now and then; false when a case does not end.</summary>
    private static bool Watch(string name, long count, FuzzRun[] runs, Thread[] threads, long started)
    {
        var last = new long[runs.Length];
        var since = started;
        for (var second = 1; threads.Any(thread => !thread.Join(TimeSpan.FromSeconds(1))); second++)
        {
            var now = runs.Select(run => run.Current).ToArray();
            if (!now.SequenceEqual(last)) since = Stopwatch.GetTimestamp();
            last = now;
            if (Stopwatch.GetElapsedTime(since) > Hang)
            {
                Console.WriteLine($"{name}: HANG in case {string.Join(" or ", now)}");
                return false;
            }

            if (second % 10 == 0) Console.WriteLine($"{name}: {now.Max():N0} of {count:N0} after {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s");
        }

        return true;
    }

    private static int RunAlone(string name, ulong seed, long only)
    {
        var outcome = new FuzzRun(FuzzTargets.Make(name)!, seed).Run(only, only + 1);
        if (outcome.Failure is not null) return Show(name, seed, outcome.Failure);
        Console.WriteLine($"{name}: case {only} keeps the contract");
        return 0;
    }

    private static int Show(string name, ulong seed, FuzzFailure failure)
    {
        Console.WriteLine($"{name}: case {failure.Case}: {failure.What}");
        Console.WriteLine($"again with: --target {name} --seed {seed} --case {failure.Case}");
        Console.WriteLine($"{failure.Input.Length} bytes, as text:");
        Console.WriteLine(Encoding.Latin1.GetString(failure.Input.AsSpan(0, Math.Min(failure.Input.Length, 4000))));
        Console.WriteLine($"base64: {Convert.ToBase64String(failure.Input)}");
        return 1;
    }

    private static long Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static int Usage(string what)
    {
        Console.Error.WriteLine($"What is '{what}'? --count n, --seed n, --case n, --workers n, --target {string.Join('|', FuzzTargets.Names)}");
        return 2;
    }
}
