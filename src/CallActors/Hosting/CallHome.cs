using Akka.Actor;
using CallActors.Calls;
using CallActors.Cluster;
using CallActors.Ledger;
using Microsoft.Extensions.Logging;

namespace CallActors.Hosting;

/// <summary>Starts what a node's calls live in. The one place where a cluster and a ledger are plugged in.</summary>
/// <param name="system">The actor system.</param>
/// <param name="propsOf">Makes the actor of a call.</param>
/// <param name="counts">What the region has done.</param>
/// <param name="runtime">What the calls share.</param>
internal delegate Task<CallHome> CallHomeStart(ActorSystem system, CallProps propsOf, RegionCounts counts, CallRuntime runtime);

/// <summary>Where a node's calls live, and what keeps them.</summary>
/// <param name="Region">Takes every message for a call to it.</param>
/// <param name="Ledger">Is told of living calls and of ended ones.</param>
internal sealed record CallHome(ICallRegion Region, ILedger Ledger)
{
    /// <summary>A node without others and without a ledger.</summary>
    public static Task<CallHome> Alone(ActorSystem system, CallProps propsOf, RegionCounts counts, CallRuntime runtime) =>
        Task.FromResult(OnThisNode(system, propsOf, counts));

    /// <summary>A node without others and without a ledger, at once.</summary>
    public static CallHome OnThisNode(ActorSystem system, CallProps propsOf, RegionCounts counts) =>
        new(LocalCallRegion.Start(system, propsOf, counts), NoLedger.Instance);

    /// <summary>What the actor system's configuration says in <c>callactors.cluster</c> and <c>callactors.ledger</c> (hocon/callactors.conf).</summary>
    public static async Task<CallHome> Configured(ActorSystem system, CallProps propsOf, RegionCounts counts, CallRuntime runtime)
    {
        var config = system.Settings.Config;
        var home = NodeHome.Of(config);
        var logger = runtime.Loggers.CreateLogger("CallActors.Cluster");
        if (RegionOptions.From(config).IsClustered)
        {
            system.ActorOf(ClusterNews.PropsFor(logger), "cluster-news");
            if (config.GetBoolean("callactors.cluster.refused-is-dead")) system.ActorOf(DeadNodes.PropsFor(logger), "dead-nodes");
            await new ClusterEntry(system, ClusterPlace.From(config), logger, runtime.Time).JoinAsync().ConfigureAwait(false);
        }
        var (region, ledger) = await home.Start(system, propsOf, counts, runtime.Meter, runtime.Time, runtime.Options.NodeName, logger).ConfigureAwait(false);
        if (region is ShardedCallRegion sharded) sharded.Finder = system.ActorOf(DialogFinder.PropsFor(runtime.FindDialogHere, runtime.ForgetHere), DialogFinder.Name);
        return new CallHome(region, ledger);
    }
}
