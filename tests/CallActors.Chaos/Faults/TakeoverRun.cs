using System.Globalization;
using CallActors.Chaos.Histories;
using CallActors.Chaos.Phones;
using CallActors.Chaos.Topology;

namespace CallActors.Chaos.Faults;

/// <summary>One node holds all calls and is killed: how long until the others have them, and what that costs.</summary>
internal sealed class TakeoverRun : IAsyncDisposable
{
    // As many as are hung up afterwards, to see that they are calls and no numbers.
    private const int Sample = 1000;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly ChaosOptions _options;
    private readonly History _history;
    private readonly Callers _callers;
    private readonly Callees _callees;
    private readonly CallSystem _system;
    private readonly Action<string> _say;

    public TakeoverRun(ChaosOptions options, Action<string> say)
    {
        _options = options;
        Folder = Directory.CreateTempSubdirectory("ca-chaos-takeover-").FullName;
        _history = new History(Path.Combine(Folder, "history.jsonl"));
        _say = line => say(string.Create(CultureInfo.InvariantCulture, $"takeover {_history.Now,6:F1} s: {line}"));
        // Nobody counts: a counter a day.
        _callers = new Callers(_history, 86_400_000, options.Seed);
        _callees = new Callees(_history, 86_400_000, options.Seed, ringing: 0);
        _system = new CallSystem(new SystemPlan(options.Nodes, options.Servers, _callees.Local, options.HasDatabase) { First = 1, IsSlow = options.IsSlow }, Folder, _say);
    }

    public string Folder { get; }

    /// <summary>Runs it; whether every call was taken over and those that were hung up were answered 200.</summary>
    public async Task<bool> RunAsync()
    {
        await _system.StartAsync();
        _callers.Start();
        _callees.Start();
        for (var at = 0; at < _options.Calls; at++)
        {
            var (name, server) = (string.Create(CultureInfo.InvariantCulture, $"{HistoryEvent.HeldPrefix}{at:D7}"), _system.Sip[at % _system.Sip.Count]);
            _callers.Later(at * 1000L / _options.Fill, () => _callers.Invite(name, server));
        }
        await WaitAsync(async () => await _callers.Ask(static calls => calls.Count(call => call.IsAnswered)) >= _options.Calls, TimeSpan.FromSeconds(_options.Calls / _options.Fill) + s_patience);
        _say($"{await _callers.Ask(static calls => calls.Count(call => call.IsAnswered))} calls are held");
        await _system.StartNodesAsync(_system.Nodes.Skip(1));
        Unit[] others = [.. _system.Nodes.Skip(1)], measured = [.. others, .. _system.Servers];
        long all = await _system.LivingAsync(), there = await _system.LivingAsync(others);
        _say($"{_system.Nodes.Count} nodes are up; node1 has {all - there} calls, the others {there}");

        var work = _system.Database is { } database ? await DatabaseWork.ReadAsync(database) : null;
        var processor = measured.Select(unit => unit.Processor).ToArray();
        await _system.Nodes[0].KillAsync();
        var killed = _history.Now;
        await WaitAsync(async () => await _system.LivingAsync(others) >= all, s_patience);
        var (took, taken) = (_history.Now - killed, await _system.LivingAsync(others));
        var used = measured.Select((unit, at) => string.Create(CultureInfo.InvariantCulture, $"{unit.Name} {(unit.Processor - processor[at]).TotalSeconds:F1} s"));
        if (work is not null) work = (await DatabaseWork.ReadAsync(_system.Database!)).Since(work);

        _callers.HangUp(call => int.Parse(call.Name.AsSpan(1), CultureInfo.InvariantCulture) < Sample, rate: 200);
        await WaitAsync(async () => await _callers.Ask(static calls => calls.Count(call => call.IsOver)) >= Math.Min(Sample, _options.Calls), s_patience);
        await Task.Delay(TimeSpan.FromSeconds(5));
        var answers = _history.Events.Where(entry => entry is { What: Happening.HangupAnswered, End: CallEnd.Caller }).ToArray();
        var good = answers.Count(entry => entry.Status == 200);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"takeover: {taken} of {all} calls after {took:F1} s; processor: {string.Join(", ", used)}; database: {(work is null ? "none" : $"{work.Transactions} transactions, {work.Written} rows written, {work.Scans} scans")}; {good} of {Math.Min(Sample, _options.Calls)} BYEs answered 200"));
        return taken >= all && good == Math.Min(Sample, _options.Calls);
    }

    public async ValueTask DisposeAsync()
    {
        _callers.Dispose();
        _callees.Dispose();
        await _system.DisposeAsync();
        _history.Dispose();
    }

    private async Task WaitAsync(Func<Task<bool>> isSo, TimeSpan patience)
    {
        for (var until = _history.Now + patience.TotalSeconds; _history.Now < until && !await isSo();) await Task.Delay(100);
    }
}
