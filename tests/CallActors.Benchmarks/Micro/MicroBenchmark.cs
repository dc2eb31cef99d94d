using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace CallActors.Benchmarks.Micro;

/// <summary>`micro`: the pieces on their own. BenchmarkDotNet's short runs, or with `--quick` figures in seconds.</summary>
internal static class MicroBenchmark
{
    private static readonly Type[] Pieces = [typeof(SipMessages), typeof(Transactions), typeof(ControlFrames), typeof(DatagramEcho), typeof(StreamEcho), typeof(PartitionHops)];

    public static int Run(Arguments arguments)
    {
        var filter = arguments.Text("filter");
        var chosen = Pieces.Where(p => Of(p, filter).Any()).ToArray();
        if (chosen.Length == 0) throw new UsageException($"--filter {filter} matches none of {string.Join(", ", Pieces.Select(p => p.Name))}.");
        if (arguments.Flag("quick"))
        {
            QuickRunner.Head();
            var results = new Dictionary<string, (double Nanoseconds, double Bytes)>();
            foreach (var piece in chosen) QuickRunner.Run(piece, filter, results);
            if (results.TryGetValue(nameof(SipMessages.ParseInvite900), out var parse)) PrintTarget(parse.Nanoseconds, parse.Bytes);
            return 0;
        }

        // In process: the server's build rules would otherwise apply to the project that BenchmarkDotNet generates.
        IConfig config = DefaultConfig.Instance
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .HideColumns(Column.RatioSD)
            .WithOptions(ConfigOptions.JoinSummary);
        if (filter is not null) config = config.AddFilter(new NameFilter(name => name.Contains(filter, StringComparison.OrdinalIgnoreCase)));
        BenchmarkRunner.Run(chosen, config);
        return 0;
    }

    private static void PrintTarget(double nanoseconds, double bytes) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{(nanoseconds <= 1200 && bytes <= 2048 ? "pass" : "FAIL")}  an INVITE of {Samples.Invite.Length} bytes parsed with validation: {nanoseconds / 1000:F2} µs and {bytes:F0} B, at most 1.20 µs and 2 kB"));

    /// <summary>The benchmarks of a piece that the filter lets through, in the order in which they stand.</summary>
    internal static IEnumerable<(MethodInfo Method, int Operations)> Of(Type piece, string? filter) =>
        from method in piece.GetMethods()
        let benchmark = method.GetCustomAttribute<BenchmarkAttribute>()
        where benchmark is not null && (filter is null || $"{piece.Name}.{method.Name}".Contains(filter, StringComparison.OrdinalIgnoreCase))
        orderby benchmark.SourceCodeLineNumber
        select (method, benchmark.OperationsPerInvoke);
}
