using CallActors.Ledger;

namespace CallActors.Tests.Ledger;

/// <summary>What the ledger does on any database.</summary>
public abstract class LedgerContract
{
    /// <summary>An empty database.</summary>
    internal abstract LedgerDatabase Database { get; }

    /// <summary>The numbers of the rows that are there and not deleted.</summary>
    internal abstract long[] Rows();

    /// <summary>From here on every write fails, whoever tries.</summary>
    internal abstract void RefuseWrites();

    internal abstract void AllowWrites();

    [Fact]
    public async Task A_restart_brings_back_exactly_the_calls_that_live()
    {
        Database.Prepare();
        await using (var node = LedgerNode.Start(Database))
        {
            for (var n = 0; n < 100; n++) node.Book.Living(Snapshots.Call(n));
            await node.IsQuiet();
            for (var n = 0; n < 100; n += 2) node.Book.Ended(Snapshots.Key(n));
            for (var n = 1; n < 100; n += 10) node.Book.Living(Snapshots.Call(n, version: 2));
        }

        await using var again = LedgerNode.Start(Database);
        await LedgerNode.Until(() => again.Offers.Count >= 50, "the living are offered");
        var expected = Enumerable.Range(0, 50).Select(n => 2 * n + 1).Select(n => Snapshots.Call(n, n % 10 == 1 ? 2 : 1));
        foreach (var (was, came) in expected.OrderBy(call => call.Key.ToString()).Zip(again.Offers.OrderBy(call => call.Key.ToString())))
        {
            Assert.True(Snapshots.AreEqual(was, came));
        }
        Assert.Equal(50, again.Book.Counts.Living);
    }

    [Fact]
    public async Task What_a_killed_node_had_written_comes_back_and_is_written_off_when_nobody_claims_it()
    {
        Database.Prepare();
        var node = LedgerNode.Start(Database);
        foreach (var call in Snapshots.Calls(1, 2, 3)) node.Book.Living(call);
        await node.IsQuiet();
        await node.Kill();

        await using (var again = LedgerNode.Start(Database, LedgerNode.Fast with { Grace = TimeSpan.FromMilliseconds(300) }))
        {
            await LedgerNode.Until(() => again.Offers.Count == 3, "the living are offered");
            again.Book.Living(Snapshots.Call(2));
            await LedgerNode.Until(() => again.Book.Counts.Living == 1, "the others are written off");
            await again.IsQuiet();
        }

        await using var third = LedgerNode.Start(Database);
        await LedgerNode.Until(() => !third.Offers.IsEmpty, "the one is offered");
        Assert.Equal(Snapshots.Key(2), Assert.Single(third.Offers).Key);
    }

    [Fact]
    public async Task Two_nodes_in_one_database_keep_to_themselves()
    {
        Database.Prepare();
        await using (var a = LedgerNode.Start(Database, name: "a"))
        await using (var b = LedgerNode.Start(Database, name: "b"))
        {
            a.Book.Living(Snapshots.Call(1));
            b.Book.Living(Snapshots.Call(2));
            await a.IsQuiet();
            await b.IsQuiet();
        }
        await using var again = LedgerNode.Start(Database, name: "b");
        await LedgerNode.Until(() => !again.Offers.IsEmpty, "the living are offered");
        Assert.Equal(Snapshots.Key(2), Assert.Single(again.Offers).Key);
    }

    [Fact]
    public async Task Ten_thousand_calls_leave_no_more_rows_than_the_living_need()
    {
        const int Calls = 10_000, AtOnce = 200;
        Database.Prepare();
        await using var node = LedgerNode.Start(Database, LedgerNode.Fast with { Interval = TimeSpan.FromMilliseconds(2), Slack = 50 });
        // One call lives through it all, in the oldest row: it must not keep all that come after it.
        node.Book.Living(Snapshots.Call(Calls + 1));
        var mostFacts = 0L;
        for (var n = 0; n < Calls; n++)
        {
            node.Book.Living(Snapshots.Call(n));
            if (n >= AtOnce) node.Book.Ended(Snapshots.Key(n - AtOnce));
            if (n % 50 != 49) continue;
            var batches = node.Book.Counts.Batches;
            await LedgerNode.Until(() => node.Book.Counts.Batches > batches, "a batch is written");
            if (n % 1000 == 999) mostFacts = Math.Max(mostFacts, Rows().Length);
        }
        // A row of 50 to 100 facts each: twice the living, the slack, and eight rows that are not worth deleting yet.
        Assert.InRange(mostFacts, 1, 30);
        for (var n = Calls - AtOnce; n < Calls; n++) node.Book.Ended(Snapshots.Key(n));
        await node.IsQuiet();
        Assert.Equal(1, node.Book.Counts.Living);
        Assert.InRange(Rows().Length, 1, 9);
        Assert.True(node.Book.Counts.Rewritten > 0);
    }

    [Fact]
    public async Task A_call_that_waits_is_on_disk_when_it_goes_on()
    {
        Database.Prepare();
        await using var node = LedgerNode.Start(Database, LedgerNode.Fast with
        {
            Mode = LedgerMode.BeforeAnswer,
            Interval = TimeSpan.FromHours(1),       // only the group commit can be what writes
            LongestWait = TimeSpan.FromMinutes(1),
        });
        node.Book.Living(Snapshots.Call(1));
        await node.Book.Written(Snapshots.Key(1));
        Assert.Single(Rows());
        Assert.Equal(1, node.Book.Counts.Written);
    }

    [Fact]
    public async Task While_nothing_can_be_written_calls_go_on_and_afterwards_everything_is_there()
    {
        Database.Prepare();
        await using (var node = LedgerNode.Start(Database))
        {
            foreach (var call in Snapshots.Calls(1, 2)) node.Book.Living(call);
            await node.IsQuiet();
            RefuseWrites();
            node.Book.Ended(Snapshots.Key(1));
            node.Book.Living(Snapshots.Call(3));
            await LedgerNode.Until(() => node.Book.Counts.Failures >= 3, "it is tried again");
            for (var n = 10; n < 500; n++) node.Book.Living(Snapshots.Call(n));
            for (var n = 10; n < 499; n++) node.Book.Ended(Snapshots.Key(n));
            Assert.False(node.Book.Counts.IsWhole);
            AllowWrites();
            await node.IsQuiet();
            await LedgerNode.Until(() => node.Log.Any(line => line.Contains("whole again", StringComparison.Ordinal)), "the log says that it is whole");
            Assert.Single(node.Log, line => line.StartsWith("Warning", StringComparison.Ordinal));
            Assert.Single(node.Log, line => line.Contains("whole again", StringComparison.Ordinal));
        }
        await using var again = LedgerNode.Start(Database);
        await LedgerNode.Until(() => again.Offers.Count >= 3, "the living are offered");
        Assert.Equal([2, 3, 499 % 256], again.Offers.Select(call => (int)call.Key.Shard).Order());
    }
}
