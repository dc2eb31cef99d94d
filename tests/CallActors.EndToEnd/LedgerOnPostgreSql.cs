using System.Data.Common;
using CallActors.EndToEnd.Harness;
using CallActors.Tests.Ledger;
using Npgsql;

namespace CallActors.EndToEnd;

/// <summary>The ledger in a PostgreSQL server of this test's own.</summary>
public sealed class LedgerOnPostgreSql(PostgreSqlCluster cluster) : LedgerUnderCalls, IClassFixture<PostgreSqlCluster>
{
    private string? _connection;

    private protected override string Ledger => _connection ??= cluster.NewDatabase();

    [PostgreSqlEndToEndFact]
    public Task The_server_stops_and_starts_again() => PassesAsync(14, async () =>
    {
        await cluster.Stop();
        await SaysOnceAsync("The ledger cannot be written");
        await UntilAsync(status => status.Total("ledgerFailures") > 1 && status["ledgerQueued"] > Queued, "it is tried again, and facts wait");
        await cluster.Start();
        await SaysOnceAsync("The ledger is whole again");
        await UntilAsync(status => status["ledgerQueued"] == 0, "what waited is written");
        await SaysOnceAsync("The ledger cannot be written");
    });

    [PostgreSqlEndToEndFact]
    public Task The_server_stands_still_for_ten_seconds() => PassesAsync(16, async () =>
    {
        await cluster.Freeze();
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(10));
            await SaysOnceAsync("has taken more than 5 s over one row");
            await UntilAsync(status => status["ledgerQueued"] > Queued, "facts wait");
        }
        finally
        {
            await cluster.Thaw();
        }

        await SaysOnceAsync("database answers again");
        var status = await Server.StatusAsync();
        Check(status.Total("ledgerFailures") == 0, "Nothing has failed.");
    });

    [PostgreSqlEndToEndFact]
    public async Task What_happened_while_the_server_was_away_is_in_it_when_the_node_is_killed()
    {
        var lasts = new SippOptions { Calls = 8, Rate = 20, Service = "echo" };
        var stay = Scenario.Caller().Invite().Expect(100).Expect(200).Ack().Pause(60_000);
        await StartCallerAsync(stay, lasts);
        await UntilAsync(status => status["ledgerCalls"] == 8 && status["ledgerQueued"] == 0, "calls are written down");
        var leave = await StartCallerAsync(Scenario.Caller().Invite().Expect(100).Expect(200).Ack().Pause(4000).Bye().Expect(200, "CSeq: BYE"), lasts with { Calls = 5 });
        await UntilAsync(status => status["ledgerCalls"] == 13 && status["ledgerQueued"] == 0, "more calls are written down");
        await cluster.Stop();
        await SucceedAsync(leave);
        await StartCallerAsync(stay, lasts with { Calls = 3 });
        await UntilAsync(status => status["ledgerCalls"] == 11 && status["ledgerQueued"] >= 8, "five have ended and three begun unwritten");
        await cluster.Start();
        await UntilAsync(status => status["ledgerQueued"] == 0, "everything is written");
        await Server.Process.KillAsync();

        await using var again = await ServerProcess.StartAsync(Options);

        await SaysOnceAsync("11 calls in it are offered again");
    }

    private protected override DbConnection Open() => new NpgsqlConnection(Ledger + ";Pooling=false");
}

/// <summary>A test that needs PostgreSQL too.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgreSqlEndToEndFactAttribute : FactAttribute
{
    public PostgreSqlEndToEndFactAttribute() => Skip = Tools.Missing ?? PostgreSqlCluster.Missing;
}
