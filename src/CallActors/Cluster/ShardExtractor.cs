using System.Globalization;
using Akka.Cluster.Sharding;

namespace CallActors.Cluster;

/// <summary>Tells sharding which shard a message is for. It answers from an array and cannot throw.</summary>
/// <remarks>
/// An exception in here restarts the region, and with it every call of the node ends. Akka's own extractor throws for one hash
/// in 2^32, and a peer may choose it; a key of ours carries its shard as a number, and any number is folded into those there are.
/// </remarks>
internal sealed class ShardExtractor : IMessageExtractor
{
    private readonly string[] _names;

    public ShardExtractor(int shards)
    {
        _names = new string[shards];
        for (var shard = 0; shard < shards; shard++) _names[shard] = shard.ToString(CultureInfo.InvariantCulture);
    }

    // The shard is its own and only entity.
    public string? EntityId(object message) => message switch
    {
        ICallMessage forCall => Name(forCall.Call.Shard),
        WakeShard wake => Name(wake.Shard),
        _ => null,
    };

    public object? EntityMessage(object message) => message;

    public string? ShardId(object message) => EntityId(message);

    public string ShardId(string entityId, object? messageHint = null) => entityId;

    private string Name(ushort shard) => _names[shard % _names.Length];
}
