using Akka.Actor;

namespace CallActors.Cluster;

/// <summary>Takes shards for a node that has started, among those that live nowhere yet, until it has enough or there are no more.</summary>
internal sealed class ShardClaim(ShardsHere here, int wanted, int shards) : UntypedActor, IWithTimers
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(2);

    private readonly HashSet<ushort> _asked = [];
    private int _wishes;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(ShardsHere here, int wanted, int shards) => Props.Create<ShardClaim>(here, wanted, shards);

    protected override void PreStart()
    {
        Ask();
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, AskAgain);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ShardAwake awake:
                _asked.Remove(awake.Shard);
                if (_asked.Count == 0) Ask();
                break;
            case Tick:
                // A region may lose what is under way, as everything between nodes may.
                foreach (var shard in _asked) here.Region.Tell(new WakeShard(shard));
                // When all live elsewhere, some of them will be moved here, and those without calls come to whoever asks for them.
                if (_asked.Count == 0)
                {
                    _wishes = 0;
                    Ask();
                }
                break;
            default: Unhandled(message); break;
        }
    }

    private void Ask()
    {
        for (var missing = wanted - here.Here.Count; missing > 0 && _wishes < shards; missing--)
        {
            var shard = here.Wish(_wishes++);
            _asked.Add(shard);
            here.Region.Tell(new WakeShard(shard));
        }
        if (_asked.Count == 0 && here.Here.Count >= wanted) Context.Stop(Self);
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }
}
