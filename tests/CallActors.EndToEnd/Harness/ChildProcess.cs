using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CallActors.EndToEnd.Harness;

/// <summary>A process that belongs to one test: its lines are read as they come, and it is ended by its own id.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptLines = 400;
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Task _reading;

    /// <summary>Starts <paramref name="command"/>; <paramref name="onLine"/> sees each line of its standard output, <paramref name="onError"/> of its standard error.</summary>
    internal ChildProcess(
        string command,
        IEnumerable<string> arguments,
        Action<string>? onLine = null,
        string? folder = null,
        IReadOnlyDictionary<string, string>? environment = null,
        Action<string>? onError = null)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{command} did not start.");
        _reading = Task.WhenAll(Read(_process.StandardOutput, onLine), Read(_process.StandardError, onError));
    }

    /// <summary>Signals of POSIX that the tests send.</summary>
    internal enum Signal
    {
        Terminate = 15,
        Continue = 18,
        Stop = 19,
    }

    internal int Id => _process.Id;

    internal bool HasExited => _process.HasExited;

    internal int ExitCode => _process.ExitCode;

    internal StreamWriter Input => _process.StandardInput;

    /// <summary>The last lines of both streams, newest last.</summary>
    internal IEnumerable<string> LastLines => _lines;

    /// <summary>Resident memory in bytes.</summary>
    internal long ResidentBytes
    {
        get
        {
            var pages = File.ReadAllText($"/proc/{Id}/statm").Split(' ')[1];
            return long.Parse(pages, System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize;
        }
    }

    internal void Send(Signal signal)
    {
        if (!_process.HasExited && Kill(_process.Id, (int)signal) != 0)
            throw new InvalidOperationException($"Signal {signal} could not be sent to process {_process.Id}.");
    }

    /// <summary>Ends it at once, as a crash would; nothing when it has ended.</summary>
    internal async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Waits for the end and for the last line of output; false when it did not end in time.</summary>
    internal async Task<bool> WaitForExitAsync(TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            await _reading.WaitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await _reading;
        _process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);

    private async Task Read(StreamReader reader, Action<string>? onLine)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            _lines.Enqueue(line);
            while (_lines.Count > KeptLines)
                _lines.TryDequeue(out _);
            onLine?.Invoke(line);
        }
    }
}
