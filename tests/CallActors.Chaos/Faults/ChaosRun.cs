using System.Globalization;
using CallActors.Chaos.Checking;
using CallActors.Chaos.Histories;
using CallActors.Chaos.Phones;
using CallActors.Chaos.Topology;

namespace CallActors.Chaos.Faults;

/// <summary>One fault amid calls: the system is started, filled, struck, emptied, and what every end saw is checked.</summary>
internal sealed class ChaosRun : IAsyncDisposable
{
    private const int Ringing = 300;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    private readonly ChaosOptions _options;
    private readonly Fault _fault;
    private readonly Action<string> _say;
    private readonly History _history;
    private readonly Callers _callers;
    private readonly Callees _callees;
    private readonly CallSystem _system;

    public ChaosRun(Fault fault, ChaosOptions options, Action<string>? say = null)
    {
        (_fault, _options) = (fault, options);
        Folder = Directory.CreateTempSubdirectory($"ca-chaos-{fault.Name}-").FullName;
        _history = new History(Path.Combine(Folder, "history.jsonl"));
        _say = line => say?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{fault.Name} {_history.Now,6:F1} s: {line}"));
        _callers = new Callers(_history, options.Interval * 1000, options.Seed);
        _callees = new Callees(_history, options.Interval * 1000, options.Seed + 1, Ringing);
        _system = new CallSystem(new SystemPlan(options.Nodes, options.Servers, _callees.Local, options.HasDatabase) { IsSlow = options.IsSlow }, Folder, _say);
    }

    /// <summary>Where logs and history are.</summary>
    public string Folder { get; }

    /// <summary>Runs it all.</summary>
    public async Task<Verdict> RunAsync()
    {
        await _system.StartAsync();
        _callers.Start();
        _callees.Start();
        await FillAsync();
        using (var over = new CancellationTokenSource())
        {
            var load = BeginCallsAsync(over.Token);
            await Task.Delay(TimeSpan.FromSeconds(2));
            _history.Write(Happening.Fault, text: _fault.Name);
            await _fault.Do(_system, _options.Seed % _options.Nodes);
            _history.Write(Happening.FaultOver);
            _say("the fault is over");
            await Task.Delay(TimeSpan.FromSeconds(_options.After));
            await over.CancelAsync();
            await load;
        }
        await EmptyAsync();
        foreach (var (callId, key) in _system.Records()) _history.Write(Happening.Recorded, callId.Split('-')[0], text: key);
        foreach (var unit in _system.Nodes.Concat(_system.Servers).Where(unit => unit.Ends > 0)) _say($"{unit.Name} ended by itself {unit.Ends} times");
        return Checker.Check(_history.Events, _options.Bounds ?? _fault.Bounds);
    }

    public async ValueTask DisposeAsync()
    {
        _callers.Dispose();
        _callees.Dispose();
        await _system.DisposeAsync();
        _history.Dispose();
    }

    private async Task FillAsync()
    {
        for (var at = 0; at < _options.Calls; at++) Place(HistoryEvent.HeldPrefix, at, at * 1000L / _options.Fill);
        await UntilAsync(async () => await Answered(_callers) >= _options.Calls && await Answered(_callees) >= _options.Calls, TimeSpan.FromSeconds(_options.Calls / _options.Fill) + s_patience, "all calls are up");
        // Each phone has sent a counter before.
        await Task.Delay(TimeSpan.FromSeconds(_options.Interval + 1));
        _say($"{_options.Calls} calls are held");
    }

    private async Task BeginCallsAsync(CancellationToken over)
    {
        if (_options.Rate == 0) return;
        for (var at = 0; !over.IsCancellationRequested; at++)
        {
            Place(HistoryEvent.NewPrefix, at, 0);
            await Task.Delay(1000 / _options.Rate, CancellationToken.None);
        }
        await Task.Delay(Callers.NewCallsLast + Ringing + 1000, CancellationToken.None);
    }

    private void Place(char prefix, int number, long after)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{prefix}{number:D7}");
        var server = _system.Sip[number % _system.Sip.Count];
        _callers.Later(after, () => _callers.Invite(name, server));
    }

    // Half of the calls are hung up by either side.
    private async Task EmptyAsync()
    {
        await Task.WhenAll(_callers.QuietAsync(), _callees.QuietAsync());
        _callers.HangUp(call => call.Name[^1] % 2 == 0, rate: _options.Fill);
        _callees.HangUp(call => call.Name[^1] % 2 != 0 && call.Name.StartsWith(HistoryEvent.HeldPrefix), rate: _options.Fill);
        await Task.Delay(TimeSpan.FromSeconds((_options.Calls / _options.Fill / 2) + 1));
        await UntilAsync(async () => await Left(_callers) + await Left(_callees) == 0 && await _system.LivingAsync() == 0, TimeSpan.FromSeconds(40), "all calls are over");
    }

    private static Task<int> Answered(Side side) => side.Ask(calls => calls.Count(call => call.IsAnswered && call.Invite is null));

    private static Task<int> Left(Side side) => side.Ask(calls => calls.Count(call => call is { IsAnswered: true, IsOver: false }));

    private async Task UntilAsync(Func<Task<bool>> isSo, TimeSpan patience, string what)
    {
        for (var until = _history.Now + patience.TotalSeconds; !await isSo(); await Task.Delay(100))
        {
            if (_history.Now <= until) continue;
            _say($"it did not come so far that {what}");
            return;
        }
    }
}
