using Akka.Actor;
using Akka.Event;
using CallActors.Keeping;
using CallActors.Mailboxes;

namespace CallActors.Cluster;

/// <summary>The parent of calls: of all of them without a cluster, of a shard's with one.</summary>
/// <remarks>
/// With a cluster it is what Akka calls an entity: sharding places 256 of these and knows nothing of calls. So a call costs the
/// same in both, its extractor answers without making a string, and a late message for a call that is over makes no new one,
/// which sharding would do. The price is one hop more.
/// </remarks>
internal sealed class CallsActor(CallProps props, RegionCounts counts, ShardsHere? shards, ushort shard) : UntypedActor, IWithTimers
{
    private readonly Dictionary<CallKey, IActorRef> _calls = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ShardMove? _move;
    private int _gone;

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="system">Where it will live. Without the configuration of ours its threads are those of all actors.</param>
    /// <param name="props">Makes the actor of a call.</param>
    /// <param name="counts">Counts what happens.</param>
    /// <param name="shards">With a cluster: where shards are.</param>
    /// <param name="shard">With a cluster: which one this is.</param>
    public static Props PropsFor(ActorSystem system, CallProps props, RegionCounts counts, ShardsHere? shards = null, ushort shard = 0) =>
        Props.CreateBy(new Producer(props, counts, shards, shard)).WithDispatcher(CallExecutorConfigurator.DispatcherIn(system));

    protected override void PreStart() => shards?.Add(shard, Self);

    protected override void PostStop()
    {
        shards?.Forget(shard, Self);
        counts.HasEnded(_calls.Count + _gone);
    }

    // A call that fails takes no other with it, and is not begun again from nothing.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ICallMessage forCall: Deliver(forCall); break;
            case Terminated terminated: Ended(terminated.ActorRef); break;
            case WakeShard wake: Sender.Tell(new ShardAwake(wake.Shard)); break;
            case MoveShard: Move(); break;
            case CallIsIdle idle: Rests(idle.Call); break;
            case CallHasGone gone: Follow(gone.Successor); break;
            case MoveIsDue:
                _move?.IsDue();
                GoOn();
                break;
            case MoveIsOver: GoOn(now: true); break;
            case Empty: Context.Stop(Self); break;
            default: Unhandled(message); break;
        }
    }

    private void Deliver(ICallMessage message)
    {
        if (_calls.TryGetValue(message.Call, out var call))
        {
            call.Tell(message, Sender);
            if (message is ICallStart offer) Taken(offer);
        }
        // What began on this node has no other; one that lives on elsewhere is to begin where the shard goes, and the region holds it until the shard is there.
        else if (message is ICallStart start && (_move is null || start is INoSerializationVerificationNeeded))
        {
            Begin(start);
            Taken(start);
        }
        else if (_move is not null) shards!.Forward(message, Sender);
        else counts.IsForNobody(message);
    }

    // Whoever keeps the offer until it is here need not any longer.
    private void Taken(ICallStart start)
    {
        if (start is INoSerializationVerificationNeeded || Sender.IsNobody()) return;
        Sender.Tell(new OfferTaken(start.Call, start is Adopted adopted ? adopted.Server : ""), Self);
    }

    private void Begin(ICallStart start)
    {
        if (TryMake(start) is not { } made)
        {
            counts.HasUnknownFlow();
            return;
        }
        var call = Context.Watch(Context.ActorOf(made, start.Call.ToString()));
        _calls.Add(start.Call, call);
        counts.HasBegun();
        call.Tell(start, Sender);
        _move?.Ask(start.Call, call, Self);
    }

    // Out of here no exception may come, or all calls of the shard would end: not for a flow that a ledger knows and this release does not.
    private Props? TryMake(ICallStart start)
    {
        try
        {
            if (props(start) is { } made) return made;
            _log.Warning("Call {Call} cannot begin: no flow is called {Flow} here.", start.Call, start.Flow);
        }
        catch (Exception failure)
        {
            _log.Error(failure, "Call {Call} of flow {Flow} cannot begin.", start.Call, start.Flow);
        }
        return null;
    }

    private void Ended(IActorRef call)
    {
        if (!CallKey.TryParse(call.Path.Name, out var key)) return;
        if (!_calls.Remove(key)) _gone--;
        counts.HasEnded();
        if (_move is not null) Rests(key);
    }

    // The call is told nothing any more but to stop, which it hears last. Had it told its successor itself, that would have come back to it as long as it was still among the calls.
    private void Follow(ICallStart successor)
    {
        if (!_calls.Remove(successor.Call, out var call)) return;
        _gone++;
        shards!.Forward(successor, ActorRefs.NoSender);
        call.Tell(PoisonPill.Instance, ActorRefs.NoSender);
    }

    // From here on no new call takes this shard. Sharding stops what is left when its handoff-timeout is over.
    private void Move()
    {
        if (_move is not null) return;
        shards?.Remove(shard);
        // The last node has nowhere to send its calls, and would wait for it until it is stopped. They stay in the ledger and on their servers.
        if (shards is not { CanMove: true })
        {
            Context.Stop(Self);
            return;
        }
        _move = new ShardMove();
        _move.Begin(_calls, Self);
        Timers.StartSingleTimer(MoveIsDue.Instance, MoveIsDue.Instance, ShardMove.Least);
        Timers.StartSingleTimer(MoveIsOver.Instance, MoveIsOver.Instance, shards.MoveLimit);
    }

    private void Rests(CallKey call)
    {
        _move?.Rests(call);
        GoOn();
    }

    private void GoOn(bool now = false)
    {
        if (_move?.Go(_calls, Self, now) != true || _calls.Count > 0 || _gone > 0) return;
        // Who has found this shard here until now is heard before it stops.
        shards!.Forget(shard, Self);
        Self.Tell(Empty.Instance);
    }

    private sealed record Empty : INoSerializationVerificationNeeded
    {
        public static readonly Empty Instance = new();
    }

    private sealed record MoveIsDue : INoSerializationVerificationNeeded
    {
        public static readonly MoveIsDue Instance = new();
    }

    private sealed record MoveIsOver : INoSerializationVerificationNeeded
    {
        public static readonly MoveIsOver Instance = new();
    }

    private sealed class Producer(CallProps props, RegionCounts counts, ShardsHere? shards, ushort shard) : IIndirectActorProducer
    {
        public Type ActorType => typeof(CallsActor);

        public ActorBase Produce() => new CallsActor(props, counts, shards, shard);

        public void Release(ActorBase actor) { }
    }
}
