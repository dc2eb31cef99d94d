using Akka.Actor;

namespace CallActors.Cluster;

/// <summary>Tells a call that its shard moves: it sends itself, as an <see cref="ICallStart"/>, through the region to its successor, and stops.</summary>
internal sealed record MoveCall : INoSerializationVerificationNeeded
{
    public static readonly MoveCall Instance = new();
}

/// <summary>Tells all the calls of a shard to move; the sharding's hand-off message.</summary>
internal sealed record MoveShard : INoSerializationVerificationNeeded
{
    public static readonly MoveShard Instance = new();
}
