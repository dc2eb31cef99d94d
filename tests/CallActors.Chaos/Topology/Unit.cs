using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace CallActors.Chaos.Topology;

/// <summary>One program of the system under test, started anew when it ends unasked, as any supervisor would.</summary>
/// <param name="name">What it is called.</param>
/// <param name="folder">Its folder: log, ports file.</param>
/// <param name="arguments">Its arguments.</param>
internal sealed class Unit(string name, string folder, string[] arguments) : IAsyncDisposable
{
    private static readonly TimeSpan s_restartAfter = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private Process? _process;
    private bool _isWanted;

    public string Name => name;

    /// <summary>Variables of its environment, as <c>NAME=value</c>.</summary>
    public string[] Environment { get; init; } = [];

    public int Id => _process?.Id ?? 0;

    /// <summary>Told before each start.</summary>
    public Action OnStart { get; init; } = static () => { };

    /// <summary>Told when a process of it has ended.</summary>
    public Action OnEnd { get; init; } = static () => { };

    /// <summary>How often it ended by itself.</summary>
    public int Ends { get; private set; }

    public bool IsRunning => _process is { HasExited: false };

    private string PortsFile => Path.Combine(folder, name + ".ports");

    /// <summary>Where its health is asked for; null where nowhere.</summary>
    public Uri? Health => Ports()?["health"] is { } health ? new Uri(health.GetValue<string>()) : null;

    /// <summary>Processor time that its present process has used.</summary>
    public TimeSpan Processor
    {
        get
        {
            _process?.Refresh();
            return IsRunning ? _process!.TotalProcessorTime : TimeSpan.Zero;
        }
    }

    public void Start()
    {
        lock (_lock)
        {
            _isWanted = true;
            File.Delete(PortsFile);
            OnStart();
            // The shell gives way to the program, whose lines go into a file: nobody has to read them meanwhile.
            string[] whole = ["-c", "log=$1; shift; exec env --default-signal \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", Path.Combine(folder, name + ".log"), .. Environment, "dotnet", Programs.Node, .. arguments, "--ports-file", PortsFile];
            var process = Process.Start(new ProcessStartInfo("/bin/sh", whole) { WorkingDirectory = folder })!;
            _process = process;
            process.EnableRaisingEvents = true;
            process.Exited += (_, _) => _ = EndedAsync(process);
        }
    }

    /// <summary>Starts it and waits until it says where it listens.</summary>
    public async Task StartAsync(TimeSpan patience)
    {
        Start();
        await UntilAsync(() => Task.FromResult(File.Exists(PortsFile)), patience, "is ready").ConfigureAwait(false);
    }

    /// <summary>Ends it at once, as a crash would; nobody starts it again before <see cref="Start"/>.</summary>
    public async Task KillAsync()
    {
        Process? process;
        lock (_lock) (process, _isWanted) = (_process, false);
        if (process is null) return;
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync().ConfigureAwait(false);
    }

    /// <summary>Asks it to leave, and waits; whether it left in time.</summary>
    public async Task<bool> LeaveAsync(TimeSpan patience)
    {
        Process process;
        lock (_lock) (process, _isWanted) = (_process!, false);
        Signal(process, 15);
        using var limit = new CancellationTokenSource(patience);
        try
        {
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            await KillAsync().ConfigureAwait(false);
            return false;
        }
    }

    /// <summary>Has it stand still.</summary>
    public void Stop() => Signal(_process!, 19);

    /// <summary>Has it go on.</summary>
    public void Continue() => Signal(_process!, 18);

    /// <summary>A counter of its status port, by path; -1 when it does not answer.</summary>
    public async Task<long> CountAsync(params string[] path)
    {
        try
        {
            if (Ports()?["status"]?.GetValue<string>() is not { } status) return -1;
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            using var client = new TcpClient();
            await client.ConnectAsync(System.Net.IPEndPoint.Parse(status), limit.Token).ConfigureAwait(false);
            using var reader = new StreamReader(client.GetStream());
            var node = JsonNode.Parse(await reader.ReadLineAsync(limit.Token).ConfigureAwait(false) ?? "{}");
            foreach (var step in path) node = node?[step];
            return node?.GetValue<long>() ?? -1;
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            return -1;
        }
    }

    /// <summary>Waits for something about it.</summary>
    /// <exception cref="InvalidOperationException">It did not come true in time.</exception>
    public async Task UntilAsync(Func<Task<bool>> isSo, TimeSpan patience, string what)
    {
        for (var since = Stopwatch.GetTimestamp(); !await isSo().ConfigureAwait(false); await Task.Delay(50).ConfigureAwait(false))
        {
            if (Stopwatch.GetElapsedTime(since) > patience) throw new InvalidOperationException($"{name} did not come so far in {patience.TotalSeconds:F0} s that it {what}; its log is {Path.Combine(folder, name + ".log")}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false } process) Signal(process, 18);
        await KillAsync().ConfigureAwait(false);
        _process?.Dispose();
    }

    private static void Signal(Process process, int signal)
    {
        if (!process.HasExited && Kill(process.Id, signal) != 0) throw new InvalidOperationException($"signal {signal} could not be sent to {process.Id}");
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);

    private JsonNode? Ports() => File.Exists(PortsFile) ? JsonNode.Parse(File.ReadAllText(PortsFile)) : null;

    private async Task EndedAsync(Process process)
    {
        lock (_lock)
        {
            if (process != _process) return;
            OnEnd();
            if (!_isWanted) return;
            Ends++;
        }
        await Task.Delay(s_restartAfter).ConfigureAwait(false);
        lock (_lock)
        {
            if (!_isWanted || process != _process) return;
        }
        Start();
    }
}
