using Akka.Configuration;

namespace CallActors.Ledger;

/// <summary>Whether calls are written down, and whether a flow may wait for it.</summary>
public enum LedgerMode
{
    /// <summary>Nothing is written.</summary>
    Off,

    /// <summary>Facts are written behind the calls, and no call ever waits.</summary>
    Behind,

    /// <summary>A flow waits before it answers until the call is on disk.</summary>
    BeforeAnswer,
}

/// <summary>How the ledger is kept; `callactors.ledger` in hocon/callactors.conf says what each means.</summary>
public sealed record LedgerOptions
{
    /// <summary>Whether there is one.</summary>
    public LedgerMode Mode { get; init; } = LedgerMode.Behind;

    /// <summary>How long facts are gathered before they are written as one row.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long facts are gathered when a call waits for them.</summary>
    public TimeSpan GroupCommit { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How long a call waits at most; then it goes on as if it were written.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many facts may wait to be written; beyond it the oldest is dropped and counted.</summary>
    public int MostQueued { get; init; } = 100_000;

    /// <summary>How many facts a row holds at most.</summary>
    public int MostInRow { get; init; } = 1_000;

    /// <summary>How many bytes of calls a row holds at most, by estimate.</summary>
    public int MostBytesInRow { get; init; } = 1 << 20;

    /// <summary>How many superseded facts may stand on disk beyond as many as there are living calls.</summary>
    public int Slack { get; init; } = 256;

    /// <summary>How long a call that was found on disk at the start has to be claimed, before it is written off.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long to wait before the ledger is started again after its first failure.</summary>
    public TimeSpan FirstBackOff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long at most, however often it failed.</summary>
    public TimeSpan LongestBackOff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Reads `callactors.ledger`.</summary>
    public static LedgerOptions From(Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var ledger = config.GetConfig("callactors.ledger");
        return new()
        {
            Mode = ledger.GetString("mode") switch
            {
                "off" or "false" or "no" => LedgerMode.Off,     // HOCON has three words for it
                "behind" => LedgerMode.Behind,
                "before-answer" => LedgerMode.BeforeAnswer,
                var other => throw new ConfigurationException($"callactors.ledger.mode is off, behind or before-answer, not '{other}'."),
            },
            Interval = ledger.GetTimeSpan("interval"),
            GroupCommit = ledger.GetTimeSpan("group-commit"),
            LongestWait = ledger.GetTimeSpan("longest-wait"),
            MostQueued = ledger.GetInt("most-queued"),
            MostInRow = ledger.GetInt("most-in-row"),
            MostBytesInRow = (int)(ledger.GetByteSize("most-bytes-in-row") ?? 1 << 20),
            Slack = ledger.GetInt("slack"),
            Grace = ledger.GetTimeSpan("grace"),
            FirstBackOff = ledger.GetTimeSpan("back-off.first"),
            LongestBackOff = ledger.GetTimeSpan("back-off.longest"),
        };
    }
}
