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

    public void WaitForTcp(int port, TimeSpan atMost)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < atMost)
        {
            if (HasEnded) break;
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Connect(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                Thread.Sleep(50);
            }
        }

        throw new UsageException($"{Name} did not open port {port}. Its output:\n{Tail()}");
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
