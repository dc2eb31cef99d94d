using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace CallActors.Cluster;

/// <summary>Akka's failure detector, which can be told that a node is dead: without it a downed node is removed only once it has been silent for long enough.</summary>
/// <remarks>One for each node that is watched, made by Akka, which finds the class by name in hocon/cluster.conf.</remarks>
internal sealed class NodeFailureDetector : PhiAccrualFailureDetector
{
    // Who is known to be dead, for all detectors of an actor system; they have nothing in common but its event stream.
    private static readonly ConditionalWeakTable<EventStream, ConcurrentDictionary<string, bool>> s_dead = [];

    private readonly ConcurrentDictionary<string, bool> _dead;

    /// <summary>Made by Akka.</summary>
    public NodeFailureDetector(Config config, EventStream events) : base(config, events) => _dead = DeadOf(events);

    public override bool IsAvailable => (_dead.IsEmpty || Address is null || !_dead.ContainsKey(Address)) && base.IsAvailable;

    /// <summary>From now on the node counts as silent, until it is heard of again.</summary>
    public static void Declare(ActorSystem system, Address dead) => DeadOf(system.EventStream)[dead.ToString()] = true;

    public override void HeartBeat()
    {
        if (!_dead.IsEmpty && Address is { } address) _dead.TryRemove(address, out _);
        base.HeartBeat();
    }

    private static ConcurrentDictionary<string, bool> DeadOf(EventStream events) => s_dead.GetValue(events, static _ => new(StringComparer.Ordinal));
}
