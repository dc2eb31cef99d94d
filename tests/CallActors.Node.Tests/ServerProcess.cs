using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;

namespace CallActors.Node.Tests;

/// <summary>The real program in a process of its own, on ports that the system chose.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    public const string Secret = "geheimnis";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("callactors-node-").FullName;
    private JsonDocument? _ports;

    private ServerProcess(IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> environment)
    {
        // Whoever runs the tests in the background, or with nohup, hands down signals that are ignored; a server of its own would start with all of them.
        var start = new ProcessStartInfo("env", ["--default-signal", "dotnet", Path.Combine(AppContext.BaseDirectory, "CallActors.Node.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("DRACHTIO_", StringComparison.Ordinal)).ToArray()) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_error, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output => Read(_output);

    /// <summary>The console log and what was found wrong.</summary>
    public string Error => Read(_error);

    public IPEndPoint Control => Endpoint("control", "tcp/");

    public IPEndPoint Udp => Endpoint("sip", "udp/");

    public IPEndPoint Tcp => Endpoint("sip", "tcp/");

    /// <summary>What the other nodes of a cluster know it by.</summary>
    public string Cluster => _ports!.RootElement.GetProperty("cluster").GetString()!;

    public IPEndPoint Status => IPEndPoint.Parse(_ports!.RootElement.GetProperty("status").GetString()!);

    /// <summary>Starts a program that is meant to end by itself, and waits for that.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        await using var program = new ServerProcess(arguments, []);
        var code = await program.EndAsync();
        return (code, program.Output, program.Error);
    }

    /// <summary>Starts a server and waits until it listens. The arguments may overrule the free ports and the test's secret.</summary>
    public static async Task<ServerProcess> ServeAsync(IEnumerable<string>? arguments = null, IEnumerable<(string, string)>? environment = null, bool useFile = false)
    {
        var ports = Path.Combine(Path.GetTempPath(), $"callactors-ports-{Guid.NewGuid():N}.json");
        return await ReadyAsync(ports, [.. (string[])["serve", "--port", "0", "--contact", "sip:127.0.0.1:0;transport=udp,tcp", "--ports-file", ports, .. useFile ? Array.Empty<string>() : ["--noconfig"]], .. arguments ?? []], environment);
    }

    /// <summary>Starts a program and does not wait.</summary>
    public static ServerProcess Start(IEnumerable<string> arguments) => new(arguments, [("DRACHTIO_SECRET", Secret)]);

    /// <summary>Starts a node and waits until it is ready.</summary>
    public static Task<ServerProcess> NodeAsync(IEnumerable<string> arguments)
    {
        var ports = Path.Combine(Path.GetTempPath(), $"callactors-ports-{Guid.NewGuid():N}.json");
        return ReadyAsync(ports, [.. arguments, "--ports-file", ports], null);
    }

    private static async Task<ServerProcess> ReadyAsync(string ports, IEnumerable<string> arguments, IEnumerable<(string, string)>? environment)
    {
        var server = new ServerProcess(arguments, [("DRACHTIO_SECRET", Secret), .. environment ?? []]);
        for (var until = Stopwatch.GetTimestamp(); !File.Exists(ports);)
        {
            if (server._process.HasExited || Stopwatch.GetElapsedTime(until) > Patience)
            {
                await server.DisposeAsync();
                throw new InvalidOperationException($"The server did not start:\n{server.Error}");
            }
            await Task.Delay(20);
        }
        server._ports = JsonDocument.Parse(await File.ReadAllBytesAsync(ports));
        File.Delete(ports);
        return server;
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits until the process has ended; its exit code.</summary>
    public async Task<int> EndAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(limit.Token);
        _process.WaitForExit();
        return _process.ExitCode;
    }

    /// <summary>Waits until the log holds a text.</summary>
    public Task<string> LoggedAsync(string text) => UntilAsync(() => Error, text);

    /// <summary>Waits until the program has said something on its output: its ports are known before the last line of that is read.</summary>
    public Task<string> SaidAsync(string text) => UntilAsync(() => Output, text);

    private static async Task<string> UntilAsync(Func<string> read, string text)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < Patience;)
        {
            var said = read();
            if (said.Contains(text, StringComparison.Ordinal)) return said;
            await Task.Delay(20);
        }
        throw new TimeoutException($"It never said '{text}':\n{read()}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _ports?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private IPEndPoint Endpoint(string list, string protocol) => IPEndPoint.Parse(
        _ports!.RootElement.GetProperty(list).EnumerateArray().Select(item => item.GetString()!).First(item => item.StartsWith(protocol, StringComparison.Ordinal))[protocol.Length..]);

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text) text.Append(line).Append('\n');
    }

    private static string Read(StringBuilder text)
    {
        lock (text) return text.ToString();
    }
}
