using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Cluster;
using CallActors.Calls;
using CallActors.Connections;
using CallActors.Ledger;
using Microsoft.Extensions.Logging;

namespace CallActors.Cluster;

/// <summary>When the ledger of a dead node is seen to.</summary>
/// <param name="Settle">How long its calls have to be found again, by whatever way, before its rows are removed.</param>
/// <param name="Loss">How long a node may have been dead before it was removed: a server that began a new run since then may have forgotten its calls.</param>
/// <param name="Look">How often it is looked at.</param>
internal sealed record TakeoverTimes(TimeSpan Settle, TimeSpan Loss, TimeSpan Look)
{
    public static TakeoverTimes Of(LedgerOptions options) => new(options.Grace, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(1));
}

/// <summary>Sees to what dead nodes have written: where a server cannot give their calls to others, the ledger's word of them is offered once; in the end the rows are removed.</summary>
/// <remarks>
/// Every node hears of deaths, for whoever is on duty may be the next to die; only the one on duty acts. What it does twice does no harm: a call that is alive ignores the offer, and rows that are gone are none.
/// Rows are under the name of the run that wrote them. That run is out of the cluster and ends by itself; a node that starts again under the same name writes under another, and has made the rows its own.
/// </remarks>
internal sealed partial class DeadLedgers(LedgerRuns runs, Action<ICallStart> offer, TakeoverTimes times, ILogger logger) : UntypedActor, IWithTimers
{
    // A cluster does not lose as many within a minute.
    private const int Most = 256;
    private const int Slice = 500;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly IScheduler _clock = Context.System.Scheduler;
    private readonly ServerOutlook _servers = new();
    private readonly Dictionary<string, Dead> _dead = new(StringComparer.Ordinal);
    private readonly Queue<CallSnapshot> _offers = [];
    private bool _isOnDuty;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(LedgerRuns runs, Action<ICallStart> offer, TakeoverTimes times, ILogger logger) => Props.Create<DeadLedgers>(runs, offer, times, logger);

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(ServerState));
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));
        Timers.StartPeriodicTimer(Look.Instance, Look.Instance, times.Look);
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _cluster.Unsubscribe(Self);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ServerState state: _servers.Hear(state, _clock.MonotonicClock); break;
            // Who left in good order has handed its calls over, and its ledger is closed.
            case ClusterEvent.MemberRemoved { PreviousStatus: MemberStatus.Down } removed: Add(removed.Member); break;
            case OnDuty duty: _isOnDuty = duty.IsOn; break;
            case Look: LookAtAll(); break;
            case Found found: OnFound(found); break;
            case Removed removed: OnRemoved(removed); break;
            case Failed failed: OnFailed(failed); break;
            case NextSlice: OfferSome(); break;
        }
    }

    private void Add(Member member)
    {
        foreach (var role in member.Roles)
        {
            if (!role.StartsWith(LedgerId.Role, StringComparison.Ordinal) || role.Length != LedgerId.Role.Length + LedgerId.RunLength) continue;
            if (_dead.Count < Most) _dead[role[LedgerId.Role.Length..]] = new(NodeAddress.Of(member.Address), _clock.MonotonicClock);
        }
    }

    private void LookAtAll()
    {
        var now = _clock.MonotonicClock;
        foreach (var (run, dead) in _dead)
        {
            // What somebody else was to see to, and did not while it lived, is seen to by whoever is next on duty.
            if (!_isOnDuty || dead.IsBusy || now < dead.NotBefore) continue;
            if (!dead.IsRead && !_servers.CanAllHelp(dead.Since - times.Loss)) Begin(dead, () => new Found(run, runs.Read(run)), run);
            else if (now - dead.Since >= times.Settle) Begin(dead, () => new Removed(run, runs.Remove(run)), run);
        }
    }

    private void Begin(Dead dead, Func<object> work, string run)
    {
        dead.IsBusy = true;
        DoAsync(work, run).PipeTo(Self, Self);
    }

    private static async Task<object> DoAsync(Func<object> work, string run)
    {
        try
        {
            return await Task.Run(work).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            return new Failed(run, failure);
        }
    }

    private void OnFound(Found found)
    {
        if (!_dead.TryGetValue(found.Run, out var dead)) return;
        // Its calls are given the whole time from here on.
        (dead.IsBusy, dead.IsRead, dead.Since) = (false, true, _clock.MonotonicClock);
        var before = _offers.Count;
        foreach (var (_, (snapshot, _)) in found.Replay.Living)
        {
            if (IsNeeded(snapshot)) _offers.Enqueue(snapshot);
        }
        LogFound(logger, dead.Node, found.Replay.Rows.Count, found.Replay.Living.Count, _offers.Count - before);
        OfferSome();
    }

    // Where the servers offer all of it, what they kept is newer than what the disk has.
    private bool IsNeeded(CallSnapshot snapshot)
    {
        if (snapshot.Legs.IsEmpty) return true;
        foreach (var leg in snapshot.Legs)
        {
            if (!_servers.CanHelp(leg.Server, leg.Run)) return true;
        }
        return false;
    }

    private void OfferSome()
    {
        for (var told = 0; told < Slice && _offers.TryDequeue(out var snapshot); told++) offer(new Restored(snapshot, IsFromLedger: true));
        if (_offers.Count > 0) Timers.StartSingleTimer(NextSlice.Instance, NextSlice.Instance, s_pause);
    }

    private void OnRemoved(Removed removed)
    {
        if (!_dead.Remove(removed.Run, out var dead)) return;
        if (removed.Rows > 0) LogRemoved(logger, dead.Node, removed.Rows);
    }

    private void OnFailed(Failed failed)
    {
        if (!_dead.TryGetValue(failed.Run, out var dead)) return;
        if (!dead.HasFailed) LogFailed(logger, failed.Failure, dead.Node, failed.Failure.Message);
        // A row of a later release is left to a node that can read it.
        if (failed.Failure is SerializationException) _dead.Remove(failed.Run);
        (dead.IsBusy, dead.HasFailed, dead.NotBefore) = (false, true, _clock.MonotonicClock + 5 * times.Look);
    }

    /// <summary>A node that is dead, by what it wrote under.</summary>
    private sealed class Dead(NodeAddress node, TimeSpan since)
    {
        public NodeAddress Node => node;

        /// <summary>When it was removed, or its calls were offered.</summary>
        public TimeSpan Since { get; set; } = since;

        public TimeSpan NotBefore { get; set; }

        public bool IsRead { get; set; }

        public bool IsBusy { get; set; }

        public bool HasFailed { get; set; }
    }

    private sealed record Found(string Run, LedgerReplay Replay) : INoSerializationVerificationNeeded;

    private sealed record Removed(string Run, int Rows) : INoSerializationVerificationNeeded;

    private sealed record Failed(string Run, Exception Failure) : INoSerializationVerificationNeeded;

    private sealed record Look : INoSerializationVerificationNeeded
    {
        public static readonly Look Instance = new();
    }

    private sealed record NextSlice : INoSerializationVerificationNeeded
    {
        public static readonly NextSlice Instance = new();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "cluster: the ledger of {Node} has {Rows} rows and {Calls} living calls; {Offered} of them, which no server can give away, are offered")]
    private static partial void LogFound(ILogger logger, NodeAddress node, int rows, int calls, int offered);

    [LoggerMessage(Level = LogLevel.Information, Message = "cluster: {Rows} rows that {Node} had written are removed")]
    private static partial void LogRemoved(ILogger logger, NodeAddress node, int rows);

    [LoggerMessage(Level = LogLevel.Warning, Message = "cluster: the ledger of {Node} cannot be taken over: {Reason}")]
    private static partial void LogFailed(ILogger logger, Exception failure, NodeAddress node, string reason);
}
