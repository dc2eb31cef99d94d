using System.Globalization;
using Microsoft.Extensions.Logging;

namespace CallActors.TestKit;

/// <summary>Keeps what is logged as a warning or worse, to be shown with a failed expectation, and tells the rest to whoever listens.</summary>
internal sealed class NetLog(VirtualTime time, Action<string>? tell) : ILoggerFactory
{
    private const int MostKept = 20;

    private readonly Queue<string> _kept = [];

    /// <summary>The last warnings and errors.</summary>
    public IReadOnlyList<string> Kept
    {
        get
        {
            lock (_kept) return [.. _kept];
        }
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>Takes a line.</summary>
    public void Write(string category, LogLevel level, string text, Exception? exception)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{time.Now.TotalSeconds:0.000} {level} {category}: {text}{(exception is null ? "" : $"\n{exception}")}");
        tell?.Invoke(line);
        if (level < LogLevel.Warning) return;
        lock (_kept)
        {
            _kept.Enqueue(line);
            if (_kept.Count > MostKept) _kept.Dequeue();
        }
    }

    private sealed class Category(NetLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning || (log.IsHeard && logLevel >= LogLevel.Debug);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) log.Write(name, logLevel, formatter(state, exception), exception);
        }
    }

    private bool IsHeard => tell is not null;
}
