using Akka.Actor;

namespace CallActors.Cluster;

/// <summary>Asks a call to say, with <see cref="CallIsIdle"/>, as soon as nothing is under way in it: its shard is to move.</summary>
internal sealed record PrepareMove : INoSerializationVerificationNeeded
{
    public static readonly PrepareMove Instance = new();
}

/// <summary>The call can move, or will have to.</summary>
internal sealed record CallIsIdle(CallKey Call) : INoSerializationVerificationNeeded;

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
