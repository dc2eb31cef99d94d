using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>Calls at a steady rate while the ledger's database is away, slow or full: no call hears of it, the log and the status port do, and afterwards the ledger is whole.</summary>
public abstract class LedgerUnderCalls : PbxTest
{
    private const int Rate = 12;

    /// <summary>More facts than wait while all is well: a quarter of a second of them.</summary>
    private protected const int Queued = Rate;

    private readonly ConcurrentQueue<string> _said = new();

    /// <summary>What the command line says of the ledger.</summary>
    private protected abstract string Ledger { get; }

    private protected virtual string[] Starter => [];

    private protected override ServerOptions Options => new()
    {
        Role = [],
        More = ["--ledger", Ledger],
        Starter = Starter,
        OnLine = line =>
        {
            if (line.Contains("ledger", StringComparison.OrdinalIgnoreCase)) _said.Enqueue(line);
        },
    };

    /// <summary>A connection of our own to the database.</summary>
    private protected abstract DbConnection Open();

    /// <summary>Calls come, talk and end while something happens to the database.</summary>
    /// <param name="seconds">How long calls begin.</param>
    /// <param name="trouble">What happens, from its first moment to its last.</param>
    private protected async Task PassesAsync(int seconds, Func<Task> trouble)
    {
        var options = new SippOptions { Calls = seconds * Rate, Rate = Rate, Limit = seconds * Rate, Timeout = TimeSpan.FromSeconds(seconds + 40) };
        var bob = await PhoneAsync("bob", Answers.Receive("BYE").Reply(200), options);
        var callers = await StartCallerAsync(Calls.Pause(1500).Bye().Expect(200, "CSeq: BYE"), options with { Service = "bob" });
        await UntilAsync(status => status["ledgerCalls"] > 5 && status.Total("ledgerWritten") > 5, "calls are written down");

        await trouble();

        await SucceedAsync(callers, bob);
        // The newest row stays for its number.
        await UntilAsync(status => status["calls"] + status["ledgerCalls"] + status["ledgerQueued"] == 0 && Rows() <= 1, "everything is written off");
        Check((await Server.StatusAsync()).Total("ledgerDropped") == 0, "Nothing was dropped.");
    }

    /// <summary>Waits for what the status port tells.</summary>
    private protected async Task UntilAsync(Func<ServerStatus, bool> holds, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!holds(await Server.StatusAsync()))
        {
            Check(watch.Elapsed < TimeSpan.FromSeconds(60), $"Not within a minute: {what}. {string.Join('\n', _said)}");
            await Task.Delay(50);
        }
    }

    /// <summary>Waits for a line of the log; it must come once.</summary>
    private protected async Task SaysOnceAsync(string text)
    {
        var watch = Stopwatch.StartNew();
        while (Says(text) == 0)
        {
            Check(watch.Elapsed < TimeSpan.FromSeconds(60), $"Not said within a minute: {text}. {string.Join('\n', _said)}");
            await Task.Delay(50);
        }

        Check(Says(text) == 1, $"Said {Says(text)} times: {text}");
    }

    private protected int Says(string text) => _said.Count(line => line.Contains(text, StringComparison.Ordinal));

    private long Rows()
    {
        using var connection = Open();
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM callactors_ledger WHERE NOT deleted";
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
