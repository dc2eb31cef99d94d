using System.Diagnostics.Metrics;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using CallActors.Calls;
using CallActors.Cluster;
using CallActors.Ledger;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallActors.Hosting;

/// <summary>What the configuration says that the calls of a node live in and are written to: a region, alone or in a cluster, and a ledger.</summary>
internal sealed class NodeHome
{
    private readonly string _node;
    private readonly string _run;
    private readonly RegionOptions _region;
    private readonly LedgerOptions _ledger;
    private readonly LedgerDatabase? _database;

    private NodeHome(Config config)
    {
        _node = config.GetString("callactors.node");
        _run = LedgerId.RunOf(config);
        _region = RegionOptions.From(config);
        _ledger = LedgerOptions.From(config);
        if (_ledger.Mode != LedgerMode.Off) _database = LedgerDatabase.From(config);
    }

    /// <summary>What the actor system has to be made with, besides the configuration.</summary>
    public Setup? Setup => _database?.Setup();

    /// <summary>Reads the configuration; whoever calls sees to the ledger's table.</summary>
    /// <exception cref="ConfigurationException">Something in it cannot be.</exception>
    public static NodeHome Of(Config config) => new(config);

    /// <summary>Reads the configuration and makes the ledger's table. To be done before there is an actor system.</summary>
    /// <exception cref="ConfigurationException">Something in it cannot be.</exception>
    /// <exception cref="IOException">The ledger cannot be written.</exception>
    public static NodeHome Prepare(Config config)
    {
        var home = new NodeHome(config);
        home._database?.Prepare();
        return home;
    }

    /// <summary>Starts both. Done when a call may begin here; what the ledger has living is offered to the region from then on.</summary>
    /// <param name="system">Made with the same configuration, and with <see cref="Setup"/>.</param>
    /// <param name="props">Makes the actor of a call.</param>
    /// <param name="counts">Counts what the region does.</param>
    /// <param name="meter">Shows where region and ledger stand.</param>
    /// <param name="time">The clock.</param>
    /// <param name="node">The node's name in the ledger; null for the configured one.</param>
    /// <param name="logger">Hears what becomes of the ledgers of dead nodes.</param>
    public async Task<(ICallRegion Region, ILedger Ledger)> Start(ActorSystem system, CallProps props, RegionCounts counts, Meter meter, TimeProvider time, string? node = null, ILogger? logger = null)
    {
        counts.Show(meter);
        ICallRegion region;
        if (_region.IsClustered)
        {
            var sharded = await ShardedCallRegion.Start(system, props, counts, _region).ConfigureAwait(false);
            await sharded.IsReady.ConfigureAwait(false);
            if (_database is { IsShared: true } database) LedgerDuties.Start(system, _region.Role, DeadLedgers.PropsFor(database.Runs, sharded.Offer, TakeoverTimes.Of(_ledger), logger ?? NullLogger.Instance));
            region = sharded;
        }
        else
        {
            region = LocalCallRegion.Start(system, props, counts, _region.Shards);
        }
        return (region, _database is null ? NoLedger.Instance : StartLedger(system, node ?? _node, region.Region, meter, time));
    }

    private LedgerBook StartLedger(ActorSystem system, string node, IActorRef region, Meter meter, TimeProvider time)
    {
        var book = new LedgerBook(_ledger, time);
        LedgerMeter.Add(meter, book);
        var id = new LedgerId(node, _run);
        var database = _database!;
        var ledger = CallLedger.PropsFor(id, book, _ledger, snapshot => region.Tell(new Restored(snapshot, IsFromLedger: true), ActorRefs.NoSender));
        var supervisor = system.ActorOf(LedgerSupervisor.PropsFor(ledger, book, _ledger, () => database.Runs.Gather(id)), "ledger");
        // After the calls have moved away or ended, which they tell the ledger, and before everything stops.
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "callactors-ledger", async () =>
        {
            await supervisor.Ask<LedgerClosed>(LedgerSupervisor.Close.Instance, TimeSpan.FromSeconds(4)).ConfigureAwait(false);
            return Akka.Done.Instance;
        });
        return book;
    }
}
