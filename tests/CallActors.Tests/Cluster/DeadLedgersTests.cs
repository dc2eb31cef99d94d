using System.Collections.Immutable;
using Akka.Actor;
using CallActors.Calls;
using CallActors.Cluster;
using CallActors.Connections;
using CallActors.Control;
using CallActors.Ledger;
using CallActors.Tests.Ledger;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallActors.Tests.Cluster;

/// <summary>What a dead node had written to the database that all share.</summary>
public sealed class DeadLedgersTests(PostgreSqlCluster cluster) : IClassFixture<PostgreSqlCluster>
{
    private const string Patient = """
        akka.cluster.failure-detector.acceptable-heartbeat-pause = 60s
        akka.coordinated-shutdown.run-by-actor-system-terminate = off
        """;

    private static readonly TakeoverTimes Quick = new(TimeSpan.FromSeconds(3), TimeSpan.Zero, TimeSpan.FromMilliseconds(100));

    [PostgreSqlFact]
    public async Task Its_calls_are_offered_once_where_no_server_can_and_the_rows_are_removed()
    {
        await using var pair = await Pair.Start(Database());
        // sip1 keeps nothing: the calls of the snapshots have no run.
        pair.Survivor.System.EventStream.Publish(Up("sip1", ExtensionFeatures.None, ""));
        foreach (var call in Known(1, 2, 3)) pair.Ledger.Book.Living(call);
        await pair.HasWritten(3);
        pair.Ledger.Book.Ended(Snapshots.Key(2));
        await pair.HasWritten(2);
        // One that is alive by then ignores the offer, which is the call's to do; it is told and no second one is made.
        pair.Survivor.Tell(new Restored(Known(1)[0] with { Version = 7 }));
        await LedgerNode.Until(() => pair.Survivor.Counts.Live == 1, "it lives");

        await pair.Dies();
        await LedgerNode.Until(() => pair.Survivor.Counts.Live == 2, "the other one lives again");
        await LedgerNode.Until(() => pair.Rows() == 0, "the rows are removed");
        Assert.Equal([1, 3], Offered(pair));
    }

    [PostgreSqlFact]
    public async Task Where_every_server_can_its_rows_are_removed_unread_and_not_before_the_takeover_has_settled()
    {
        await using var pair = await Pair.Start(Database());
        pair.Survivor.System.EventStream.Publish(Up("sip1", ExtensionFeatures.Session | ExtensionFeatures.Adopt, "run-1"));
        foreach (var call in Known(1, 2)) pair.Ledger.Book.Living(call);
        await pair.HasWritten(2);
        await Task.Delay(50);

        await pair.Dies();
        await Task.Delay(1_000);
        Assert.NotEqual(0, pair.Rows());
        await LedgerNode.Until(() => pair.Rows() == 0, "the rows are removed");
        Assert.Empty(pair.Survivor.Heard);
    }

    [PostgreSqlFact]
    public async Task A_server_that_is_another_run_since_cannot_and_only_calls_that_nobody_else_gives_are_offered()
    {
        await using var pair = await Pair.Start(Database());
        foreach (var (server, run) in new[] { ("sip1", "old"), ("sip2", "same") }) pair.Survivor.System.EventStream.Publish(Up(server, ExtensionFeatures.Session | ExtensionFeatures.Adopt, run));
        pair.Ledger.Book.Living(On(Known(1)[0], "sip1", "old"));
        pair.Ledger.Book.Living(On(Known(2)[0], "sip2", "same"));
        await pair.HasWritten(2);

        await pair.Dies();
        await LedgerNode.Until(() => Akka.Cluster.Cluster.Get(pair.Survivor.System).State.Members.Count == 1, "it is removed");
        pair.Survivor.System.EventStream.Publish(Up("sip1", ExtensionFeatures.Session | ExtensionFeatures.Adopt, "new"));
        await pair.Survivor.HasHeard(heard => heard is Restored { IsFromLedger: true });
        await LedgerNode.Until(() => pair.Rows() == 0, "the rows are removed");
        Assert.Equal([1], Offered(pair));
    }

    [PostgreSqlFact]
    public async Task A_node_that_is_back_under_its_name_has_its_rows_and_neither_the_run_before_nor_a_takeover_touches_them()
    {
        var database = Database();
        await using var pair = await Pair.Start(database);
        pair.Survivor.System.EventStream.Publish(new ServerDown("sip1", "gone", null));
        foreach (var call in Known(1, 2)) pair.Ledger.Book.Living(call);
        await pair.HasWritten(2);
        await using var back = LedgerNode.Start(database, name: "dead");
        await LedgerNode.Until(() => back.Offers.Count == 2, "it offers them itself");
        // The run before is not as dead as it seemed, and goes on writing.
        pair.Ledger.Book.Living(Known(4)[0]);
        await pair.HasWritten(1);

        await pair.Dies();
        await pair.Survivor.HasHeard(heard => heard is Restored);
        await LedgerNode.Until(() => database.Runs.Read(pair.Ledger.Id.Run).Rows.Count == 0, "what it wrote late is removed");
        Assert.Equal([4], Offered(pair));
        back.Book.Living(Snapshots.Call(3));
        await LedgerNode.Until(() => database.Runs.Read(back.Id.Run).Living.Count == 3, "it is written");
        Assert.Equal((0, 0), (pair.Ledger.Book.Counts.Failures, back.Book.Counts.Failures));
        Assert.Equal([1, 2, 3], database.Runs.Read(back.Id.Run).Living.Keys.Select(key => (int)key.Shard).Order());
    }

