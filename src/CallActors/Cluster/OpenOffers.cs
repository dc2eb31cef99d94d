using Akka.Actor;
using Akka.Cluster;
using CallActors.Calls;
using CallActors.Keeping;

namespace CallActors.Cluster;

/// <summary>Whoever parents the call has got what it may begin anew with: a server's offer, or what a ledger says of it.</summary>
/// <param name="Call">The call.</param>
/// <param name="Server">The server that offers it; empty for a ledger's word.</param>
internal sealed record OfferTaken(CallKey Call, string Server);

/// <summary>Keeps the offers that go to other nodes until they are there, and tells them again once a node has been removed.</summary>
/// <remarks>
/// A server offers a lost node's calls the moment its connections end. The region still believes that some of those calls' shards are on that very node, and what it sends there is lost; the server
/// says it again after 5 s. Told anew when the node is removed, such a call is back seconds earlier. What reached a living node is answered and forgotten; everything else is after two of the server's own repetitions.
/// </remarks>
internal sealed class OpenOffers(ShardsHere here, RegionCounts counts, TimeSpan patience) : UntypedActor, IWithTimers
{
    /// <summary>How long an offer is kept.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // What is beyond is told once, and left to the server's repetition.
    private const long MostBytes = 64 << 20;
    private const int Slice = 500;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    // The region and the coordinator of shards hear of a removal by ways of their own, a little later or sooner than we do.
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_last = TimeSpan.FromSeconds(4);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly IScheduler _clock = Context.System.Scheduler;
    private readonly Dictionary<(CallKey Call, string Server), Offer> _open = [];
    private readonly Queue<(CallKey Call, string Server)> _due = [];
    private long _bytes;

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="here">Where shards are.</param>
    /// <param name="counts">Shows how many wait.</param>
    /// <param name="patience">How long an offer is kept.</param>
    public static Props PropsFor(ShardsHere here, RegionCounts counts, TimeSpan patience) => Props.Create<OpenOffers>(here, counts, patience);

    protected override void PreStart() => _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Adopted adopted: Take(adopted, adopted.Server, adopted.Blob.Length); break;
            case Restored restored: Take(restored, "", restored.Snapshot.Size); break;
            case OfferTaken taken: Forget((taken.Call, taken.Server)); break;
            case ClusterEvent.MemberRemoved: Again(s_first); break;
            case TellAgain again: TellAll(again.Wait); break;
            case NextSlice: TellSome(); break;
            case Sweep: ForgetOld(); break;
            default: Unhandled(message); break;
        }
    }

    private void Take(ICallStart start, string server, int size)
    {
        var key = (start.Call, server);
        Forget(key);
        here.Offer(start, Self);
        if (_bytes + size > MostBytes) return;
        if (_open.Count == 0) Timers.StartPeriodicTimer(Sweep.Instance, Sweep.Instance, patience / 5);
        _open.Add(key, new Offer(start, size, _clock.MonotonicClock));
        _bytes += size;
        counts.OpenOffers = _open.Count;
    }

    private void Forget((CallKey, string) key)
    {
        if (!_open.Remove(key, out var offer)) return;
        _bytes -= offer.Size;
        counts.OpenOffers = _open.Count;
        if (_open.Count == 0) Timers.Cancel(Sweep.Instance);
    }

    private void ForgetOld()
    {
        var now = _clock.MonotonicClock;
        foreach (var (key, offer) in _open.ToArray())
        {
            if (now - offer.Since >= patience) Forget(key);
        }
    }

    private void Again(TimeSpan wait) => Timers.StartSingleTimer(TellAgain.Name, new TellAgain(wait), wait);

    private void TellAll(TimeSpan waited)
    {
        _due.Clear();
        foreach (var key in _open.Keys) _due.Enqueue(key);
        TellSome();
        if (2 * waited < s_last) Again(2 * waited);
    }

    private void TellSome()
    {
        for (var told = 0; told < Slice && _due.TryDequeue(out var key);)
        {
            if (!_open.TryGetValue(key, out var offer)) continue;
            here.Offer(offer.Start, Self);
            told++;
        }
        if (_due.Count > 0) Timers.StartSingleTimer(NextSlice.Instance, NextSlice.Instance, s_pause);
    }

    private sealed record Offer(ICallStart Start, int Size, TimeSpan Since);

    private sealed record TellAgain(TimeSpan Wait) : INoSerializationVerificationNeeded
    {
        public const string Name = "again";
    }

    private sealed record NextSlice : INoSerializationVerificationNeeded
    {
        public static readonly NextSlice Instance = new();
    }

    private sealed record Sweep : INoSerializationVerificationNeeded
    {
        public static readonly Sweep Instance = new();
    }
}
