using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using CallActors.Calls;
using CallActors.Cluster;
using CallActors.Hosting;
using CallActors.Ledger;
using CallActors.Tests.Ledger;
using Microsoft.Data.Sqlite;

namespace CallActors.Tests.Hosting;

public sealed class NodeHomeTests : IDisposable
{
    private static readonly Config Quiet = ConfigurationFactory.ParseString(
        "akka { loglevel = OFF, stdout-loglevel = OFF, loggers = [], log-dead-letters = off, coordinated-shutdown.run-by-clr-shutdown-hook = off }");

    private readonly string _folder = Directory.CreateTempSubdirectory("callactors-home-").FullName;
    private readonly ConcurrentQueue<Restored> _restored = new();
    private readonly Meter _meter = new("CallActors.NodeHomeTests");

    public void Dispose()
    {
        _meter.Dispose();
        using var ours = new SqliteConnection(LedgerDatabase.Sqlite(Path.Combine(_folder, "ledger.db")).ConnectionString);
        SqliteConnection.ClearPool(ours);
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("off")]
    [InlineData("on")]
    public async Task A_node_that_starts_again_has_its_calls_back(string cluster)
    {
        var first = await Start(cluster);
        first.Ledger.Living(Snapshots.Call(1));
        first.Ledger.Living(Snapshots.Call(2));
        first.Ledger.Ended(Snapshots.Key(2));
        // A shutdown in good order writes what waits.
        await CoordinatedShutdown.Get(first.System).Run(CoordinatedShutdown.ClrExitReason.Instance);

        var again = await Start(cluster);
        await LedgerNode.Until(() => !_restored.IsEmpty, "the call is back");
        Assert.True(Snapshots.AreEqual(Snapshots.Call(1), Assert.Single(_restored).Snapshot));
        await CoordinatedShutdown.Get(again.System).Run(CoordinatedShutdown.ClrExitReason.Instance);
    }

    [Fact]
    public async Task Without_a_ledger_nothing_is_written_anywhere()
    {
        var node = await Start("off", ("CALLACTORS_LEDGER", "off"));
        Assert.Same(NoLedger.Instance, node.Ledger);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
        await node.System.Terminate();
    }

    [Fact]
    public async Task The_meter_shows_where_the_ledger_stands()
    {
        var node = await Start("off");
        node.Ledger.Living(Snapshots.Call(1));
        Dictionary<string, long> seen = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, it) =>
        {
            if (instrument.Meter == _meter) it.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.Start();
        await LedgerNode.Until(
            () =>
            {
                listener.RecordObservableInstruments();
                return seen["callactors.ledger.written"] == 1;
            },
            "it is written");
        Assert.Equal((1, 1, 1, 0), (seen["callactors.ledger.facts"], seen["callactors.ledger.living"], seen["callactors.ledger.whole"], seen["callactors.ledger.dropped"]));
        Assert.Equal((0, 0, 0), (seen["callactors.region.nobody"], seen["callactors.region.unknown_flow"], seen["callactors.region.open_offers"]));
        await node.System.Terminate();
    }

    private async Task<(ActorSystem System, ILedger Ledger)> Start(string cluster, params (string Name, string Value)[] variables)
    {
        var environment = new Dictionary<string, string>
        {
            ["CALLACTORS_CLUSTER"] = cluster,
            ["CALLACTORS_CLUSTER_LISTEN"] = "127.0.0.1:0",
            ["CALLACTORS_LEDGER_FILE"] = Path.Combine(_folder, "ledger.db"),
        };
        foreach (var (name, value) in variables) environment[name] = value;
        var config = HoconFolder.Load(null, Quiet, environment);
        var home = NodeHome.Prepare(config);
        var setup = BootstrapSetup.Create().WithConfig(config);
        var system = ActorSystem.Create("calls", home.Setup is { } more ? ActorSystemSetup.Create(setup, more) : ActorSystemSetup.Create(setup));
        if (cluster == "on")
        {
            var joined = Akka.Cluster.Cluster.Get(system);
            await joined.JoinAsync(joined.SelfAddress);
        }
        var counts = new RegionCounts();
        var (_, ledger) = await home.Start(system, start => start is Restored ? Props.Create<Call>(_restored) : null, counts, _meter, TimeProvider.System);
        return (system, ledger);
    }

    private sealed class Call(ConcurrentQueue<Restored> restored) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Restored restore) restored.Enqueue(restore);
        }
    }
}
