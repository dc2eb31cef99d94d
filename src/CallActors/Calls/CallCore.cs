using System.Text;
using CallActors.Cluster;
using CallActors.Connections;
using CallActors.Headers;
using CallActors.Ledger;
using CallActors.Sip.Headers;
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
        _exchange = new LegExchange(this);
        _ending = new CallEnding(this, actor, _flows);
        Timers = new CallTimers(this, actor);
        StartedAt = runtime.Time.GetUtcNow();
    }

    public CallRuntime Runtime { get; }

    public CallFlow Flow { get; }

    public CallKey Key { get; }

    /// <summary>What the call sends outside dialogs.</summary>
    public Requests.CallRequests Requests => field ??= new(this);

    public IReadOnlyList<Leg> Legs => _legs;

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

    /// <summary>Whether the ledger was told of the call.</summary>
    public bool IsInLedger => _keeping.IsInLedger;

    /// <summary>Whether nothing comes any more.</summary>
    public bool IsOver => _ending.IsOver;

    public int NextLeg() => _legs.Count + 1;

    /// <summary>Handles one message of the mailbox, to its end.</summary>
    /// <returns>False when the message is none of ours.</returns>
    public bool Receive(object message)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_context ??= new FlowContext(_actor.Me));
        try
        {
            if (!Handle(message)) return false;
            _ending.EndIfOver();
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
        (a.Peer, b.Peer) = (b, a);
        (a.PeerHeaders, b.PeerHeaders) = (headers, headers);
        Changed();
    }

    /// <inheritdoc cref="LegExchange.Take"/>
    public Task<Leg?> Take(DialogName dialog) => _exchange.Take(dialog);

    /// <inheritdoc cref="CallKeeping.Changed"/>
    public void Changed() => _keeping.Changed();

    /// <summary>Answers whoever waits with 500 and ends every leg: the application failed, or did not answer.</summary>
    public void Abort(string reason) => _ending.Abort(reason);

    /// <summary>A request in a leg's dialog: what every leg does by itself is done here, the rest is the application's.</summary>
    public void OnDialogRequest(Leg leg, Arrived arrived)
    {
        var request = new LegRequest(Runtime, arrived, leg);
        switch (arrived.Request.Method)
        {
            case SipMethod.Bye:
                if (!arrived.IsServers) request.Send(200);
                leg.Finish(new LegEnd(arrived.IsServers ? EndedBy.Server : EndedBy.FarEnd, ReasonOf(arrived.Request) ?? "normal release"));
                break;
            case SipMethod.Prack: request.Send(200); break;
            case SipMethod.Cancel: leg.Session.Cancel(arrived.TransactionId); break;
            case SipMethod.Ack: break;
            default:
                if (arrived.IsServers) break;
                if (IsTaken(leg, request)) break;
                if (leg.Session.IsBegun && request.IsSessionChange) leg.Session.Receive(request);
                else Present(request);
                break;
        }
    }

    /// <summary>Gives a request of a leg's far end to the application.</summary>
    public void Present(LegRequest request) => Run(() => Answered(request));

    /// <summary>A leg's far end holds us, or no longer does.</summary>
    public void OnHold(Leg leg, bool isHeld) => Run(() => _actor.Held(leg, isHeld));

    public void OnProgress(CallProgress progress)
    {
        if (progress.Call.Options.OnProgress is { } told) Run(() => told(progress));
    }

    public void OnAnswered(Leg leg)
    {
        AnsweredAt ??= Runtime.Time.GetUtcNow();
        Changed();
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
        if (!leg.IsOver && leg.Connection is { IsUp: false } && Runtime.Traffic.Find(leg.Server) is null) leg.Finish(new LegEnd(EndedBy.ServerLost, reason));
    });

    /// <summary>The text of a Reason header (RFC 3326), else its cause; null without one.</summary>
    public static string? ReasonOf(SipMessage message)
    {
        if (!ReasonValue.TryParse(message.First(SipHeaderId.Reason), out var reason)) return null;
        if (reason.Parameters.TryFind("text"u8, out var text)) return QuotedText.ToText(text);
        return reason.Cause is { } cause ? $"{Encoding.ASCII.GetString(reason.Protocol)} cause {cause}" : null;
    }

    private bool Handle(object message)
    {
        switch (message)
        {
            case Continuation continuation: continuation.Run(); break;
            case Replied replied: replied.Command.OnReply(replied); break;
            case Responded responded: responded.Command.OnResponse(responded); break;
            case Arrived arrived: OnArrived(arrived); break;
            case Forwarded forwarded: if (forwarded.Arrive(Runtime) is { } here) OnArrived(here); break;
            case CallTimerFired fired: fired.Act(); break;
            case NamedTimerFired timer: if (Timers.Take(timer.Name)) Run(() => _actor.TimerFired(timer.Name)); break;
            case Proxied proxied: proxied.Command.OnProxied(proxied); break;
            case CommandLost lost: lost.Command.OnLost(lost.Reason); break;
            case ConnectionLost lost: foreach (var leg in _legs.ToArray()) leg.OnConnectionLost(lost.Connection, lost.Reason); break;
            case Offered offered: OnOffered(offered); break;
            case Begun begun: OnBegun(begun); break;
            case ConnectionBack back: foreach (var leg in _legs.ToArray()) leg.OnConnectionBack(back.Connection); break;
            case LegWanted wanted: _exchange.Give(wanted); break;
            case LegGiven given: _exchange.OnGiven(given); break;
            case Told told: Run(() => _actor.Hear(told.Message)); break;
            case Restored restored: OnRestored(restored.Snapshot); break;
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

    private void OnRestored(CallSnapshot snapshot)
    {
        if (!_keeping.Restore(snapshot)) return;
        Runtime.Directory.Add(Key, _actor.Me);
        (StartedAt, AnsweredAt) = (snapshot.StartedAt, snapshot.StartedAt);
        Run(_actor.Relocated);
    }

    private Moving Moving => _moving ??= new Moving(this, _actor, _flows, Move, _ending.HangUpAll);

    private void Move()
    {
        _keeping.Move();
        _ending.Leave();
    }

    private void OnArrived(Arrived arrived)
    {
        foreach (var leg in _legs)
        {
            if (leg.IsOver || !leg.Owns(arrived.DialogId, arrived.TransactionId)) continue;
            leg.OnArrived(arrived);
            return;
        }

        // The leg ended while this was under way: its far end needs an answer all the same.
        if (arrived.IsServers || arrived.Request.Method is SipMethod.Ack or SipMethod.Cancel) return;
        Runtime.Traffic.Answer(arrived.Connection, arrived.TransactionId, arrived.Request.Method == SipMethod.Bye ? 200 : 481);
    }

    // What the far end tells of a REFER of ours is no news to the application: it has the outcome.
    private static bool IsTaken(Leg leg, LegRequest request)
    {
        if (request.Message.Method != SipMethod.Notify || leg.Referrals is not { } referrals) return false;
        for (var index = referrals.Count - 1; index >= 0; index--)
        {
            if (referrals[index].Take(request)) return true;
        }

        return false;
    }

    private async Task Answered(LegRequest request)
    {
        try
        {
            await _actor.Requested(request);
        }
        catch
        {
            request.Send(500);
            throw;
        }

        if (!request.IsAnswered) request.Send(200);
    }
}
