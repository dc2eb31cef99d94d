namespace CallActors.Server.Configuration;

/// <summary>What is written, and where to.</summary>
public sealed record LogOptions
{
    /// <summary>The least urgent kind of line that is written; SIP messages are written at info.</summary>
    public LogVerbosity Level { get; init; } = LogVerbosity.Info;

    /// <summary>Write to standard error. Also done when nothing else is configured.</summary>
    public bool Console { get; init; }

    /// <summary>Write to files; null for none.</summary>
    public LogFileOptions? File { get; init; }

    /// <summary>Send to a syslog daemon; null for none.</summary>
    public SyslogOptions? Syslog { get; init; }

    /// <summary>Write the server's counters, every 30 s, at info instead of at debug.</summary>
    public bool VerboseCounters { get; init; }

    /// <summary>Let everyone read the log files instead of owner and group only.</summary>
    public bool GloballyReadable { get; init; }
}

/// <summary>The names of drachtio's log levels, in the order of what they let through.</summary>
public enum LogVerbosity : byte
{
    /// <summary>Only what an operator must know.</summary>
    Notice,

    /// <summary>And what failed.</summary>
    Error,

    /// <summary>And what looks wrong.</summary>
    Warning,

    /// <summary>And what happens, each SIP message with it.</summary>
    Info,

    /// <summary>And why.</summary>
    Debug,
}

/// <summary>The log file and its archive.</summary>
public sealed record LogFileOptions
{
    /// <summary>The file's path.</summary>
    public required string Name { get; init; }

    /// <summary>The directory that full files move to.</summary>
    public string Archive { get; init; } = "archive";

    /// <summary>The size at which a file is full, in bytes; also full at midnight.</summary>
    public long Size { get; init; } = 50L * 1024 * 1024;

    /// <summary>How much the archive may hold, in bytes; the oldest files go first.</summary>
    public long MaxSize { get; init; } = 1000L * 1024 * 1024;

    /// <summary>The free space to keep on the disk, in bytes; the oldest files go first.</summary>
    public long MinFree { get; init; }

    /// <summary>How many files the archive may hold.</summary>
    public int MaxFiles { get; init; } = 100;

    /// <summary>Write each line at once instead of in blocks.</summary>
    public bool AutoFlush { get; init; } = true;
}

/// <summary>A syslog daemon, reached over UDP.</summary>
public sealed record SyslogOptions
{
    /// <summary>The daemon's host.</summary>
    public required string Address { get; init; }

    /// <summary>The daemon's port.</summary>
    public int Port { get; init; } = 514;

    /// <summary>The facility, local0 to local7.</summary>
    public int Facility { get; init; } = 16;
}
