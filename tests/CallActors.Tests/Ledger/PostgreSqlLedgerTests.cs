using CallActors.Ledger;
using Npgsql;

namespace CallActors.Tests.Ledger;

public sealed class PostgreSqlLedgerTests(PostgreSqlCluster cluster) : IClassFixture<PostgreSqlCluster>
{
    [PostgreSqlFact]
    public Task A_restart_brings_back_exactly_the_calls_that_live() => new Contract(cluster).A_restart_brings_back_exactly_the_calls_that_live();

    [PostgreSqlFact]
    public Task What_a_killed_node_had_written_comes_back() => new Contract(cluster).What_a_killed_node_had_written_comes_back_and_is_written_off_when_nobody_claims_it();

    [PostgreSqlFact]
    public Task Two_nodes_in_one_database_keep_to_themselves() => new Contract(cluster).Two_nodes_in_one_database_keep_to_themselves();

    [PostgreSqlFact]
    public Task Ten_thousand_calls_leave_no_more_rows_than_the_living_need() => new Contract(cluster).Ten_thousand_calls_leave_no_more_rows_than_the_living_need();

    [PostgreSqlFact]
    public Task A_call_that_waits_is_on_disk_when_it_goes_on() => new Contract(cluster).A_call_that_waits_is_on_disk_when_it_goes_on();

    [PostgreSqlFact]
    public Task While_nothing_can_be_written_calls_go_on() => new Contract(cluster).While_nothing_can_be_written_calls_go_on_and_afterwards_everything_is_there();

    [PostgreSqlFact]
    public async Task A_server_that_stops_and_comes_back_loses_no_call()
    {
        var database = LedgerDatabase.PostgreSql(cluster.NewDatabase());
        database.Prepare();
        await using (var node = LedgerNode.Start(database))
        {
            foreach (var call in Snapshots.Calls(1, 2)) node.Book.Living(call);
            await node.IsQuiet();
            await cluster.Stop();
            node.Book.Living(Snapshots.Call(3));
            node.Book.Ended(Snapshots.Key(1));
            await LedgerNode.Until(() => node.Book.Counts.Failures >= 3, "it is tried again");
            await cluster.Start();
            await node.IsQuiet();
            Assert.Single(node.Log, line => line.StartsWith("Warning", StringComparison.Ordinal));
        }
        await using var again = LedgerNode.Start(database);
        await LedgerNode.Until(() => again.Offers.Count >= 2, "the living are offered");
        Assert.Equal([2, 3], again.Offers.Select(call => (int)call.Key.Shard).Order());
    }

    [PostgreSqlFact]
    public async Task Nodes_that_start_together_make_the_table_once()
    {
        var database = LedgerDatabase.PostgreSql(cluster.NewDatabase());
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(database.Prepare)));
    }

    [Fact]
    public void A_server_that_is_not_there_is_named_with_what_to_do_and_without_the_password()
    {
        var nobody = LedgerDatabase.PostgreSql("Host=/nowhere;Port=5999;Database=calls;Username=me;Password=hush;Timeout=2");
        var failure = Assert.Throws<IOException>(nobody.Prepare);
        Assert.Contains("calls at /nowhere:5999 as user me", failure.Message, StringComparison.Ordinal);
        Assert.Contains("callactors.ledger.connection", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_string_that_is_none_is_refused_without_the_password()
    {
        var failure = Assert.Throws<Akka.Configuration.ConfigurationException>(() => LedgerDatabase.PostgreSql("Host=x;Pasword=hush"));
        Assert.DoesNotContain("hush", failure.ToString(), StringComparison.Ordinal);
    }

    private sealed class Contract : LedgerContract
    {
        private readonly string _connection;

        public Contract(PostgreSqlCluster cluster)
        {
            _connection = cluster.NewDatabase();
            Database = LedgerDatabase.PostgreSql(_connection);
        }

        internal override LedgerDatabase Database { get; }

        internal override long[] Rows()
        {
            using var connection = new NpgsqlConnection(_connection);
            connection.Open();
            using var command = new NpgsqlCommand("SELECT sequence_number FROM callactors_ledger WHERE NOT deleted ORDER BY 1", connection);
            using var reader = command.ExecuteReader();
            List<long> rows = [];
            while (reader.Read()) rows.Add(reader.GetInt64(0));
            return [.. rows];
        }

        internal override void RefuseWrites() => Run("ALTER TABLE callactors_ledger ADD CONSTRAINT refused CHECK (false) NOT VALID");

        internal override void AllowWrites() => Run("ALTER TABLE callactors_ledger DROP CONSTRAINT refused");

        private void Run(string text)
        {
            using var connection = new NpgsqlConnection(_connection);
            connection.Open();
#pragma warning disable CA2100
            using var command = new NpgsqlCommand(text, connection);
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }
    }
}
