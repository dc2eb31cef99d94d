using System.Globalization;
using System.Threading.Channels;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;
using Serilog.Parsing;

namespace CallActors.Node.Logging;

/// <summary>Takes log events without waiting and writes them from a thread of its own. When the queue is full, records are counted instead of kept.</summary>
internal sealed class QueuedSink : ILogEventSink, IDisposable
{
    /// <summary>Local time to the microsecond, and the text; no level and no thread, for tools read drachtio's lines.</summary>
    private const string LineFormat = "{Timestamp:yyyy-MM-dd HH:mm:ss.ffffff} {Message:l}{NewLine}{Exception}";
    private const int Capacity = 20_000;

    private readonly MessageTemplateTextFormatter _formatter = new(LineFormat, CultureInfo.InvariantCulture);
    private readonly Channel<LogEvent> _queue = Channel.CreateBounded<LogEvent>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly IReadOnlyList<ILogTarget> _targets;
    private readonly Thread _writer;
    private long _lost;

    public QueuedSink(IReadOnlyList<ILogTarget> targets)
    {
        _targets = targets;
        _writer = new Thread(WriteAll) { IsBackground = true, Name = "log" };
        _writer.Start();
    }

    public void Emit(LogEvent logEvent)
    {
        if (!_queue.Writer.TryWrite(logEvent)) Interlocked.Increment(ref _lost);
    }

    /// <summary>Writes what is queued and closes the targets.</summary>
    public void Dispose()
    {
        _queue.Writer.TryComplete();
        _writer.Join(TimeSpan.FromSeconds(5));
    }

    private void WriteAll()
    {
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_queue.Reader.TryRead(out var entry)) Write(entry);
            if (Interlocked.Exchange(ref _lost, 0) is > 0 and var lost) Write(Loss(lost));
            foreach (var target in _targets) Try(target, static target => target.Flush());
        }
        foreach (var target in _targets) Try(target, static target => target.Dispose());
    }

    private void Write(LogEvent entry)
    {
        using var line = new StringWriter(CultureInfo.InvariantCulture);
        _formatter.Format(entry, line);
        var text = line.ToString();
        foreach (var target in _targets) Try((target, entry, text), static write => write.target.Write(write.entry, write.text));
    }

    // A full disk or a closed terminal must end neither the log nor the server.
    private static void Try<T>(T argument, Action<T> action)
    {
        try
        {
            action(argument);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or ObjectDisposedException or System.Net.Sockets.SocketException)
        {
        }
    }

    private static LogEvent Loss(long count) => new(DateTimeOffset.Now, LogEventLevel.Warning, null,
        new MessageTemplate([new TextToken(string.Create(CultureInfo.InvariantCulture, $"{count} log records were lost: they came faster than they could be written"))]), []);
}
