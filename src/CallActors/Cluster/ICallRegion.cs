using Akka.Actor;
using CallActors.Transfers;

namespace CallActors.Cluster;

/// <summary>Makes the Props of a call that begins with this message, or null when no flow of that name is known here.</summary>
internal delegate Props? CallProps(ICallStart start);

/// <summary>Where messages for calls go, with a cluster and without.</summary>
internal interface ICallRegion
{
    /// <summary>Takes every <see cref="ICallMessage"/> to its call, wherever that lives.</summary>
    IActorRef Region { get; }

    /// <summary>Takes a message to its call: straight where that lives here, in a form that can travel where it lives elsewhere.</summary>
    void Deliver(ICallMessage message);

    /// <summary>The call that holds a dialog on another node; null for none.</summary>
    Task<CallKey?> FindDialog(DialogName dialog) => Task.FromResult<CallKey?>(null);

    /// <summary>Tells the other nodes that a dialog which came from one of them is over.</summary>
    void Forget(DialogOver over)
    {
    }

    /// <summary>A shard for a new call: one that lives on this node, whenever there is one.</summary>
    ushort NextShard();

    /// <summary>Takes a message that a call begins with on this node, in a shard of <see cref="NextShard"/>.</summary>
    void Begin(ICallStart start);

    /// <summary>Whether there is a shard for a new call.</summary>
    bool HasPlace { get; }

    /// <summary>The node leaves: its shards go to others, in the time that calls are given.</summary>
    void Leave(TimeSpan limit);

    /// <summary>Whether calls may begin here: always without a cluster; with one while the node is up in it and has a place for them.</summary>
    bool IsUp { get; }
}
