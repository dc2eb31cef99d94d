using System.Runtime.InteropServices;
using CallActors.Chaos.Checking;
using CallActors.Chaos.Faults;

namespace CallActors.Chaos;

/// <summary>
/// <c>all</c> or the names of faults, <c>sipp</c> and one fault, or <c>takeover</c>; then options. Without arguments it says which there are. docs/chaos.md tells what they do.
/// Ends with 0, with 1 when a rule was broken, with 2 on a bad command line, with 130 when it was interrupted.
/// </summary>
public static class Program
{
    /// <summary>The program.</summary>
    public static async Task<int> Main(string[] args)
    {
        var names = args.TakeWhile(argument => !argument.StartsWith("--", StringComparison.Ordinal)).ToArray();
        if (ChaosOptions.Read(args.AsSpan(names.Length)) is not { } options) return Usage();
        var interrupted = new TaskCompletionSource();
        Action<PosixSignalContext> interrupt = context =>
        {
            context.Cancel = true;
            interrupted.TrySetResult();
        };
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, interrupt);
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, interrupt);
        switch (names)
        {
            case ["takeover"]:
                {
                    await using var run = new TakeoverRun(options, Console.Error.WriteLine);
                    return await UnlessAsync(interrupted.Task, run.RunAsync()) is { } isGood ? Concluded(isGood, run.Folder, options) : 130;
                }
            case ["sipp", var name] when Fault.All.FirstOrDefault(fault => fault.Name == name) is { } fault:
                {
                    await using var run = new SippRun(fault, options, Console.Error.WriteLine);
                    return await UnlessAsync(interrupted.Task, run.RunAsync()) is { } isGood ? Concluded(isGood, run.Folder, options) : 130;
                }
            default:
                IReadOnlyList<Fault> chosen = names is ["all"] ? Fault.All : [.. Fault.All.Where(fault => names.Contains(fault.Name))];
                return chosen.Count == 0 || (names is not ["all"] && chosen.Count != names.Length) ? Usage() : await RunAsync(chosen, options, interrupted.Task);
        }
    }

    private static async Task<int> RunAsync(IReadOnlyList<Fault> chosen, ChaosOptions options, Task interrupted)
    {
        var rows = new List<string>();
        var code = 0;
        foreach (var fault in chosen)
        {
            await using var run = new ChaosRun(fault, options, Console.Error.WriteLine);
            var running = run.RunAsync();
            if (await Task.WhenAny(running, interrupted) == interrupted) return 130;
            var verdict = await running;
            rows.Add(Table.Row(fault.Name, verdict));
            Table.Explain(verdict, Console.Error.WriteLine);
            code = Math.Max(code, Concluded(verdict.IsGood, run.Folder, options));
        }
        Console.WriteLine(Table.Head);
        foreach (var row in rows) Console.WriteLine(row);
        return code;
    }

    private static async Task<bool?> UnlessAsync(Task interrupted, Task<bool> run) => await Task.WhenAny(run, interrupted) == interrupted ? null : await run;

    private static int Concluded(bool isGood, string folder, ChaosOptions options)
    {
        if (isGood && !options.Keeps) Directory.Delete(folder, recursive: true);
        else Console.Error.WriteLine($"logs and history are in {folder}");
        return isGood ? 0 : 1;
    }

    private static int Usage()
    {
        Console.Error.WriteLine($"all, takeover, sipp and one of, or any of: {string.Join(' ', Fault.All.Select(fault => fault.Name))}");
        Console.Error.WriteLine("--calls 2000 --rate 50 --fill 100 --interval 5 --seed 1 --nodes 3 --servers 1 --after 20 --slow --no-database --keep");
        return 2;
    }
}
