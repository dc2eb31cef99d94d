using System.Text;
using CallActors.Cluster;
using CallActors.Connections;
using CallActors.Headers;
using CallActors.Ledger;
using CallActors.Transfers;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;
using Microsoft.Extensions.Logging;

namespace CallActors.Calls;

/// <summary>What runs a call: its legs, its flows, and the end of both. Everything happens in the call's mailbox.</summary>
internal sealed partial class CallCore(CallRuntime runtime, CallFlow flow, CallKey key, CallActor actor)
{
    private static readonly Dictionary<string, DateTimeOffset> s_noTimers = [];

    private readonly List<Leg> _legs = [];
    private FlowContext? _context;
    private ServerConnection? _written;
    private List<ServerConnection>? _alsoWritten;
    private Dictionary<string, DateTimeOffset>? _timers;
    private int _running;
    private long _lastTimer;
    private bool _isEnding;
    private bool _isOver;
    private bool _hasChanged;
    private long _version;
    private long _lastWanted;
    private Dictionary<long, TaskCompletionSource<LegSnapshot?>>? _wanted;

    public CallRuntime Runtime { get; } = runtime;

    public CallFlow Flow { get; } = flow;

    public CallKey Key { get; } = key;

    public IReadOnlyList<Leg> Legs => _legs;

    public DateTimeOffset StartedAt { get; private set; } = runtime.Time.GetUtcNow();

    public DateTimeOffset? AnsweredAt { get; private set; }

    public Exception? Failure { get; private set; }

    /// <summary>The request that the call began with; null for a call that the application began.</summary>
    public IncomingRequest? Request { get; private set; }

    /// <summary>The caller; null for a call that did not begin with an INVITE.</summary>
    public IncomingCall? Caller { get; private set; }

    /// <summary>The timers that the application set and that have not fired, by name.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Timers => _timers ?? s_noTimers;

    /// <summary>Whether the ledger was told of the call.</summary>
    public bool IsInLedger { get; private set; }

    public int NextLeg() => _legs.Count + 1;

