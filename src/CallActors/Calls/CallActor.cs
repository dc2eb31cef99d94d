using Akka.Actor;
using CallActors.Calls;
using Microsoft.Extensions.Logging;

namespace CallActors;

/// <summary>
/// A call as an actor. An application derives from it and overrides what it wants to do: <see cref="OnInvite"/> for a call that arrives,
/// <see cref="OnStart"/> for one that it begins itself, and a method for each thing that may happen later.
/// </summary>
/// <remarks>
/// Every method runs in the call's own mailbox, one at a time. An <c>await</c> does not block it: what happens meanwhile is handled between the awaits, so fields may have
/// changed behind one. Do not use <c>ConfigureAwait(false)</c> in a flow: what follows it would run beside the mailbox. Outcomes are values; an exception that escapes a method answers
/// an unanswered caller with 500, ends all legs and is logged with the call's key.
/// </remarks>
public abstract class CallActor : UntypedActor, IWithTimers
{
    private IServiceProvider? _services;

    /// <summary>Akka's timers; the call's own are <see cref="SetTimer"/>.</summary>
    ITimerScheduler IWithTimers.Timers { get; set; } = null!;

    /// <summary>The call's key: its name in the whole cluster.</summary>
    protected internal CallKey Key => Core.Key;

    /// <summary>The caller; null in a call that the application began.</summary>
    protected internal IncomingCall? Caller => Core.Caller;

    /// <summary>All legs of the call, those that are over included.</summary>
    protected internal IReadOnlyList<Leg> Legs => Core.Legs;

    /// <summary>The application's services.</summary>
    protected IServiceProvider Services => _services ??= Core.Runtime.Services;

    /// <summary>The call's log; every record carries the call's key.</summary>
    protected ILogger Log => field ??= Core.Runtime.LoggerFor(this);

    /// <summary>The time, virtual in tests.</summary>
    protected TimeProvider Time => Core.Runtime.Time;

    internal CallCore Core { get; set; } = null!;

    internal IActorRef Me => Self;

    internal IActorRef Parent => Context.Parent;

    internal ITimerScheduler Timers => ((IWithTimers)this).Timers;

    /// <summary>A call arrived. Ring, answer, reject, redirect, bridge; what is not answered when this ends, and nothing is under way, gets 500.</summary>
    protected virtual Task OnInvite(IncomingCall call) => call.Reject(404);

    /// <summary>A request outside dialogs arrived that is no INVITE: SUBSCRIBE, REGISTER, MESSAGE…</summary>
    protected virtual Task OnRequest(IncomingRequest request) => request.Respond(request.Message.Method == Sip.Messages.SipMethod.Subscribe ? 489 : 405);

    /// <summary>The application began this call.</summary>
    protected virtual Task OnStart(object? argument) => Task.CompletedTask;

    /// <summary>A leg ended that we did not end ourselves: the far end of an answered one, or a caller who gave up. By default every other leg is hung up too, unless it was a subscription.</summary>
    /// <remarks>A call that we placed and that was never answered is not told of here: its outcome says how it ended.</remarks>
    protected virtual Task OnHangup(Leg leg, LegEnd end)
    {
        if (leg is Subscription) return Task.CompletedTask;
        foreach (var other in Legs.ToArray())
        {
            if (other != leg && !other.IsOver) _ = other.Hangup(end.By == EndedBy.FarEnd ? null : end.Reason);
        }

        return Task.CompletedTask;
    }

    /// <summary>The caller acknowledged the answer.</summary>
    protected virtual Task OnAcknowledged(IncomingCall call) => Task.CompletedTask;

    /// <summary>The far end asks for a change of the session: a re-INVITE. By default a bridge passes it on, a single leg agrees.</summary>
    protected virtual Task OnReinvite(Leg leg, LegRequest request) => Default(leg, request);

    /// <summary>The far end asks for a change of the session by UPDATE (RFC 3311). By default like <see cref="OnReinvite"/>.</summary>
    protected virtual Task OnUpdate(Leg leg, LegRequest request) => Default(leg, request);

    /// <summary>The far end holds us from now on: it takes none of our media, in whatever way it said so. A notification; <see cref="OnReinvite"/> has answered.</summary>
    protected virtual Task OnHeld(Leg leg) => Task.CompletedTask;

    /// <summary>The far end takes our media again.</summary>
    protected virtual Task OnResumed(Leg leg) => Task.CompletedTask;

