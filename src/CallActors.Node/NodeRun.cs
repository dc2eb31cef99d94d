using System.Net.Sockets;
using System.Security.Cryptography;
using CallActors.Hosting;
using CallActors.Node.CommandLine;
using CallActors.Node.Logging;
using CallActors.Server.Configuration;
using Microsoft.Extensions.Logging;

namespace CallActors.Node;

/// <summary>One run of a node, whatever its role: read the configuration, start, wait for the order to leave, drain, leave.</summary>
/// <param name="make">Makes what the role asks for; it is started here.</param>
/// <param name="environment">The process's environment.</param>
/// <param name="output">Where the banner goes.</param>
/// <param name="error">Where findings and the console log go.</param>
internal sealed partial class NodeRun(
    Func<NodeRole, ServerOptions, RuntimeSettings, ILoggerFactory, INodePart> make,
    IReadOnlyDictionary<string, string> environment,
    TextWriter output,
    TextWriter error)
{
    private const int Failed = 1;

    /// <summary>The file read when nobody names one and it exists.</summary>
    public string DefaultFile { get; init; } = ConfigurationFile.DefaultPath;

    /// <summary>Runs until a signal; the result is the process's exit code.</summary>
    public async Task<int> RunAsync(NodeRole role, GivenOptions given)
    {
        var sources = new ConfigurationSources
        {
            File = given.Value(ServeOptions.File),
            NoFile = given.Has(ServeOptions.NoConfig),
            DefaultFile = DefaultFile,
            Environment = environment,
            CommandLine = given.Apply,
        };
        var findings = new Findings();
        var options = sources.Read(findings);
        var portsFile = given.Value(ServeOptions.PortsFile);
        var statusPort = given.Value(ServeOptions.StatusPort) is { } port ? new Setting(port.Trim(), ServeOptions.StatusPort, findings).Port()
            : portsFile is null ? null
            : 0;
        var settings = RuntimeSettings.Read(given, environment, options.Admin.Secret, findings);
        if (role == NodeRole.Runtime && settings.Servers.IsEmpty && settings.Listen is null)
            findings.Error(RunOptions.Server, "there is no signalling server to connect to; write run --server host:port, or --listen host:port for servers that connect to us");
        foreach (var finding in findings.All) Report(finding.ToString());
        if (findings.HasErrors) return Refuse($"{(role == NodeRole.Server ? "the server" : "the node")} was not started; mend the errors above");

        LogPipeline log;
        try
        {
            log = new LogPipeline(options.Log, TimeProvider.System, error);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or SocketException)
        {
            return Refuse($"the log cannot be opened ({trouble.Message.TrimEnd('.')}); mend <logging> in the configuration file");
        }
        using (log) return await ServeAsync(make(role, options, settings, log.Loggers), options, sources, log, portsFile, statusPort).ConfigureAwait(false);
    }

    private async Task<int> ServeAsync(INodePart server, ServerOptions options, ConfigurationSources sources, LogPipeline log, string? portsFile, int? statusPort)
    {
        var logger = log.Loggers.CreateLogger("node");
        await using (server.ConfigureAwait(false))
        {
            using var counters = new CounterLog(server, logger, options.Log.VerboseCounters, TimeProvider.System);
            using var signals = new Signals(onReload: () => Reload(sources, log, logger, counters), onSecond: static () => Environment.Exit(Failed));
            StatusPort? status = null;
            try
            {
                await StartAsync(server, signals).ConfigureAwait(false);
                if (signals.Leave.IsCompleted) return 0;
                if (statusPort is { } port) status = new StatusPort(port, server);
                if (portsFile is not null) PortsFile.Write(portsFile, server, status!.Local);
            }
            catch (Exception trouble) when (trouble is IOException or SocketException or UnauthorizedAccessException or CryptographicException or CallActorsConfigurationException or HoconException)
            {
                return Refuse(trouble.Message);
            }

            await output.WriteAsync(Banner.Of(RootCommandLine.Version, server, options)).ConfigureAwait(false);
            await output.FlushAsync().ConfigureAwait(false);

            if (await Task.WhenAny(signals.Leave, server.Ended).ConfigureAwait(false) != signals.Leave) return Refuse(await server.Ended.ConfigureAwait(false));
            var signal = await signals.Leave.ConfigureAwait(false);
            LogDraining(logger, signal, options.Drain.Timeout.TotalSeconds);
            await server.DrainAsync(CancellationToken.None).ConfigureAwait(false);
            LogLeaving(logger);
            counters.WriteNow();
            if (status is not null) await status.DisposeAsync().ConfigureAwait(false);
        }
        return 0;
    }

    // A node that waits for its cluster can be told to leave all the same.
    private static async Task StartAsync(INodePart server, Signals signals)
    {
        using var leave = new CancellationTokenSource();
        var starting = server.StartAsync(leave.Token);
        if (await Task.WhenAny(starting, signals.Leave).ConfigureAwait(false) != starting) await leave.CancelAsync().ConfigureAwait(false);
        try
        {
            await starting.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (signals.Leave.IsCompleted)
        {
            // It leaves without ever having been there.
        }
    }

    private static void Reload(ConfigurationSources sources, LogPipeline log, ILogger logger, CounterLog counters)
    {
        var findings = new Findings();
        var options = sources.Read(findings);
        foreach (var finding in findings.All)
        {
            if (finding.IsError) LogFinding(logger, finding.ToString());
        }
        if (findings.HasErrors) return;
        log.SetLevel(options.Log.Level);
        counters.ShowNext();
        LogReloaded(logger, options.Log.Level);
    }

    private int Refuse(string reason)
    {
        Report($"callactors: error: {reason}");
        return Failed;
    }

    private void Report(string line)
    {
        error.WriteLine(line);
        error.Flush();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Signal}: new calls are refused, living ones may end within {Seconds} s")]
    private static partial void LogDraining(ILogger logger, string signal, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "leaving")]
    private static partial void LogLeaving(ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "the log level is {Level} now")]
    private static partial void LogReloaded(ILogger logger, LogVerbosity level);

    [LoggerMessage(Level = LogLevel.Error, Message = "nothing was changed: {Finding}")]
    private static partial void LogFinding(ILogger logger, string finding);
}
