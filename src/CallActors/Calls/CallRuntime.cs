using System.Diagnostics.Metrics;
using Akka.Actor;
using CallActors.Cluster;
using CallActors.Connections;
using CallActors.Keeping;
using CallActors.Ledger;
using CallActors.Presence;
using CallActors.Requests;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;
using CallActors.Transfers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CallActors.Calls;

/// <summary>Everything that the calls of one node share.</summary>
internal sealed class CallRuntime : IDisposable
{
    private readonly Meter _meter = new("CallActors");
    private ICallRegion? _region;
    private bool _isSilent;
    private RequestPipeline _requests;

    public CallRuntime(IServiceProvider services, RequestPipeline requests, CallRuntimeOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        Services = services;
        _requests = requests;
        Options = options;
        Time = time;
        Loggers = loggers;
        Logger = loggers.CreateLogger("CallActors");
        Counters = new CallCounters(_meter, () => Directory.Count);
        Traffic = new CallTraffic(this, Logger);
        Sessions = new SessionTraffic(this, Logger);
        ServerRecords = new ServerRecords(services.GetServices<IServerRecordSink>(), time, Logger);
        DialogStates = new DialogStates(services.GetServices<IDialogStateSink>(), Logger);
        Records = new CallRecords(services.GetServices<ICallRecordSink>(), Logger);
    }

    public IServiceProvider Services { get; }

    /// <summary>Where requests outside dialogs go; another one when the application changes its routes.</summary>
    public RequestPipeline Requests
    {
        get => Volatile.Read(ref _requests);
        set => Volatile.Write(ref _requests, value);
    }

    public CallRuntimeOptions Options { get; }

    public TimeProvider Time { get; }

    public ILoggerFactory Loggers { get; }

    public ILogger Logger { get; }

    public Meter Meter => _meter;

    public CallCounters Counters { get; }

    public CallDirectory Directory { get; } = new();

    public CallTraffic Traffic { get; }

    /// <summary>What servers keep of calls.</summary>
    public SessionTraffic Sessions { get; }

    public CallRecords Records { get; }

    /// <summary>Tells whoever listens to the actor system's events.</summary>
    public Action<object>? Publish { get; set; }

    public ServerRecords ServerRecords { get; }

    public DialogStates DialogStates { get; }

    public ILedger Ledger { get; set; } = NoLedger.Instance;

    /// <summary>Whether new calls are turned away.</summary>
    public bool IsDraining { get; set; }

    private ICallRegion Region => _region ?? throw new InvalidOperationException("The runtime has no region yet.");

    /// <summary>Whether calls may begin here.</summary>
    public bool IsUp => _region is { IsUp: true };

    /// <summary>The node leaves: its calls go to others.</summary>
    /// <param name="limit">How long they are given to come to rest.</param>
    public void Leave(TimeSpan limit)
    {
        IsLeaving = true;
        Region.Leave(limit);
    }

    /// <summary>Whether the node leaves, and with it its connections.</summary>
    public bool IsLeaving { get; private set; }

    /// <summary>Whether the other nodes have gone on without this one: its calls are theirs, and it says nothing more to anybody.</summary>
    public bool IsSilent
    {
        get => Volatile.Read(ref _isSilent);
        set => Volatile.Write(ref _isSilent, value);
    }

    /// <summary>Gives the runtime the region that its calls live in.</summary>
    public void Use(ICallRegion region) => _region = region;

    /// <summary>A log for a call's flow, each record with the call's key.</summary>
    public ILogger LoggerFor(CallActor call) => new CallLogger(Loggers.CreateLogger(call.GetType().FullName!), call.Key);

    /// <summary>Tells a call something: straight where it lives on this node, through the region where it does not.</summary>
    public void Deliver(ICallMessage message)
    {
        if (Directory.TryFind(message.Call, out var call)) call.Tell(message, ActorRefs.NoSender);
        else Region.Deliver(message);
    }

    /// <summary>A request outside dialogs: a call begins with it, or it is left to another node, or turned away here.</summary>
    public void Offer(IncomingRequest request)
    {
        if (IsDraining || !Region.HasPlace)
        {
            Refuse(request);
            return;
        }

        if (IsLeaving && TryDecline(request)) return;

        if (Requests.Find(request, out var isKnown) is not { } flow)
        {
            TurnAway(request, isKnown ? 404 : 405, isKnown ? null : new HeaderFields { { "Allow", string.Join(", ", Requests.Methods) } });
            return;
        }

        // Whoever asks for a dialog says where it is to be reached (RFC 3261 §8.1.1.8).
        if (request.Message.Method is SipMethod.Invite or SipMethod.Subscribe && (!ContactView.TryParse(request.Message.First(SipHeaderId.Contact), out var contact) || contact.IsStar))
        {
            TurnAway(request, 400, null);
            return;
        }

        Counters.Offered();
        var key = CallKey.New(Region.NextShard());
        // Whoever cancels names the transaction, before there is a dialog.
        Traffic.TablesOf(request.Connection).AddTransaction(request.TransactionId, key, null);
        // And whoever hangs up right behind the ACK may be heard before the server's word that the answer was sent; so is the dialog named from the start (signalling server 1.7).
        if (request.Message.Method == Sip.Messages.SipMethod.Invite) Traffic.TablesOf(request.Connection).AddDialog(request.DialogId, key);
        Region.Begin(new Offered(key, flow, request));
    }