    /// <summary>The far end wants to be transferred (REFER, RFC 3515). By default a bridge passes it on, a single leg declines.</summary>
    protected virtual Task OnRefer(Leg leg, LegRequest request) => Default(leg, request);

    /// <summary>The far end sent an INFO (RFC 6086), such as a key that was pressed. By default a bridge passes it on, a single leg accepts.</summary>
    protected virtual Task OnInfo(Leg leg, LegRequest request) => Default(leg, request);

    /// <summary>The far end sent a NOTIFY (RFC 6665). By default like <see cref="OnInfo"/>.</summary>
    protected virtual Task OnNotify(Leg leg, LegRequest request) => Default(leg, request);

    /// <summary>The far end sent a SUBSCRIBE in the dialog. Of a subscription it is a refresh that was granted: by default the state is told once more. Otherwise by default like <see cref="OnInfo"/>.</summary>
    protected virtual Task OnSubscribe(Leg leg, LegRequest request) => Default(leg, request);

    /// <summary>Any other request of the far end: MESSAGE, OPTIONS, methods nobody has heard of. By default like <see cref="OnInfo"/>.</summary>
    protected virtual Task OnOther(Leg leg, LegRequest request) => Default(leg, request);

    /// <summary>A timer of <see cref="SetTimer"/> fired.</summary>
    protected virtual Task OnTimer(string name) => Task.CompletedTask;

    /// <summary>Somebody told the call's actor something that is none of the runtime's own messages.</summary>
    protected virtual Task OnTold(object message)
    {
        Unhandled(message);
        return Task.CompletedTask;
    }

    /// <summary>The call lives on another node now, or again after a loss: legs, state and timers are as they were last known.</summary>
    protected virtual Task OnRelocated() => Task.CompletedTask;

    /// <summary>Everything is over; nothing comes after it.</summary>
    protected virtual Task OnEnded(CallEnded ended) => Task.CompletedTask;

    /// <summary>Places a call, a new leg of this one.</summary>
    /// <param name="target">Whom: a text becomes one by itself, as a SIP, SIPS or tel URI, <c>user@host</c> or <c>host:port</c>; what is none throws an <see cref="ArgumentException"/>.</param>
    /// <param name="options">How.</param>
    /// <returns>The leg; its <see cref="OutgoingCall.Outcome"/> is how it ends up.</returns>
    protected OutgoingCall Dial(Targets.CallTarget target, CallOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        return Core.Dial(target, options ?? new CallOptions());
    }

    /// <summary>Sends a request outside dialogs, such as REGISTER, OPTIONS or MESSAGE, and waits for its final response. Digest challenges are answered where the target has credentials.</summary>
    /// <param name="method">The method.</param>
    /// <param name="target">Whom: a SIP, SIPS or tel URI, <c>user@host</c> or <c>host:port</c>; next hop and credentials with it.</param>
    /// <param name="body">The body.</param>
    /// <param name="headers">More header fields.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ArgumentException">The target is none, or the method is one that begins a dialog or belongs into one.</exception>
    protected Task<RequestOutcome> Send(string method, Targets.CallTarget target, MessageBody? body = null, HeaderFields? headers = null, SendOptions? options = null) =>
        Core.Requests.Send(method, target, body, headers, options);

    /// <summary>Subscribes to the state of something (RFC 6665), a new leg of the call; its NOTIFYs reach <see cref="OnNotify"/>.</summary>
    /// <param name="target">Whose: a SIP, SIPS or tel URI, <c>user@host</c> or <c>host:port</c>.</param>
    /// <param name="package">The event package, such as <c>presence</c>, with parameters where it has any.</param>
    /// <param name="expires">How long until it must be refreshed, which is done by itself; null is an hour, zero asks once.</param>
    /// <param name="body">The body of the SUBSCRIBE.</param>
    /// <param name="headers">More header fields.</param>
    /// <param name="options">How it is sent.</param>
    /// <exception cref="ArgumentException">The target, the package or an option is none.</exception>
    protected OutgoingSubscription Subscribe(
        Targets.CallTarget target, string package, TimeSpan? expires = null, MessageBody? body = null, HeaderFields? headers = null, SendOptions? options = null) =>
        Core.Requests.Subscribe(target, package, expires, body, headers, options);

