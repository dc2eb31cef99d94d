using CallActors.Chaos.Checking;
using CallActors.Chaos.Faults;

namespace CallActors.Chaos;

/// <summary>
/// <c>all</c>, or the names of faults, then options; without arguments it says which there are. Ends with 0, with 1 when a rule was broken, with 2 on a bad command line.
/// </summary>
public static class Program
{
    /// <summary>The program.</summary>
    public static async Task<int> Main(string[] args)
    {
        var names = args.TakeWhile(argument => !argument.StartsWith("--", StringComparison.Ordinal)).ToArray();
        var chosen = names is ["all"] ? Fault.All : [.. Fault.All.Where(fault => names.Contains(fault.Name))];
        if (ChaosOptions.Read(args.AsSpan(names.Length)) is not { } options || chosen.Count == 0 || (names is not ["all"] && chosen.Count != names.Length)) return Usage();

        var rows = new List<string>();
        var isGood = true;
        foreach (var fault in chosen)
        {
            await using var run = new ChaosRun(fault, options, Console.Error.WriteLine);
            var verdict = await run.RunAsync();
            isGood &= verdict.IsGood;
            rows.Add(Table.Row(fault.Name, verdict));
            Table.Explain(verdict, Console.Error.WriteLine);
            if (verdict.IsGood && !options.Keeps) Directory.Delete(run.Folder, recursive: true);
            else Console.Error.WriteLine($"{fault.Name}: logs and history are in {run.Folder}");
        }
        Console.WriteLine(Table.Head);
        foreach (var row in rows) Console.WriteLine(row);
        return isGood ? 0 : 1;
    }

    private static int Usage()
    {
        Console.Error.WriteLine($"all, or any of: {string.Join(' ', Fault.All.Select(fault => fault.Name))}");
        Console.Error.WriteLine("--calls 2000 --rate 50 --fill 100 --interval 5 --seed 1 --nodes 3 --servers 1 --after 20 --no-database --keep");
        return 2;
    }
}