    /// <summary>The place that a request was offered with has gone meanwhile.</summary>
    public void OnUnplaced(Offered offered)
    {
        var tables = Traffic.TablesOf(offered.Request.Connection);
        tables.RemoveTransaction(offered.Request.TransactionId);
        if (offered.Request.Message.Method == SipMethod.Invite) tables.RemoveDialog(offered.Request.DialogId);
        Refuse(offered.Request);
    }

    /// <summary>Leaves an unanswered request outside dialogs to another node.</summary>
    /// <returns>False where its server does not know of others.</returns>
    public bool TryDecline(IncomingRequest request)
    {
        if (!Sessions.TryDecline(request)) return false;
        Counters.Declined();
        return true;
    }

    /// <summary>The call of this node that holds a dialog, by the name that somebody else gives it; null for none. A Call-ID of ours names its call wherever that lives.</summary>
    public CallKey? FindDialogHere(DialogName dialog) =>
        Traffic.TryDialog($"{dialog.CallId};from-tag={dialog.FromTag}", out var call)
        || Traffic.TryDialog($"{dialog.CallId};from-tag={dialog.ToTag}", out call)
        || CallKey.TryFind(System.Text.Encoding.UTF8.GetBytes(dialog.CallId), out call)
            ? call
            : null;

    /// <summary>The same on whichever node of the cluster.</summary>
    public ValueTask<CallKey?> FindDialog(DialogName dialog) => FindDialogHere(dialog) is { } here ? new(here) : new(Region.FindDialog(dialog));

    /// <summary>A dialog that was given to a call on another node is over.</summary>
    public void ForgetHere(DialogOver over) => Traffic.ForgetDialog(over.Server, over.Dialog);

    /// <summary>A dialog that came from a call on another node is over.</summary>
    public void ForgetElsewhere(DialogOver over) => Region.Forget(over);

    /// <summary>Begins a call for the application.</summary>
    public CallKey Begin(CallFlow flow, object? argument)
    {
        Counters.Begun();
        var key = CallKey.New(Region.NextShard());
        Region.Begin(new Begun(key, flow, argument));
        return key;
    }

    /// <summary>A call is over.</summary>
    public void Over(CallCore call)
    {
        Directory.Remove(call.Key);
        // Once more, for a frame may have named a dialog while its leg ended.
        foreach (var leg in call.Legs)
        {
            leg.Forget();
            Leave(leg.Connection);
        }

        if (call.Request is { } request) Traffic.TablesOf(request.Connection).RemoveTransaction(request.TransactionId);
        // One that was given up by the others has ended nothing: who has the call now writes its record.
        if (!IsSilent) Records.OnEnded(call);
        // In this order: who is lost between the two leaves a second record, and never none.
        call.LetGo();
        Counters.Ended();
        Leave(call.Request?.Connection);
    }

    /// <summary>A call goes on elsewhere.</summary>
    public void Left(CallCore call)
    {
        Directory.Remove(call.Key);
        if (call.Request is { } request) Traffic.TablesOf(request.Connection).RemoveTransaction(request.TransactionId);
        Counters.Left();
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    // A connection that a server made for one call ends with it, unless a leg went over to another call that still needs it.
    private void Leave(ServerConnection? connection)
    {
        if (connection is { IsOutbound: true } session && Traffic.TablesOf(session).Count.Dialogs == 0) session.Close("the session is over");
    }

    // The caller need not hear that this node leaves, or was given up by the others, as long as there are others.
    private void Refuse(IncomingRequest request)
    {
        if (TryDecline(request)) return;
        TurnAway(request, 503, new HeaderFields { { "Retry-After", Options.RetryAfter.ToString(System.Globalization.CultureInfo.InvariantCulture) } });
    }

    private void TurnAway(IncomingRequest request, int status, HeaderFields? headers)
    {
        Counters.TurnedAway();
        Traffic.Answer(request.Connection, request.TransactionId, status, null, headers);
        if (request.Connection.IsOutbound) request.Connection.Close("the session is over");
    }
}
