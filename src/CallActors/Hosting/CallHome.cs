using Akka.Actor;
using CallActors.Calls;
using CallActors.Cluster;
using CallActors.Ledger;

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
        var region = RegionOptions.From(system.Settings.Config);
        var ledger = LedgerOptions.From(system.Settings.Config);
        return new CallHome(
            region.IsClustered ? await ShardedCallRegion.Start(system, propsOf, counts, region).ConfigureAwait(false) : LocalCallRegion.Start(system, propsOf, counts),
            ledger.Mode == LedgerMode.Off ? NoLedger.Instance : Keep(system, ledger, runtime));
    }

    // Calls that the ledger still knows begin anew; one that is alive ignores it.
    private static LedgerBook Keep(ActorSystem system, LedgerOptions options, CallRuntime runtime)
    {
        var book = new LedgerBook(options, runtime.Time);
        LedgerMeter.Add(runtime.Meter, book);
        var ledger = CallLedger.PropsFor(runtime.Options.NodeName, book, options, snapshot => runtime.Deliver(new Restored(snapshot)));
        system.ActorOf(LedgerSupervisor.PropsFor(ledger, options), "ledger");
        return book;
    }
}
