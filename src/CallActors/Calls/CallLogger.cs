using Microsoft.Extensions.Logging;

namespace CallActors.Calls;

/// <summary>A log whose every record carries a call's key, without a scope to open on each message.</summary>
internal sealed class CallLogger(ILogger logger, CallKey key) : ILogger
{
    private readonly KeyValuePair<string, object?>[] _scope = [new("CallKey", key.ToString())];

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => logger.BeginScope(state);

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        using var scope = logger.BeginScope(_scope);
        logger.Log(logLevel, eventId, state, exception, (s, e) => $"call {key}: {formatter(s, e)}");
    }
}
