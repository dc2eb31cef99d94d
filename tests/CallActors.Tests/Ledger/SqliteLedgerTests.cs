using CallActors.Ledger;
using Microsoft.Data.Sqlite;

namespace CallActors.Tests.Ledger;

public sealed class SqliteLedgerTests : LedgerContract, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("callactors-ledger-").FullName;
    private readonly string _file;

    public SqliteLedgerTests()
    {
        _file = Path.Combine(_folder, "below", "ledger.db");
        Database = LedgerDatabase.Sqlite(_file);
    }

    internal override LedgerDatabase Database { get; }

    public void Dispose()
    {
        // This file's pool alone: others are in use by tests that run beside this one.
        using var ours = new SqliteConnection(Database.ConnectionString);
        SqliteConnection.ClearPool(ours);
        Directory.Delete(_folder, recursive: true);
    }

    internal override long[] Rows()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT sequence_number FROM callactors_ledger WHERE deleted = 0 ORDER BY 1";
        using var reader = command.ExecuteReader();
        List<long> rows = [];
        while (reader.Read()) rows.Add(reader.GetInt64(0));
        return [.. rows];
    }

    internal override void RefuseWrites() => Run("CREATE TRIGGER refused BEFORE INSERT ON callactors_ledger BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END");

    internal override void AllowWrites() => Run("DROP TRIGGER refused");

    [Fact]
    public async Task A_disk_that_is_full_is_no_more_than_a_failure()
    {
        Database.Prepare();
        await using var node = LedgerNode.Start(Database);
        for (var n = 0; n < 50; n++) node.Book.Living(Snapshots.Call(n));
        await node.IsQuiet();
        // The limit is a connection's own, so it is set on those in the pool, until the journal has got one of them.
        var version = 1;
        await LedgerNode.Until(
            () =>
            {
                Pooled("PRAGMA max_page_count = 1");
                version++;
                for (var n = 50; n < 300; n++) node.Book.Living(Snapshots.Call(n, version));
                return node.Book.Counts.Failures >= 2;
            },
            "it fails and is tried again");
        Assert.Contains(node.Log, line => line.Contains("full", StringComparison.Ordinal));
        await IsQuietAgain(node, "PRAGMA max_page_count = 1073741823");
        Assert.Equal(300, node.Book.Counts.Living);
    }

    [Fact]
    public async Task A_file_that_may_only_be_read_is_no_more_than_a_failure()
    {
        Database.Prepare();
        await using var node = LedgerNode.Start(Database);
        node.Book.Living(Snapshots.Call(1));
        await node.IsQuiet();
        var version = 1;
        await LedgerNode.Until(
            () =>
            {
                Pooled("PRAGMA query_only = 1");
                node.Book.Living(Snapshots.Call(2, ++version));
                return node.Book.Counts.Failures >= 2;
            },
            "it fails and is tried again");
        await IsQuietAgain(node, "PRAGMA query_only = 0");
    }

    /// <summary>Longer than Akka's own journals are given, and than any call would bear.</summary>
    [Fact]
    public async Task A_disk_that_takes_ten_seconds_fails_nothing_and_keeps_nobody()
    {
        Database.Prepare();
        await using var node = LedgerNode.Start(Database, LedgerNode.Fast with { Mode = LedgerMode.BeforeAnswer, LongestWait = TimeSpan.FromMilliseconds(100) });
        node.Book.Living(Snapshots.Call(1));
        await node.IsQuiet();
        using (var other = Open())
        {
            Run(other, "BEGIN IMMEDIATE");
            node.Book.Living(Snapshots.Call(2));
            await node.Book.Written(Snapshots.Key(2));
            Assert.Equal(1, node.Book.Counts.Written);
            await Task.Delay(TimeSpan.FromSeconds(10));
            for (var n = 3; n < 100; n++) node.Book.Living(Snapshots.Call(n));
            Assert.True(node.Book.Counts is { IsWhole: true, Failures: 0 });
            Run(other, "ROLLBACK");
        }
        await node.IsQuiet();
        Assert.Single(node.Log, line => line.Contains("has taken more than 5 s over one row", StringComparison.Ordinal));
        await LedgerNode.Until(() => node.Log.Any(line => line.Contains("answers again", StringComparison.Ordinal)), "the log says that it goes on");
        Assert.Equal((0, 99), (node.Book.Counts.Failures, node.Book.Counts.Living));
    }

    [Fact]
    public void A_file_that_cannot_be_made_is_named_with_what_to_do()
    {
        File.WriteAllText(Path.Combine(_folder, "a-file"), "");
        var path = Path.Combine(_folder, "a-file", "ledger.db");
        var failure = Assert.Throws<IOException>(() => LedgerDatabase.Sqlite(path).Prepare());
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.Contains("callactors.ledger.file", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_something_else_is_named_with_what_to_do()
    {
        var path = Path.Combine(_folder, "text.db");
        File.WriteAllText(path, string.Concat(Enumerable.Repeat("no database at all\n", 100)));
        var failure = Assert.Throws<IOException>(() => LedgerDatabase.Sqlite(path).Prepare());
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_prepared_once_and_as_often_as_one_likes()
    {
        Database.Prepare();
        Database.Prepare();
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode";
        Assert.Equal("wal", command.ExecuteScalar());
    }

    private void Run(string text)
    {
        using var connection = Open();
        Run(connection, text);
    }

    private static void Run(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100
        command.CommandText = text;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private async Task IsQuietAgain(LedgerNode node, string text)
    {
        // A connection that was in use the first time is in the pool the next.
        await LedgerNode.Until(
            () =>
            {
                Pooled(text);
                return node.Book.Counts is { IsWhole: true, Queued: 0 };
            },
            "the ledger is whole again");
        await node.IsQuiet();
    }

    // As many as may lie in the pool, all at once, so that none is missed.
    private void Pooled(string text)
    {
        var connections = Enumerable.Range(0, 8).Select(_ => new SqliteConnection(Database.ConnectionString)).ToArray();
        foreach (var connection in connections)
        {
            connection.Open();
            Run(connection, text);
        }
        foreach (var connection in connections) connection.Dispose();
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={_file};Pooling=False");
        connection.Open();
        return connection;
    }
}