    /// <summary>Handles one message of the mailbox, to its end.</summary>
    /// <returns>False when the message is none of ours.</returns>
    public bool Receive(object message)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_context ??= new FlowContext(actor.Me));
        try
        {
            if (!Handle(message)) return false;
            EndIfOver();
            if (_hasChanged) WriteDown();
            return true;
        }
        finally
        {
            Flush();
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    /// <summary>Runs a part of the flow. What escapes it ends the call.</summary>
    public void Run(Func<Task> part)
    {
        Task task;
        try
        {
            task = part();
        }
        catch (Exception e)
        {
            Fail(e);
            return;
        }

        if (task.IsCompletedSuccessfully) return;
        _running++;
        _ = Await(task);
    }

    /// <summary>Does something later, in the mailbox. Like every timer of the project it is never cancelled: it looks at what it finds.</summary>
    public void After(TimeSpan delay, Action act) =>
        actor.Timers.StartSingleTimer(++_lastTimer, new CallTimerFired(act), delay);

    /// <summary>A connection was written to and is flushed when the message is done with.</summary>
    public void Touch(ServerConnection connection)
    {
        if (_written is null || _written == connection) _written = connection;
        else (_alsoWritten ??= []).Add(connection);
    }

    public OutgoingCall Dial(string target, CallOptions options)
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

    /// <summary>Asks whichever call holds a dialog for the leg that is bridged with it, and adopts that leg.</summary>
    /// <returns>The leg, now one of this call's; null when there is none.</returns>
    public async Task<Leg?> Take(DialogName dialog)
    {
        if (FindHere(dialog) is { Peer: { IsOver: false } own }) return own;
        if (!Runtime.TryFindDialog(dialog, out var holder) || holder == Key) return null;
        var number = ++_lastWanted;
        var given = new TaskCompletionSource<LegSnapshot?>();
        (_wanted ??= [])[number] = given;
        After(TimeSpan.FromSeconds(5), () => given.TrySetResult(null));
        Runtime.Deliver(new LegWanted(holder, Key, number, dialog));
        if (await given.Task is not { } snapshot) return null;
        var leg = new AdoptedLeg(this, Runtime.Traffic.Find(snapshot.Server), snapshot);
        _legs.Add(leg);
        Changed();
        return leg;
    }

    public void SetTimer(string name, TimeSpan after)
    {
        (_timers ??= [])[name] = Runtime.Time.GetUtcNow() + after;
        actor.Timers.StartSingleTimer(name, new NamedTimer(name), after);
        Changed();
    }

    public void CancelTimer(string name)
    {
        if (_timers?.Remove(name) != true) return;
        actor.Timers.Cancel(name);
        Changed();
    }

    /// <summary>What the ledger knows of the call is no longer true; it is told when the message is done with.</summary>
    public void Changed() => _hasChanged = true;

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
            case SipMethod.Cancel or SipMethod.Ack: break;
            default:
                if (arrived.IsServers) break;
                Run(() => Answered(request));
                break;
        }
    }

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

    public void OnAcknowledged(IncomingCall leg) => actor.Acknowledged(leg);

    public void OnLegOver(Leg leg, LegEnd end)
    {
        // Whoever we called and who never answered is told of by the call's outcome: nobody else's leg ends with it.
        var wasTalkedTo = leg.IsAnswered || leg is not OutgoingCall;
        if (wasTalkedTo && (end.By != EndedBy.Us || leg.Peer is not null)) Run(() => actor.HungUp(leg, end));
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
            case CallTimerFired fired: fired.Act(); break;
            case NamedTimer timer: OnTimer(timer.Name); break;
            case Proxied proxied: proxied.Command.OnProxied(proxied.Response); break;
            case CommandLost lost: lost.Command.OnLost(lost.Reason); break;
            case ConnectionLost lost: foreach (var leg in _legs.ToArray()) leg.OnConnectionLost(lost.Connection, lost.Reason); break;
            case Offered offered: OnOffered(offered); break;
            case Begun begun: OnBegun(begun); break;
            case LegWanted wanted: Give(wanted); break;
            case LegGiven given:
                if (_wanted?.Remove(given.Number, out var waiting) == true) waiting.TrySetResult(given.Leg);
                break;
            case Told told: Run(() => actor.Hear(told.Message)); break;
            case Restored restored: OnRestored(restored.Snapshot); break;
            case MoveCall: Move(); break;
            case EndCall end: HangUpAll(end.Reason); break;
            default: return false;
        }

        return true;
    }

    private void OnOffered(Offered offered)
    {
        // A region tells a call twice of its beginning only when somebody else's offer met this key: there is no such thing.
        if (Request is not null) return;
        Runtime.Directory.Add(Key, actor.Me);
        Request = offered.Request;
        Request.Core = this;
        if (Request.Message.Method == SipMethod.Invite)
        {
            Caller = new IncomingCall(this, Request);
            _legs.Add(Caller);
        }

        Run(() => Runtime.Requests.Invoke(Request, () => actor.Begin(Request, Caller)));
        if (!Request.IsAnswered && !_isOver && Request.Message.Method != SipMethod.Ack) After(Runtime.Options.UnansweredAfter, GiveUp);
    }

    private void OnBegun(Begun begun)
    {
        Runtime.Directory.Add(Key, actor.Me);
        Run(() => actor.Start(begun.Argument));
    }

    private void OnRestored(CallSnapshot snapshot)
    {
        // A call that is alive knows better than what was written of it.
        if (Request is not null || _legs.Count > 0 || _version > 0) return;
        Runtime.Directory.Add(Key, actor.Me);
        StartedAt = snapshot.StartedAt;
        AnsweredAt = snapshot.StartedAt;
        _version = snapshot.Version;
        foreach (var leg in snapshot.Legs)
        {
            var connection = Runtime.Traffic.Find(leg.Server);
            if (connection is not null) Runtime.Traffic.TablesOf(connection).AddDialog(Sip.Octets.Of(leg.DialogId), Key);
            _legs.Add(new AdoptedLeg(this, connection, leg));
        }

        for (var index = 0; index < _legs.Count; index++)
        {
            var peer = snapshot.Legs.FirstOrDefault(other => other.Id == snapshot.Legs[index].Peer);
            if (peer is not null) _legs[index].Peer = _legs[snapshot.Legs.IndexOf(peer)];
        }

        actor.ReadState(snapshot.State);
        foreach (var timer in snapshot.Timers)
        {
            var rest = timer.Due - Runtime.Time.GetUtcNow();
            SetTimer(timer.Name, rest > TimeSpan.Zero ? rest : TimeSpan.Zero);
        }

        Changed();
        Run(actor.Relocated);
    }

    // The shard goes to another node: the call sends itself after it, and is no more here.
    private void Move()
    {
        if (_isOver || AnsweredAt is null) return;
        var snapshot = CallSnapshots.Of(this, ++_version, actor.WriteState());
        Runtime.Directory.Remove(Key);
        Runtime.Deliver(new Restored(snapshot));
        foreach (var leg in _legs)
        {
            if (!leg.IsOver) leg.GiveAway(Key);
        }

        _isOver = true;
        actor.Stop();
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

    private Leg? FindHere(DialogName dialog)
    {
        foreach (var leg in _legs)
        {
            if (!leg.IsOver && dialog.Is(leg)) return leg;
        }

        return null;
    }

    // The leg behind the named dialog goes over to the asker; the named one itself is of no more use (RFC 3891 §3).
    private void Give(LegWanted wanted)
    {
        if (FindHere(wanted.Dialog) is not { Peer: { IsOver: false, IsAnswered: true } peer } named)
        {
            Runtime.Deliver(new LegGiven(wanted.By, wanted.Number, null));
            return;
        }

        named.Peer = null;
        peer.Peer = null;
        var snapshot = CallSnapshots.Of(peer);
        peer.GiveAway(wanted.By);
        Runtime.Deliver(new LegGiven(wanted.By, wanted.Number, snapshot));
        _ = named.Hangup("replaced");
        Changed();
    }

    private void OnTimer(string name)
    {
        if (_timers?.Remove(name) == true) Run(() => actor.TimerFired(name));
    }

    private async Task Answered(LegRequest request)
    {
        try
        {
            await actor.Requested(request);
        }
        catch
        {
            request.Send(500);
            throw;
        }

        if (!request.IsAnswered) request.Send(200);
    }

    private async Task Await(Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException) when (Caller is { IsCancelled: true })
        {
            // The caller went, and the flow stopped where it was told to.
        }
        catch (Exception e)
        {
            Fail(e);
        }
        finally
        {
            _running--;
        }
    }

    private void Fail(Exception failure)
    {
        Failure ??= failure;
        LogFailed(Runtime.Logger, failure, Key, Flow.Name);
        Runtime.Counters.Failed();
        Request?.Send(500);
        if (Caller is { IsOver: false, IsAnswered: false }) Caller.Finish(new LegEnd(EndedBy.Us, "the application failed", 500));
        HangUpAll("the application failed");
    }

    private void HangUpAll(string reason)
    {
        _timers?.Clear();
        foreach (var leg in _legs.ToArray()) _ = leg.Hangup(reason);
    }

    private void GiveUp()
    {
        if (_isOver || Request is not { IsAnswered: false } || Caller is { IsOver: true }) return;
        LogUnanswered(Runtime.Logger, Key, Flow.Name, Runtime.Options.UnansweredAfter);
        Request.Send(500);
        Caller?.Finish(new LegEnd(EndedBy.Us, "the application did not answer", 500));
        HangUpAll("the application did not answer");
    }

    // Over is a call without living legs, whose flow has come to its end and has set no timer for later.
    private void EndIfOver()
    {
        if (_isOver || _running > 0 || _timers is { Count: > 0 }) return;
        if (Request is { IsAnswered: false } request && (!request.HasResponded || Caller is { LastOutcome: not null }) && IsAlone())
        {
            Conclude();
        }

        foreach (var leg in _legs)
        {
            if (!leg.IsOver) return;
        }

        if (!_isEnding)
        {
            _isEnding = true;
            Run(() => actor.Over(new CallEnded(Key, StartedAt, AnsweredAt, Runtime.Time.GetUtcNow(), _legs, Failure)));
            if (_running > 0) return;
        }

        _isOver = true;
        Runtime.Over(this);
        actor.Stop();
    }

    // A call that was never answered leaves nothing: whoever is lost before an answer calls again.
    private void WriteDown()
    {
        _hasChanged = false;
        if (_isOver || Runtime.Ledger == NoLedger.Instance || AnsweredAt is null) return;
        IsInLedger = true;
        Runtime.Ledger.Living(CallSnapshots.Of(this, ++_version, actor.WriteState()));
    }

    // The flow has ended, and nothing is under way that could still answer: a caller who could not be connected hears why, any other that we failed.
    private void Conclude()
    {
        var outcome = Caller?.LastOutcome;
        if (outcome is null) LogForgotten(Runtime.Logger, Key, Flow.Name);
        var status = outcome?.Status ?? 500;
        var response = (outcome as InviteOutcome.Rejected)?.Response;
        // What a redirection or challenge names is between the callee and us.
        if (status is < 400 or 401 or 407) status = 480;
        Request!.Send(status, status == response?.StatusCode ? response.ReasonText : null);
        Caller?.Finish(new LegEnd(EndedBy.Us, outcome is null ? "the application did not answer" : "nobody could be reached", status));
    }

    private bool IsAlone()
    {
        foreach (var leg in _legs)
        {
            if (leg.IsOver ? leg == Caller : leg != Caller) return false;
        }

        return true;
    }

    private void Flush()
    {
        _written?.Flush();
        _written = null;
        if (_alsoWritten is not { Count: > 0 } others) return;
        foreach (var connection in others) connection.Flush();
        others.Clear();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "call {Key}: the flow {Flow} failed; its caller is answered 500 and its legs are ended")]
    private static partial void LogFailed(ILogger logger, Exception exception, CallKey key, string flow);

    [LoggerMessage(Level = LogLevel.Warning, Message = "call {Key}: the flow {Flow} did not answer within {After}; its caller gets 500")]
    private static partial void LogUnanswered(ILogger logger, CallKey key, string flow, TimeSpan after);

    [LoggerMessage(Level = LogLevel.Warning, Message = "call {Key}: the flow {Flow} ended without an answer; its caller gets 500")]
    private static partial void LogForgotten(ILogger logger, CallKey key, string flow);

    private sealed record NamedTimer(string Name);
}
