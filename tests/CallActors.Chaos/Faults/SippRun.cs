using System.Diagnostics;
using System.Globalization;
using System.Net;
using CallActors.Chaos.Topology;

namespace CallActors.Chaos.Faults;

/// <summary>A fault amid calls of SIPp, which shares not a line with us: it decides by itself whether each of its calls went as it must.</summary>
internal sealed class SippRun : IAsyncDisposable
{
    private readonly Fault _fault;
    private readonly ChaosOptions _options;
    private readonly Action<string> _say;
    private readonly CallSystem _system;
    private readonly int _port = Programs.FreePort();
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly List<Process> _processes = [];

    public SippRun(Fault fault, ChaosOptions options, Action<string> say)
    {
        (_fault, _options) = (fault, options);
        _say = line => say(string.Create(CultureInfo.InvariantCulture, $"sipp {fault.Name} {Stopwatch.GetElapsedTime(_start).TotalSeconds,6:F1} s: {line}"));
        Folder = Directory.CreateTempSubdirectory($"ca-chaos-sipp-{fault.Name}-").FullName;
        _system = new CallSystem(new SystemPlan(options.Nodes, 1, new IPEndPoint(IPAddress.Loopback, _port), options.HasDatabase) { IsSlow = options.IsSlow }, Folder, _say);
    }

    public string Folder { get; }

    /// <summary>Runs it; whether every call of both ends was right and each left one record.</summary>
    public async Task<bool> RunAsync()
    {
        // As many counters as it takes to be filled, struck, and to go on for a while.
        var fill = _options.Calls / _options.Fill;
        var counters = ((fill + _options.After + _fault.Lasts) / _options.Interval) + 2;
        await File.WriteAllTextAsync(Path.Combine(Folder, "caller.xml"), SippScenarios.Caller(counters, _options.Interval * 1000));
        await File.WriteAllTextAsync(Path.Combine(Folder, "callee.xml"), SippScenarios.Callee);
        await _system.StartAsync();
        var callee = Sipp("callee", "-p", $"{_port}");
        var caller = Sipp("caller", $"{_system.Sip[0]}", "-r", $"{_options.Fill}", "-l", $"{_options.Calls}", "-p", $"{Programs.FreePort()}");
        await Task.Delay(TimeSpan.FromSeconds(fill + _options.Interval + 1));
        _say($"{_options.Calls} calls are held");
        await _fault.Do(_system, _options.Seed % _options.Nodes);
        _say("the fault is over");
        await Task.WhenAny(Task.WhenAll(caller.WaitForExitAsync(), callee.WaitForExitAsync()), Task.Delay(TimeSpan.FromSeconds((counters * _options.Interval) + 120)));
        for (var polls = 0; polls < 100 && await _system.LivingAsync() > 0; polls++) await Task.Delay(100);
        var records = _system.Records().ToArray();
        var right = records.Length == _options.Calls && records.Select(record => record.CallId).Distinct().Count() == _options.Calls;
        int[] codes = [.. _processes.Select(process => process.HasExited ? process.ExitCode : -1)];
        Console.WriteLine($"sipp {_fault.Name}: {_options.Calls} calls of {counters} counters: callee ended with {codes[0]}, caller with {codes[1]} (0: all calls were right); {records.Length} records");
        return right && codes is [0, 0];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
        await _system.DisposeAsync();
    }

    private Process Sipp(string scenario, params string[] more)
    {
        string[] arguments = ["-sf", $"{scenario}.xml", "-i", "127.0.0.1", "-m", $"{_options.Calls}", "-nostdin", "-trace_err", "-trace_stat", .. more];
        var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "log=$1; shift; exec sipp \"$@\" >\"$log\" 2>&1 </dev/null", "sh", $"{scenario}.log", .. arguments]) { WorkingDirectory = Folder })!;
        _processes.Add(process);
        return process;
    }
}
