using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CallActors.Node.Tests;

public sealed class CounterLogTests : ILogger
{
    private readonly List<(LogLevel Level, string Text)> _records = [];
    private readonly FakeTimeProvider _clock = new();
    private LogLevel _least = LogLevel.Debug;

    [Fact]
    public void Every_half_minute_the_counters_are_written_at_debug()
    {
        using var counters = new CounterLog(new FakeSignalling(), this, isVerbose: false, _clock);
        _clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Empty(_records);
        _clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(Enumerable.Repeat((LogLevel.Debug, "now: transactions 2, connections 1; since the start: requestsReceived 7"), 2), _records);
    }

    [Fact]
    public void After_a_reload_the_next_record_is_one_at_info()
    {
        using var counters = new CounterLog(new FakeSignalling(), this, isVerbose: false, _clock);
        counters.ShowNext();
        _clock.Advance(2 * CounterLog.Interval);
        Assert.Equal([LogLevel.Information, LogLevel.Debug], _records.Select(record => record.Level));
    }

    [Fact]
    public void When_asked_for_every_record_is_one_at_info()
    {
        using var counters = new CounterLog(new FakeSignalling(), this, isVerbose: true, _clock);
        _clock.Advance(2 * CounterLog.Interval);
        Assert.Equal([LogLevel.Information, LogLevel.Information], _records.Select(record => record.Level));
    }

    [Fact]
    public void Nothing_is_counted_for_a_level_that_is_off()
    {
        _least = LogLevel.Information;
        using var counters = new CounterLog(new FakeSignalling(), this, isVerbose: false, _clock);
        _clock.Advance(CounterLog.Interval);
        Assert.Empty(_records);
        counters.WriteNow();
        Assert.Single(_records);
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => logLevel >= _least;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _records.Add((logLevel, formatter(state, exception)));
}
