using System.Globalization;

namespace CallActors.Benchmarks.Calls;

/// <summary>What a run of `calls` shall do.</summary>
internal sealed record CallsPlan(
    IReadOnlyList<int> Rates, int Rounds, TimeSpan Load, int Held, int HoldRate, IReadOnlyList<string> Contenders, IReadOnlyList<Scenario> Scenarios, CallActorsOptions Server,
    IReadOnlyDictionary<string, CallActorsOptions> Variants, bool HasResponseTimes)
{
    public static CallsPlan From(Arguments arguments)
    {
        var quick = arguments.Flag("quick");
        var rates = arguments.List("rates", quick ? ["1000"] : ["500", "1000", "2000", "3000", "4000", "5000", "6000", "7000", "8000", "10000"]);
        var contenders = arguments.List("contenders", "sipp", "kamailio", "lean", "srf");
        var server = contenders.Any(c => c is not ("sipp" or "kamailio")) ? arguments.Text("server") ?? Workplace.Server() : "";
        var options = new CallActorsOptions(server, [.. arguments.All("server-env").Select(Variable)], arguments.Text("perf"), arguments.Flag("batched"));
        var variants = arguments.All("also").Select(a => Variant(a, options)).ToDictionary();
        return new CallsPlan(
            [.. rates.Select(r => int.TryParse(r, NumberStyles.None, CultureInfo.InvariantCulture, out var rate) ? rate : throw new UsageException($"--rates wants numbers, not '{r}'."))],
            arguments.Number("rounds", quick ? 1 : 3),
            TimeSpan.FromSeconds(arguments.Number("seconds", quick ? 4 : 6)),
            arguments.Number("held", quick ? 2000 : 20000),
            arguments.Number("hold-rate", 1000),
            [.. contenders, .. variants.Keys],
            [.. arguments.List("scenarios", "answered", "rejected").Select(Scenario)],
            options,
            variants,
            arguments.Flag("response-times"));
    }

    public Contender Make(string contender, string directory) => contender switch
    {
        "sipp" => new SippContender(directory),
        "kamailio" => new KamailioContender(directory),
        "lean" => new CallActorsContender("lean", directory, ApplicationKind.Lean, Server),
        "srf" => new CallActorsContender("srf", directory, ApplicationKind.Srf, Server),
        _ when NodeKind.Names.Contains(contender) => new NodeContender(contender, directory, NodeKind.Of(contender), Server),
        _ when Variants.TryGetValue(contender, out var variant) =>
            contender.StartsWith("node", StringComparison.Ordinal) ? new NodeContender(contender, directory, NodeKind.Of(contender), variant) : new CallActorsContender(contender, directory, ApplicationKind.Lean, variant),
        _ => throw new UsageException($"--contenders knows sipp, kamailio, lean, srf, {string.Join(", ", NodeKind.Names)}, not '{contender}'."),
    };

    private static Scenario Scenario(string name) => name switch
    {
        "answered" => Calls.Scenario.Answered(),
        "rejected" => Calls.Scenario.Rejected(),
        "bridged" => Calls.Scenario.Bridged(),
        _ => throw new UsageException($"--scenarios knows answered, rejected and bridged, not '{name}'."),
    };

    // name=dll;K=V;K=V: the lean application in front of another build of the server, or the same one (no dll) in another environment.
    private static KeyValuePair<string, CallActorsOptions> Variant(string text, CallActorsOptions common)
    {
        var parts = text.Split(';');
        if (parts[0].Split('=', 2) is not [{ Length: > 0 } name, var server]) throw new UsageException($"--also wants NAME=[DLL][;VARIABLE=VALUE…], not '{text}'.");
        return new(name, common with
        {
            Server = server.Length > 0 ? server : common.Server.Length > 0 ? common.Server : Workplace.Server(),
            Environment = [.. common.Environment, .. parts.Skip(1).Select(Variable)],
        });
    }

    private static KeyValuePair<string, string> Variable(string text) =>
        text.Split('=', 2) is [var name, var value] ? new(name, value) : throw new UsageException($"--server-env wants NAME=VALUE, not '{text}'.");
}
