using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace CallActors.Node;

/// <summary>Writes the server's counters to the log every 30 s: at debug, or at info when asked for or once after a reload.</summary>
internal sealed partial class CounterLog : IDisposable
{
    /// <summary>The time between two records.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly INodePart _server;
    private readonly ILogger _logger;
    private readonly bool _isVerbose;
    private readonly ITimer _timer;
    private volatile bool _isNextVerbose;

    /// <param name="server">Whose counters they are.</param>
    /// <param name="logger">Where they are written.</param>
    /// <param name="isVerbose">Write each record at info.</param>
    /// <param name="time">Drives the interval.</param>
    public CounterLog(INodePart server, ILogger logger, bool isVerbose, TimeProvider time)
    {
        _server = server;
        _logger = logger;
        _isVerbose = isVerbose;
        _timer = time.CreateTimer(_ => WriteOne(), null, Interval, Interval);
    }

    /// <summary>Makes the next record one at info.</summary>
    public void ShowNext() => _isNextVerbose = true;

    /// <summary>Writes a record at info now.</summary>
    public void WriteNow() => Write(LogLevel.Information);

    public void Dispose() => _timer.Dispose();

    private void WriteOne()
    {
        var level = _isVerbose || _isNextVerbose ? LogLevel.Information : LogLevel.Debug;
        _isNextVerbose = false;
        Write(level);
    }

    private void Write(LogLevel level)
    {
        if (!_logger.IsEnabled(level)) return;
        var holding = Text(_server.Holding);
        var totals = Text(_server.Totals);
        LogCounters(_logger, level, holding, totals);
    }

    private static string Text(IReadOnlyList<KeyValuePair<string, long>> counters)
    {
        var text = new StringBuilder();
        foreach (var (name, count) in counters) text.Append(text.Length == 0 ? "" : ", ").Append(CultureInfo.InvariantCulture, $"{name} {count}");
        return text.ToString();
    }

    [LoggerMessage(Message = "now: {Holding}; since the start: {Totals}")]
    private static partial void LogCounters(ILogger logger, LogLevel level, string holding, string totals);
}
