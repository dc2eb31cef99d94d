using System.Globalization;

namespace CallActors.EndToEnd.Harness;

/// <summary>What a run of SIPp is asked for beyond its scenario.</summary>
internal sealed record SippOptions
{
    /// <summary>How many calls.</summary>
    internal int Calls { get; init; } = 1;

    /// <summary>Calls each second.</summary>
    internal int Rate { get; init; } = 10;

    /// <summary>How many calls at the same time; 0 leaves it to SIPp.</summary>
    internal int Limit { get; init; }

    /// <summary>The user part of the request-URI.</summary>
    internal string Service { get; init; } = "service";

    internal bool Tcp { get; init; }

    /// <summary>The address it binds.</summary>
    internal string Address { get; init; } = "127.0.0.1";

    /// <summary>How long the whole run may take.</summary>
    internal TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>More arguments, as SIPp takes them.</summary>
    internal string[] More { get; init; } = [];
}

/// <summary>A real SIPp process that plays one scenario on the loopback.</summary>
internal sealed class Sipp : IAsyncDisposable
{
    private readonly Scenario _scenario;
    private readonly SippOptions _options;
    private readonly ChildProcess _process;
    private readonly string _folder = Directory.CreateTempSubdirectory("callactors-sipp-").FullName;

    private Sipp(Scenario scenario, SippOptions options, int port, string? remote)
    {
        _scenario = scenario;
        _options = options;
        Port = port;
        File.WriteAllText(PathOf("scenario.xml"), scenario.ToXml());
        _process = new ChildProcess("sipp", Arguments(remote), folder: _folder);
    }

    /// <summary>Where it listens.</summary>
    internal int Port { get; }

    /// <summary>A SIP URI of this side, for requests to it.</summary>
    internal string Uri => $"sip:bob@127.0.0.1:{Port}{(_options.Tcp ? ";transport=tcp" : "")}";

    /// <summary>What was sent and received so far.</summary>
    internal SippTrace Trace => SippTrace.Read(PathOf("messages.log"));

    internal ChildProcess Process => _process;

    /// <summary>Starts it. A caller is given where to call, a callee is awaited until it listens.</summary>
    internal static async Task<Sipp> StartAsync(Scenario scenario, SippOptions options, string? remote = null)
    {
        var sipp = new Sipp(scenario, options, Ports.Free(), remote);
        if (!scenario.Places)
            await sipp.WaitUntilItListensAsync();
        return sipp;
    }

    /// <summary>Waits for the end of all its calls; false when one failed or time ran out.</summary>
    internal async Task<bool> SucceedsAsync() =>
        await _process.WaitForExitAsync(_options.Timeout + TimeSpan.FromSeconds(5)) && _process.ExitCode == 0;

    /// <summary>For a failed test: how it ended and the ladder of its messages.</summary>
    internal string Describe()
    {
        var end = _process.HasExited ? $"exit code {_process.ExitCode}" : "still running";
        var said = _process.HasExited && Trace.Messages.Count == 0 ? string.Join('\n', _process.LastLines.TakeLast(20)) : "";
        return $"SIPp, {_scenario.Name} at port {Port}, {end}\n{Trace.ToLadder()}{Shortened(Errors)}{said}";
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string Errors => Path.Exists(PathOf("errors.log")) ? File.ReadAllText(PathOf("errors.log")).Trim() : "";

    private static string Shortened(string text) => text.Length <= 3000 ? text : text[..3000] + " …";

    private string PathOf(string name) => Path.Combine(_folder, name);

    private List<string> Arguments(string? remote)
    {
        var seconds = ((int)_options.Timeout.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        // abortunexp is off: SIPp does not know every repeated message when it sees one. What is out of place otherwise ends in a time-out.
        List<string> arguments =
        [
            "-sf", PathOf("scenario.xml"), "-i", _options.Address, "-bind_local", "-p", Port.ToString(CultureInfo.InvariantCulture),
            "-t", _options.Tcp ? "t1" : "u1", "-m", _options.Calls.ToString(CultureInfo.InvariantCulture),
            "-r", _options.Rate.ToString(CultureInfo.InvariantCulture), "-s", _options.Service, "-nostdin", "-skip_rlimit",
            "-timeout", seconds + "s", "-timeout_error", "-recv_timeout", "12000", "-timer_resol", "5", "-buff_size", "2000000",
            "-default_behaviors", "all,-abortunexp", "-trace_err", "-error_file", PathOf("errors.log"), "-mp", Ports.Free().ToString(CultureInfo.InvariantCulture),
        ];
        if (_options.Calls <= 20)
            arguments.AddRange(["-trace_msg", "-message_file", PathOf("messages.log")]);
        if (_options.Limit > 0)
            arguments.AddRange(["-l", _options.Limit.ToString(CultureInfo.InvariantCulture)]);
        arguments.AddRange(_options.More);
        if (remote is not null)
            arguments.Insert(0, remote);
        return arguments;
    }

    private async Task WaitUntilItListensAsync()
    {
        var table = _options.Tcp ? "/proc/net/tcp" : "/proc/net/udp";
        var address = $"0100007F:{Port:X4} ";
        for (var tries = 0; tries < 500 && !_process.HasExited; tries++)
        {
            if ((await File.ReadAllTextAsync(table)).Contains(address, StringComparison.Ordinal))
                return;
            await Task.Delay(10);
        }

        throw new InvalidOperationException($"SIPp does not listen:\n{Describe()}");
    }
}
