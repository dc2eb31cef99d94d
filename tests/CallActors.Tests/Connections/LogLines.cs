using Microsoft.Extensions.Logging;

namespace CallActors.Tests.Connections;

/// <summary>A logger that keeps its lines.</summary>
internal sealed class LogLines : ILogger
{
    private readonly List<(LogLevel Level, string Text)> _lines = [];

    public IReadOnlyList<(LogLevel Level, string Text)> All
    {
        get
        {
            lock (_lines) return [.. _lines];
        }
    }

    public IEnumerable<string> At(LogLevel level) => All.Where(line => line.Level == level).Select(line => line.Text);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lines) _lines.Add((logLevel, formatter(state, exception) + exception));
    }
}