    /// <summary>Connects two answered legs: their media is renegotiated, and from then on they belong together.</summary>
    protected async Task<ModifyOutcome> Join(Leg a, Leg b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var outcome = await Bridges.Joining.Join(a, b);
        if (outcome.IsAgreed && !a.IsOver && !b.IsOver) Core.Link(a, b, Headers.HeaderPolicy.All);
        return outcome;
    }

    /// <summary>
    /// Carries out a REFER, blind or attended: its sender's peer talks with the target afterwards, and the sender is told how it went and released. When it fails everything is as it was.
    /// </summary>
    /// <param name="refer">The REFER.</param>
    /// <param name="options">How the target of a blind transfer is called.</param>
    /// <param name="where">Makes the target of a blind transfer of whom the REFER names, such as a registered contact, another caller, a limit of ringing; null calls whom it names.</param>
    protected Task<TransferOutcome> Transfer(LegRequest refer, CallOptions? options = null, Func<Targets.CallTarget, Targets.CallTarget>? where = null) =>
        new Transfers.Transfer(Core, refer, options ?? new CallOptions(), where).Run();

    /// <summary>Asks for <see cref="OnTimer"/> later. The timer outlives the node; a second one of the same name takes the first one's place.</summary>
    /// <param name="name">Which timer.</param>
    /// <param name="after">When.</param>
    /// <param name="keepsCall">Whether the call waits for it when nobody is on the line any more: to call again, for example. Other timers are forgotten with the last leg.</param>
    protected void SetTimer(string name, TimeSpan after, bool keepsCall = false) => Core.Timers.Set(name, after, keepsCall);

    /// <summary>Forgets a timer.</summary>
    protected void CancelTimer(string name) => Core.Timers.Cancel(name);

    /// <summary>Hangs up every leg.</summary>
    protected async Task HangUpAll(string? reason = null)
    {
        foreach (var leg in Legs.ToArray()) await leg.Hangup(reason);
    }

    /// <summary>Nothing is delivered to an actor that is no more, whatever has ended it.</summary>
    public sealed override void AroundPostStop()
    {
        Core.Runtime.Directory.Remove(Key, Self);
        // One that ended or left has let go of its legs itself.
        foreach (var leg in Core.Legs) leg.Vanish();
        base.AroundPostStop();
    }

    /// <inheritdoc/>
    protected sealed override void OnReceive(object message)
    {
        if (Core.Receive(message)) return;
        Core.Receive(new Told(message));
    }

    internal Task Begin(IncomingRequest request, IncomingCall? caller) => caller is null ? OnRequest(request) : OnInvite(caller);

    internal Task Start(object? argument) => OnStart(argument);

    internal Task HungUp(Leg leg, LegEnd end) => OnHangup(leg, end);

    internal void Acknowledged(IncomingCall leg) => Core.Run(() => OnAcknowledged(leg));

    internal Task Held(Leg leg, bool isHeld) => isHeld ? OnHeld(leg) : OnResumed(leg);

    internal Task TimerFired(string name) => OnTimer(name);

    internal Task Relocated() => OnRelocated();

    internal Task Hear(object message) => OnTold(message);

    internal Task Over(CallEnded ended) => OnEnded(ended);

    /// <summary>The application's state of the call, as bytes.</summary>
    internal virtual ReadOnlyMemory<byte> WriteState() => default;

    /// <summary>Takes the state that another node, or the one before a loss, kept.</summary>
    internal virtual void ReadState(ReadOnlyMemory<byte> state)
    {
    }

    internal void Stop() => Context.Stop(Self);

    internal Task Requested(LegRequest request) => request.Message.Method switch
    {
        Sip.Messages.SipMethod.Invite => OnReinvite(request.Leg, request),
        Sip.Messages.SipMethod.Update => OnUpdate(request.Leg, request),
        Sip.Messages.SipMethod.Refer => OnRefer(request.Leg, request),
        Sip.Messages.SipMethod.Info => OnInfo(request.Leg, request),
        Sip.Messages.SipMethod.Notify => OnNotify(request.Leg, request),
        Sip.Messages.SipMethod.Subscribe => OnSubscribe(request.Leg, request),
        _ => OnOther(request.Leg, request),
    };

    private static Task Default(Leg leg, LegRequest request) => LegDefaults.Answer(leg, request);
}

/// <summary>What somebody outside told a call.</summary>
internal sealed record Told(object Message);
