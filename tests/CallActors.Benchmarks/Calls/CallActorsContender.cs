using System.Globalization;

namespace CallActors.Benchmarks.Calls;

/// <summary>Which application answers the calls behind our server.</summary>
internal enum ApplicationKind
{
    /// <summary>A drachtio-srf application on Node, unmodified.</summary>
    Srf,

    /// <summary><see cref="Application.LeanApplication"/>: the same frames at a fraction of the cost.</summary>
    Lean,
}

/// <summary>Our signalling server with an application that answers 200 with SDP, or 486.</summary>
internal sealed class CallActorsContender(string name, string directory, ApplicationKind kind, CallActorsOptions options)
    : Contender(name, directory)
{
    private readonly int _sipPort = LoopbackPort.Free();
    private readonly int _controlPort = LoopbackPort.Free();
    private RunningProgram? _server;

    public override RunningProgram? Server => _server;

    public override bool Plays(Scenario scenario) => scenario.Name != "bridged";

    public override int SipPort(Scenario scenario) => _sipPort;

    public override void Start(IReadOnlyList<Scenario> scenarios)
    {
        var port = _controlPort.ToString(CultureInfo.InvariantCulture);
        var environment = options.Perf is null ? options.Environment : [.. options.Environment, new("DOTNET_PerfMapEnabled", "1"), new("DOTNET_EnableWriteXorExecute", "0")];
        _server = Run("server", ["dotnet", options.Server, "serve", "--contact", $"sip:127.0.0.1:{_sipPort};transport=udp",
            "--port", port, "--address", "127.0.0.1", "--secret", "benchmark", "--noconfig", "--loglevel", "error"], environment);
        _server.WaitForTcp(_controlPort, TimeSpan.FromSeconds(20));

        var application = kind == ApplicationKind.Lean
            ? Run("application", ["dotnet", typeof(CallActorsContender).Assembly.Location, "app", "--port", port, "--secret", "benchmark", .. options.Batched ? ["--batched"] : Array.Empty<string>()])
            : Run("application", ["node", NodeApplication.Script(), port, "benchmark"]);
        Thread.Sleep(1000);
        if (application.HasEnded) throw new UsageException($"The application of '{Name}' ended:\n{application.Tail()}");
    }
}

/// <summary>How our server is started.</summary>
internal sealed record CallActorsOptions(string Server, IReadOnlyList<KeyValuePair<string, string>> Environment, string? Perf, bool Batched);
