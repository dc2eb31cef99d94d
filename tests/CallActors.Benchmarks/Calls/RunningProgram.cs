using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace CallActors.Benchmarks.Calls;

/// <summary>A program of the benchmark: started with its output in a file, measured as a tree, ended by its own id.</summary>
internal sealed class RunningProgram : IDisposable
{
    private readonly Process _process;
    private List<int>? _tree;

    private RunningProgram(string name, Process process, string log) => (Name, _process, Log) = (name, process, log);

    public string Name { get; }

    public string Log { get; }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>The process and its children; taken once, when it has settled.</summary>
    public List<int> Tree => _tree ??= ProcFiles.Tree(Id);

    public TimeSpan Cpu => Tree.Aggregate(TimeSpan.Zero, (sum, pid) => sum + ProcFiles.Cpu(pid));

    public static RunningProgram Start(string name, string directory, IEnumerable<string> command, IEnumerable<KeyValuePair<string, string>>? environment = null)
    {
        var log = Path.Combine(directory, name + ".log");
        // The shell only points the output at the file and then becomes the program, under the same id.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = directory, ArgumentList = { "-c", "exec \"$@\" >>\"$0\" 2>&1 </dev/null", log } };
        foreach (var part in command) start.ArgumentList.Add(part);
        start.Environment["TERM"] = "xterm";
        foreach (var (key, value) in environment ?? []) start.Environment[key] = value;
        return new RunningProgram(name, Process.Start(start)!, log);
    }

    public bool Wait(TimeSpan atMost) => _process.WaitForExit(atMost);

    public int ExitCode => _process.ExitCode;

    public void WaitForTcp(int port, TimeSpan atMost) => Wait(() => Answers(port), atMost, $"open port {port}");

    /// <summary>Waits until a node says that it is ready: its server takes commands, and of a cluster it has its part.</summary>
    public void WaitForHealth(int port, TimeSpan atMost)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        Wait(() => IsReady(http, port), atMost, "become ready");
    }

    private void Wait(Func<bool> holds, TimeSpan atMost, string what)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < atMost && !HasEnded; Thread.Sleep(50))
            if (holds())
                return;
        throw new UsageException($"{Name} did not {what}. Its output:\n{Tail()}");
    }

    private static bool Answers(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool IsReady(HttpClient http, int port)
    {
        try
        {
            using var answer = http.Send(new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/health/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    public string Tail(int lines = 15) => File.Exists(Log) ? string.Join('\n', File.ReadLines(Log).TakeLast(lines)) : "";

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _ = Native.Signal(_process.Id, Native.Terminate);
            if (!_process.WaitForExit(TimeSpan.FromSeconds(3))) _ = Native.Signal(_process.Id, Native.Kill);
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
