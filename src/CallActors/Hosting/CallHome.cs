using Akka.Actor;
using CallActors.Calls;
using CallActors.Ledger;

namespace CallActors.Hosting;

/// <summary>Starts what a node's calls live in. The one place where a cluster and a ledger are plugged in.</summary>
/// <param name="system">The actor system.</param>
/// <param name="propsOf">Makes the actor of a call.</param>
/// <param name="runtime">What the calls share.</param>
internal delegate Task<CallHome> CallHomeStart(ActorSystem system, Func<ICallStart, Props> propsOf, CallRuntime runtime);

/// <summary>Where a node's calls live, and what keeps them.</summary>
/// <param name="Region">Takes every message for a call to it.</param>
/// <param name="NextShard">A shard for a new call, one that lives here.</param>
/// <param name="Ledger">Is told of living calls and of ended ones.</param>
internal sealed record CallHome(IActorRef Region, Func<ushort> NextShard, ILedger Ledger)
{
    /// <summary>A node without others and without a ledger.</summary>
    public static Task<CallHome> Alone(ActorSystem system, Func<ICallStart, Props> propsOf, CallRuntime runtime) =>
        Task.FromResult(OnThisNode(system, propsOf));

    /// <summary>A node without others and without a ledger, at once.</summary>
    public static CallHome OnThisNode(ActorSystem system, Func<ICallStart, Props> propsOf) =>
        new(system.ActorOf(NodeRegion.PropsFor(propsOf), "calls"), static () => 0, NoLedger.Instance);
}
