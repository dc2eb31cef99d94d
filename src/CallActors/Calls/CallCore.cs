using System.Collections.Immutable;
using CallActors.Cluster;
using CallActors.Connections;
using CallActors.Control;
using CallActors.Headers;
using CallActors.Keeping;
using CallActors.Ledger;
using CallActors.Sip.Messages;
using CallActors.Targets;
using CallActors.Transfers;

namespace CallActors.Calls;

/// <summary>What runs a call: its legs, its flows, and the end of both. Everything happens in the call's mailbox.</summary>
internal sealed class CallCore
{
    private readonly CallActor _actor;
    private readonly List<Leg> _legs = [];
    private readonly RunningFlows _flows;
    private readonly CallKeeping _keeping;
    private readonly Reclaiming _reclaiming;
    private readonly LegExchange _exchange;
    private readonly CallEnding _ending;
    private readonly WrittenConnections _written = new();
    private Moving? _moving;
    private FlowContext? _context;

    public CallCore(CallRuntime runtime, CallFlow flow, CallKey key, CallActor actor)
    {
        Runtime = runtime;
        Flow = flow;
        Key = key;
        _actor = actor;
        _flows = new RunningFlows(this);
        _keeping = new CallKeeping(this, actor);
        _reclaiming = new Reclaiming(this, _keeping, actor);
        _exchange = new LegExchange(this);
        Dialogs = new DialogEvents(this, actor);
        _ending = new CallEnding(this, actor, _flows);
        Timers = new CallTimers(this, actor);
        StartedAt = runtime.Time.GetUtcNow();
    }

    public CallRuntime Runtime { get; }

    public CallFlow Flow { get; }

    public CallKey Key { get; }

    /// <summary>What the call sends outside dialogs.</summary>
    public Requests.CallRequests Requests => field ??= new(this);

    // To go through it as what it is costs nothing on the heap.
    public List<Leg> Legs => _legs;

    /// <summary>Requests in the legs' dialogs.</summary>
    public DialogEvents Dialogs { get; }

    public DateTimeOffset StartedAt { get; private set; }

    public DateTimeOffset? AnsweredAt { get; private set; }

    /// <summary>What escaped the flow; null when nothing did.</summary>
    public Exception? Failure => _flows.Failure;

    /// <summary>The request that the call began with; null for a call that the application began.</summary>
    public IncomingRequest? Request { get; private set; }

    /// <summary>The caller; null for a call that did not begin with an INVITE.</summary>
    public IncomingCall? Caller { get; private set; }

    /// <summary>The timers of the application and of the runtime.</summary>
    public CallTimers Timers { get; }

    /// <summary>The key as a text; also our tag towards the caller, for it is ours alone.</summary>
    public string KeyText => field ??= Key.ToString();

    /// <summary>The legs that were over before the call came here.</summary>
    public ImmutableArray<LegRecord> Past { get; private set; } = [];

    /// <summary>Whether the caller's INVITE was lost with its connection before an answer: the server offers it to whoever stands in for this node.</summary>
    public bool IsOfferedAgain => Caller is { IsAnswered: false, End.By: EndedBy.ServerLost } caller && caller.Invite.Connection.Grants(ExtensionFeatures.Adopt);

    /// <summary>The number of the leg that began last.</summary>
    public int LastLeg { get; private set; }

    /// <summary>Whether nothing comes any more.</summary>
    public bool IsOver => _ending.IsOver;

    public int NextLeg() => ++LastLeg;

