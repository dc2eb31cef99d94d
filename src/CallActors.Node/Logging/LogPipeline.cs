using CallActors.Server.Configuration;
using Microsoft.Extensions.Logging;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace CallActors.Node.Logging;

/// <summary>The log of one server: Serilog in front, one queue, and behind it the places it is written to.</summary>
/// <remarks>Whoever logs only queues a record: a slow disk, terminal or network never holds up a call.</remarks>
internal sealed class LogPipeline : IDisposable
{
    private readonly LoggingLevelSwitch _level;
    private readonly Logger _serilog;

    /// <exception cref="IOException">The log file or its directory cannot be made.</exception>
    public LogPipeline(LogOptions options, TimeProvider time, TextWriter console)
    {
        _level = new LoggingLevelSwitch(LevelOf(options.Level));
        var targets = new List<ILogTarget>();
        if (options.Console) targets.Add(new ConsoleTarget(console));
        if (options.File is { } file) targets.Add(new FileTarget(file, options.GloballyReadable, time));
        if (options.Syslog is { } syslog) targets.Add(new SyslogTarget(syslog));
        _serilog = new Serilog.LoggerConfiguration().MinimumLevel.ControlledBy(_level).WriteTo.Sink(new QueuedSink(targets)).CreateLogger();
        Loggers = new SerilogLoggerFactory(_serilog, dispose: false);
    }

    /// <summary>What the server logs through.</summary>
    public ILoggerFactory Loggers { get; }

    /// <summary>Lets more or less through from now on.</summary>
    public void SetLevel(LogVerbosity verbosity) => _level.MinimumLevel = LevelOf(verbosity);

    /// <summary>Writes what is queued, and closes.</summary>
    public void Dispose()
    {
        Loggers.Dispose();
        _serilog.Dispose();
    }

    // drachtio's "notice" lets least through.
    private static LogEventLevel LevelOf(LogVerbosity verbosity) => verbosity switch
    {
        LogVerbosity.Notice => LogEventLevel.Fatal,
        LogVerbosity.Error => LogEventLevel.Error,
        LogVerbosity.Warning => LogEventLevel.Warning,
        LogVerbosity.Debug => LogEventLevel.Debug,
        _ => LogEventLevel.Information,
    };
}
