using Akka.Actor;

namespace CallActors.Cluster;

/// <summary>The move of a shard as its calls see it: they work until each has come to rest, or the time is over, and then go all at once.</summary>
/// <remarks>
/// While sharding hands a shard over it keeps every message for it back, and so the calls that have gone already. A call that went by itself would be nowhere until the last of its shard has come to rest.
/// </remarks>
internal sealed class ShardMove
{
    /// <summary>How long the shard lives on at least: a call that was given to it a moment ago is on its way.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromMilliseconds(100);

    private readonly HashSet<CallKey> _busy = [];
    private bool _isDue;

    /// <summary>Whether the calls have been sent away.</summary>
    public bool HasGone { get; private set; }

    /// <summary>Begins: asks the calls to come to rest.</summary>
    public void Begin(Dictionary<CallKey, IActorRef> calls, IActorRef asker)
    {
        foreach (var (key, call) in calls) Ask(key, call, asker);
    }

    /// <summary>A call that has come late is asked like the others.</summary>
    public void Ask(CallKey key, IActorRef call, IActorRef asker)
    {
        if (HasGone)
        {
            call.Tell(MoveCall.Instance, asker);
            return;
        }
        _busy.Add(key);
        call.Tell(PrepareMove.Instance, asker);
    }

    /// <summary>A call has come to rest, or to its end.</summary>
    public void Rests(CallKey key) => _busy.Remove(key);

    /// <summary>The least time is over.</summary>
    public void IsDue() => _isDue = true;

    /// <summary>Sends the calls away when all rest, or now.</summary>
    /// <returns>Whether they have been sent.</returns>
    public bool Go(Dictionary<CallKey, IActorRef> calls, IActorRef asker, bool now = false)
    {
        if (HasGone) return true;
        if (!now && (!_isDue || _busy.Count > 0)) return false;
        HasGone = true;
        foreach (var call in calls.Values) call.Tell(MoveCall.Instance, asker);
        return true;
    }
}