    /// <summary>Handles one message of the mailbox, to its end.</summary>
    /// <returns>False when the message is none of ours.</returns>
    public bool Receive(object message)
    {
        if (_ending.HasMoved)
        {
            if (message is ICallMessage late) Runtime.Deliver(late);
            return true;
        }

        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_context ??= new FlowContext(_actor.Me));
        try
        {
            if (!Handled(message)) return false;
            if (!_reclaiming.IsReturning) _ending.EndIfOver();
            _keeping.WriteDown();
            _moving?.Look();
            return true;
        }
        finally
        {
            _written.Flush();
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    /// <summary>Runs a part of the flow. What escapes it ends the call.</summary>
    public void Run(Func<Task> part) => _flows.Run(part);

    /// <inheritdoc cref="RunningFlows.Note"/>
    public void Note(Exception failure) => _flows.Note(failure);

    /// <inheritdoc cref="RunningFlows.Fail"/>
    public void Fail(Exception failure) => _flows.Fail(failure);

    /// <summary>The timers that the application has set, those included that wait for the call to have its dialogs.</summary>
    public ImmutableArray<TimerSnapshot> KeptTimers => _reclaiming.Returning is { } snapshot ? snapshot.Timers : Timers.Kept();

    /// <inheritdoc cref="CallKeeping.IsClaiming"/>
    public bool IsClaiming => _keeping.IsClaiming;

    /// <inheritdoc cref="CallTimers.After"/>
    public void After(TimeSpan delay, Action act) => Timers.After(delay, act);

    /// <summary>A connection was written to and is flushed when the message is done with.</summary>
    public void Touch(ServerConnection connection) => _written.Add(connection);

    public void Add(Leg leg) => _legs.Add(leg);

    public OutgoingCall Dial(CallTarget target, CallOptions options)
    {
        var connection = options.Server is { } server ? Runtime.Traffic.Find(server)
            : Caller?.Connection ?? Request?.Connection ?? Runtime.Traffic.Find(null);
        var call = new OutgoingCall(this, connection, target, options);
        _legs.Add(call);
        call.Start();
        return call;
    }

    /// <summary>From now on two legs belong together.</summary>
    public void Link(Leg a, Leg b, HeaderPolicy headers)
    {
        // What was promised is known already to whoever keeps the call.
        if (a.PromisedPeer != b || b.PromisedPeer != a) Changed();
        (a.PromisedPeer, b.PromisedPeer) = (null, null);
        (a.Peer, b.Peer) = (b, a);
        (a.PeerHeaders, b.PeerHeaders) = (headers, headers);
    }

    /// <summary>Two legs will belong together once the caller is answered, or not at all.</summary>
    public static void Promise(Leg a, Leg b, HeaderPolicy headers)
    {
        (a.PromisedPeer, b.PromisedPeer) = (b, a);
        (a.PeerHeaders, b.PeerHeaders) = (headers, headers);
    }

    /// <inheritdoc cref="CallKeeping.Keep"/>
    public void Keep(Leg leg) => _keeping.Keep(leg);

    /// <inheritdoc cref="CallKeeping.GiveUp"/>
    public void GiveUp() => _keeping.GiveUp();

    /// <inheritdoc cref="CallKeeping.LetGo"/>
    public void LetGo() => _keeping.LetGo();

    /// <summary>The call goes on elsewhere: here it ends without a word to anybody.</summary>
    public void Leave() => _ending.Leave(_keeping);

    /// <inheritdoc cref="LegExchange.Take"/>
    public Task<Leg?> Take(DialogName dialog) => _exchange.Take(dialog);

    /// <inheritdoc cref="CallKeeping.Changed"/>
    public void Changed() => _keeping.Changed();

    /// <summary>Answers whoever waits with 500 and ends every leg: the application failed, or did not answer.</summary>
    public void Abort(string reason) => _ending.Abort(reason);

    /// <summary>A leg's far end holds us, or no longer does.</summary>
    public void OnHold(Leg leg, bool isHeld) => Run(() => _actor.Held(leg, isHeld));

    public void OnProgress(CallProgress progress)
    {
        if (progress.Call.Options.OnProgress is { } told) Run(() => told(progress));
    }

    public void OnAnswered(Leg leg)
    {
        AnsweredAt ??= Runtime.Time.GetUtcNow();
        Runtime.Counters.Answered(leg);
    }

    public void OnAcknowledged(IncomingCall leg) => _actor.Acknowledged(leg);

    public void OnLegOver(Leg leg, LegEnd end)
    {
        // Whoever we called and who never answered is told of by the call's outcome: nobody else's leg ends with it.
        var wasTalkedTo = leg.IsAnswered || leg is not OutgoingCall;
        if (wasTalkedTo && (end.By != EndedBy.Us || leg.Peer is not null)) Run(() => _actor.HungUp(leg, end));
        if (leg.IsAnswered) Changed();
    }

    /// <summary>The server of an answered leg is out of reach: the dialog is kept for a while, for it may come back.</summary>
    public void Detach(Leg leg, string reason) => After(Runtime.Options.DetachedFor, () =>
    {
        if (!leg.IsOver && leg.Connection is not { IsUp: true } && Runtime.Traffic.Find(leg.Server) is null) leg.Finish(new LegEnd(EndedBy.ServerLost, reason));
    });

    // What escapes here would stop the actor, and nobody would ever end its legs: a callback of the application's, or a mistake of ours.
    private bool Handled(object message)
    {
        try
        {
            return Handle(message);
        }
        catch (Exception failure)
        {
            _flows.Fail(failure);
            return true;
        }
    }

    private bool Handle(object message)
    {
        switch (message)
        {
            case Continuation continuation: continuation.Run(); break;
            case Replied replied: replied.Command.OnReply(replied); break;
            case Responded responded: responded.Command.OnResponse(responded); break;
            case Arrived arrived: Dialogs.OnArrived(arrived); break;
            case Forwarded forwarded: Dialogs.OnForwarded(forwarded); break;
            case CallTimerFired fired: fired.Act(); break;
            case NamedTimerFired timer: if (Timers.Take(timer.Name)) Run(() => _actor.TimerFired(timer.Name)); break;
            case Proxied proxied: proxied.Command.OnProxied(proxied); break;
            case CommandLost lost: lost.Command.OnLost(lost.Reason); break;
            case ConnectionLost lost: OnConnectionLost(lost); break;
            case Offered offered: OnOffered(offered); break;
            case Begun begun: OnBegun(begun); break;
            case ConnectionBack back: OnConnectionBack(back.Connection); break;
            case Remembered remembered: OnRemembered(remembered); break;
            case Asked asked: _reclaiming.OnAsked(asked); break;
            case Adopted adopted: OnAdopted(adopted); break;
            case LegWanted wanted: _exchange.Give(wanted); break;
            case LegGiven given: _exchange.OnGiven(given); break;
            case Told told: Run(() => _actor.Hear(told.Message)); break;
            case Restored restored: if (IsRestored(restored.Snapshot)) _reclaiming.Begin(restored.Snapshot, restored.IsFromLedger); break;
            case PrepareMove: Moving.Prepare(); break;
            case MoveCall: Moving.Go(); break;
            case EndCall end: _ending.HangUpAll(end.Reason); break;
            default: return false;
        }

        return true;
    }

    private void OnOffered(Offered offered)
    {
        // A region tells a call twice of its beginning only when somebody else's offer met this key: there is no such thing.
        if (Request is not null) return;
        Runtime.Directory.Add(Key, _actor.Me);
        Request = offered.Request;
        Request.Core = this;
        if (Request.Message.Method == SipMethod.Invite)
        {
            Caller = new IncomingCall(this, Request);
            _legs.Add(Caller);
        }

        Run(() => Runtime.Requests.Invoke(Request, () => _actor.Begin(Request, Caller)));
        if (!Request.IsAnswered && !IsOver && Request.Message.Method != SipMethod.Ack) After(Runtime.Options.UnansweredAfter, _ending.GiveUp);
    }

    private void OnBegun(Begun begun)
    {
        Runtime.Directory.Add(Key, _actor.Me);
        Run(() => _actor.Start(begun.Argument));
    }

    private bool IsRestored(CallSnapshot snapshot)
    {
        if (!_keeping.Restore(snapshot)) return false;
        Runtime.Directory.Add(Key, _actor.Me);
        (StartedAt, AnsweredAt, Past) = (snapshot.StartedAt, snapshot.AnsweredAt, snapshot.Past);
        LastLeg = Math.Max(LastLeg, snapshot.LastLeg);
        return true;
    }

    private void OnAdopted(Adopted adopted)
    {
        // Whoever made the actor has read the blob; a call that is alive needs none.
        if (_legs.Count > 0 || Request is not null || adopted.Snapshot is not { } snapshot || !IsRestored(snapshot))
        {
            _reclaiming.OnOffered(adopted);
            return;
        }

        _keeping.Offered(adopted.Server, adopted.Run, adopted.Incarnation);
        _reclaiming.Begin(snapshot, mayBeElsewhere: true);
    }

    private void OnConnectionLost(ConnectionLost lost)
    {
        _reclaiming.OnLost(lost.Connection);
        foreach (var leg in _legs.ToArray()) leg.OnConnectionLost(lost.Connection, lost.Reason);
    }

    private void OnConnectionBack(ServerConnection connection)
    {
        _reclaiming.OnBack(connection);
        foreach (var leg in _legs.ToArray())
        {
            if (leg.Ownership is null) leg.OnConnectionBack(connection);
        }
    }

    private void OnRemembered(Remembered remembered)
    {
        foreach (var leg in _legs)
        {
            if (leg.IsOver || leg.DialogId != remembered.DialogId) continue;
            leg.ServerState = remembered.State;
            if (leg.Ownership is { } session) session.IsConfirmed = true;
            _keeping.Learned();
        }
    }

    private Moving Moving => _moving ??= new Moving(this, _actor, _flows, Move, _ending.HangUpAll);

    private void Move() => _ending.Leave(_keeping, _keeping.Successor());
}
