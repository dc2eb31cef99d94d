using Akka.Actor;
using Akka.Cluster.Tools.Singleton;

namespace CallActors.Cluster;

/// <summary>Lives on one node of the cluster at a time, the oldest: that one sees to the ledgers of dead nodes.</summary>
internal sealed class LedgerDuty(IActorRef ledgers) : UntypedActor
{
    /// <summary>Starts both on this node.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="role">Which nodes have calls; empty for all.</param>
    /// <param name="ledgers">Props of <see cref="DeadLedgers"/>.</param>
    public static void Start(ActorSystem system, string role, Props ledgers)
    {
        var settings = ClusterSingletonManagerSettings.Create(system);
        var dead = system.ActorOf(ledgers, "dead-ledgers");
        system.ActorOf(ClusterSingletonManager.Props(Props.Create<LedgerDuty>(dead), PoisonPill.Instance, role.Length == 0 ? settings : settings.WithRole(role)), "ledger-duty");
    }

    protected override void PreStart() => ledgers.Tell(OnDuty.Begin, Self);

    protected override void PostStop() => ledgers.Tell(OnDuty.End, Self);

    protected override void OnReceive(object message) => Unhandled(message);
}

/// <summary>Whether this node is the one that sees to the ledgers of dead nodes.</summary>
internal sealed record OnDuty(bool IsOn) : INoSerializationVerificationNeeded
{
    public static readonly OnDuty Begin = new(true), End = new(false);
}
