using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CallActors.Node.Logging;
using CallActors.Server.Configuration;
using Microsoft.Extensions.Logging;
using Serilog.Events;

namespace CallActors.Node.Tests.Logging;

public sealed partial class LogPipelineTests : IDisposable
{
    private readonly StringWriter _console = new();

    public void Dispose() => _console.Dispose();

    [Fact]
    public void A_line_is_the_local_time_to_the_microsecond_and_the_text()
    {
        var before = DateTime.Now;
        using (var log = Pipeline(LogVerbosity.Info)) LogCall(log, "\"Bob\" <sip:bob@example.com>", 3);
        var line = _console.ToString();
        Assert.EndsWith(" call from \"Bob\" <sip:bob@example.com>, 3 legs\n", line, StringComparison.Ordinal);
        var time = DateTime.ParseExact(line[..26], "yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
        Assert.InRange(time, before.AddMilliseconds(-1), DateTime.Now);
    }

    [Theory]
    [InlineData(LogVerbosity.Notice, "Critical")]
    [InlineData(LogVerbosity.Error, "Critical Error")]
    [InlineData(LogVerbosity.Warning, "Critical Error Warning")]
    [InlineData(LogVerbosity.Info, "Critical Error Warning Information")]
    [InlineData(LogVerbosity.Debug, "Critical Error Warning Information Debug")]
    public void Each_level_lets_the_more_urgent_through(LogVerbosity verbosity, string expected)
    {
        using var log = Pipeline(LogVerbosity.Debug);
        var logger = log.Loggers.CreateLogger("x");
        log.SetLevel(verbosity);
        LogLevel[] levels = [LogLevel.Critical, LogLevel.Error, LogLevel.Warning, LogLevel.Information, LogLevel.Debug];
        Assert.Equal(expected, string.Join(' ', levels.Where(logger.IsEnabled)));
    }

    [Fact]
    public void Text_of_the_network_is_no_template()
    {
        using (var log = Pipeline(LogVerbosity.Info)) log.Loggers.CreateLogger("x").Log(LogLevel.Information, default, "a {b} {0} {{c}}", null, static (text, _) => text);
        Assert.EndsWith(" a {b} {0} {{c}}\n", _console.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_logs_never_waits_and_what_is_lost_is_counted()
    {
        using var held = new ManualResetEventSlim();
        var slow = new SlowTarget(held);
        var sink = new QueuedSink([slow]);
        var entry = new LogEvent(DateTimeOffset.UnixEpoch, LogEventLevel.Information, null, new MessageTemplate([]), []);
        for (var i = 0; i < 30_000; i++) sink.Emit(entry);
        held.Set();
        sink.Dispose();
        var loss = slow.Lines[^1];
        var written = slow.Lines.Count - 1;
        Assert.EndsWith($" {30_000 - written} log records were lost: they came faster than they could be written\n", loss, StringComparison.Ordinal);
    }

    [Fact]
    public void A_target_in_trouble_leaves_the_others_alone()
    {
        using var held = new ManualResetEventSlim(true);
        var good = new SlowTarget(held);
        var sink = new QueuedSink([new BrokenTarget(), good]);
        for (var i = 0; i < 3; i++) sink.Emit(new LogEvent(DateTimeOffset.UnixEpoch, LogEventLevel.Information, null, new MessageTemplate([]), []));
        sink.Dispose();
        Assert.Equal(3, good.Lines.Count);
    }

    [Fact]
    public void Syslog_gets_one_datagram_for_each_record()
    {
        using var daemon = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        daemon.Client.ReceiveTimeout = 5000;
        var options = new LogOptions { Syslog = new() { Address = "127.0.0.1", Port = ((IPEndPoint)daemon.Client.LocalEndPoint!).Port, Facility = 18 } };
        using (var log = new LogPipeline(options, TimeProvider.System, _console)) LogCall(log, "a", 1);
        var from = new IPEndPoint(IPAddress.Any, 0);
        var datagram = Encoding.UTF8.GetString(daemon.Receive(ref from));
        Assert.Matches($@"^<150>[A-Z][a-z]{{2}} [ \d]\d \d\d:\d\d:\d\d \S+ callactors\[{Environment.ProcessId}\]: call from a, 1 legs$", datagram);
        Assert.Equal("", _console.ToString());
    }

    private LogPipeline Pipeline(LogVerbosity level) => new(new LogOptions { Level = level, Console = true }, TimeProvider.System, _console);

    private static void LogCall(LogPipeline log, string caller, int legs)
    {
        var logger = log.Loggers.CreateLogger("x");
        LogCall(logger, caller, legs);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "call from {Caller}, {Legs} legs")]
    private static partial void LogCall(ILogger logger, string caller, int legs);

    private sealed class SlowTarget(ManualResetEventSlim held) : ILogTarget
    {
        public List<string> Lines { get; } = [];

        public void Write(LogEvent entry, string line)
        {
            held.Wait();
            Lines.Add(line);
        }

        public void Flush()
        {
        }

        public void Dispose()
        {
        }
    }

    private sealed class BrokenTarget : ILogTarget
    {
        public void Write(LogEvent entry, string line) => throw new IOException("disk full");

        public void Flush() => throw new IOException("disk full");

        public void Dispose() => throw new IOException("disk full");
    }
}
