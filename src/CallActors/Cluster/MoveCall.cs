using Akka.Actor;

namespace CallActors.Cluster;

/// <summary>Asks a call to say, with <see cref="CallIsIdle"/>, as soon as nothing is under way in it: its shard is to move.</summary>
internal sealed record PrepareMove : INoSerializationVerificationNeeded
{
    public static readonly PrepareMove Instance = new();
}

/// <summary>The call can move, or will have to.</summary>
internal sealed record CallIsIdle(CallKey Call) : INoSerializationVerificationNeeded;

/// <summary>Tells a call that its shard moves: it gives itself, with <see cref="CallHasGone"/>, to its parent.</summary>
internal sealed record MoveCall : INoSerializationVerificationNeeded
{
    public static readonly MoveCall Instance = new();
}

/// <summary>The call is no more here. It hears on until its parent stops it, and sends after its successor what still comes.</summary>
/// <param name="Successor">What it goes on with wherever the shard goes.</param>
internal sealed record CallHasGone(ICallStart Successor) : INoSerializationVerificationNeeded;

/// <summary>Tells all the calls of a shard to move; the sharding's hand-off message.</summary>
internal sealed record MoveShard : INoSerializationVerificationNeeded
{
    public static readonly MoveShard Instance = new();
}