    [PostgreSqlFact]
    public async Task Who_left_in_good_order_is_let_alone()
    {
        await using var pair = await Pair.Start(Database());
        foreach (var call in Known(1)) pair.Ledger.Book.Living(call);
        await pair.HasWritten(1);
        await CoordinatedShutdown.Get(pair.Dead.System).Run(CoordinatedShutdown.ClusterLeavingReason.Instance).WaitAsync(TimeSpan.FromSeconds(60));
        await LedgerNode.Until(() => Akka.Cluster.Cluster.Get(pair.Survivor.System).State.Members.Count == 1, "it has left");
        await Task.Delay(Quick.Settle + TimeSpan.FromSeconds(1));
        Assert.Empty(pair.Survivor.Heard);
        Assert.NotEqual(0, pair.Rows());
    }

    [PostgreSqlFact]
    public async Task When_the_oldest_dies_whoever_is_next_sees_to_its_ledger()
    {
        await using var pair = await Pair.Start(Database(), deadIsOldest: true);
        pair.Survivor.System.EventStream.Publish(Up("sip1", ExtensionFeatures.None, ""));
        foreach (var call in Known(1)) pair.Ledger.Book.Living(call);
        await pair.HasWritten(1);
        await pair.Dies();
        await LedgerNode.Until(() => pair.Survivor.Counts.Live == 1, "the call lives again");
        await LedgerNode.Until(() => pair.Rows() == 0, "the rows are removed");
    }

    // Each at least once: one that is not known to have arrived when a node is removed is told again.
    private static IEnumerable<int> Offered(Pair pair) =>
        pair.Survivor.Heard.OfType<Restored>().Where(heard => heard.IsFromLedger).Select(heard => (int)heard.Call.Shard).Distinct().Order();

    private LedgerDatabase Database()
    {
        var database = LedgerDatabase.PostgreSql(cluster.NewDatabase());
        database.Prepare();
        return database;
    }

    private static ServerUp Up(string server, ExtensionFeatures features, string run) => new(server, [], "v1", []) { Features = features, ServerId = run };

    private static ImmutableArray<CallSnapshot> Known(params int[] numbers) => [.. numbers.Select(n => Snapshots.Call(n) with { Flow = "known" })];

    private static CallSnapshot On(CallSnapshot call, string server, string run) => call with { Legs = [.. call.Legs.Select(leg => leg with { Server = server, Run = run })] };

    /// <summary>A node with a ledger, and one that survives it.</summary>
    private sealed class Pair : IAsyncDisposable
    {
        private readonly LedgerDatabase _database;

        private Pair(LedgerDatabase database, LedgerNode ledger, RegionNode dead, RegionNode survivor) => (_database, Ledger, Dead, Survivor) = (database, ledger, dead, survivor);

        public LedgerNode Ledger { get; }

        public RegionNode Dead { get; }

        public RegionNode Survivor { get; }

        public static async Task<Pair> Start(LedgerDatabase database, bool deadIsOldest = false)
        {
            var ledger = LedgerNode.Start(database, name: "dead");
            var ledgers = $"akka.cluster.roles = [\"{LedgerId.Role}{ledger.Id.Run}\"]\n";
            var first = await RegionNode.InCluster(hocon: Patient + (deadIsOldest ? "\n" + ledgers : ""));
            var second = await RegionNode.InCluster(first, hocon: Patient + (deadIsOldest ? "" : "\n" + ledgers));
            foreach (var node in new[] { first, second })
                LedgerDuty.Start(node.System, "", DeadLedgers.PropsFor(database.Runs, node.Sharded.Offer, Quick, NullLogger.Instance));
            await LedgerNode.Until(() => first.Sharded.Here.Count >= 16 && second.Sharded.Here.Count >= 16, "both have their shards");
            return deadIsOldest ? new(database, ledger, first, second) : new(database, ledger, second, first);
        }

        /// <summary>So many living calls are on disk.</summary>
        public Task HasWritten(int calls) => LedgerNode.Until(() => _database.Runs.Read(Ledger.Id.Run).Living.Count == calls, "it is written");

        /// <summary>Both its processes end, and the cluster knows.</summary>
        public async Task Dies()
        {
            var place = Akka.Cluster.Cluster.Get(Dead.System).SelfAddress;
            await Ledger.Kill();
            await Dead.System.Terminate();
            NodeFailureDetector.Declare(Survivor.System, place);
            Akka.Cluster.Cluster.Get(Survivor.System).Down(place);
        }

        public int Rows()
        {
            using var connection = new NpgsqlConnection(_database.ConnectionString);
            connection.Open();
            using var command = new NpgsqlCommand("SELECT count(*) FROM callactors_ledger", connection);
            return (int)(long)command.ExecuteScalar()!;
        }

        public async ValueTask DisposeAsync()
        {
            await Ledger.Kill();
            await Dead.DisposeAsync();
            await Survivor.DisposeAsync();
        }
    }
}
