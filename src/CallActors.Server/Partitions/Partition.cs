using CallActors.Server.Calls;
using CallActors.Server.Restoring;
using CallActors.Server.Transports;
using CallActors.Sip.Messages;

namespace CallActors.Server.Partitions;

/// <summary>
/// A share of all calls, by Call-ID: their transactions, dialogs and timers behind one lock. Whoever brings an input (a receive thread,
/// an application's read loop, the tick) runs it to completion here; nothing under the lock waits, and no partition enters another.
/// </summary>
internal sealed class Partition
{
    private readonly Lock _gate = new();
    private readonly TimerWheel _timers;
    private readonly TransactionIds _ids;

    public Partition(int index, ulong run, ServerContext context, Machines machines)
    {
        Index = index;
        Context = context;
        Machines = machines;
        _timers = new TimerWheel(TickInterval, context.OnFault);
        _ids = new TransactionIds(index, run);
        Intake = new Intake(this);
        Offers = new Offers(this);
        Answers = new Answers(this);
        Requests = new Requests(this);
        DialogRequests = new DialogRequests(this);
        Confirmations = new Confirmations(this);
        Cancellations = new Cancellations(this);
        Endings = new Endings(this);
        Departures = new Departures(this);
        Inheritance = new Inheritance(this);
        Strays = new Strays(this);
        Sessions = new Sessions(this);
        Proxies = new Proxies(this);
        States = new States(this);
        Asking = new Asking(this);
        Early = new EarlyRequests(this);
    }

    /// <summary>How often timers are looked at, and how late they may be.</summary>
    public static TimeSpan TickInterval { get; } = TimeSpan.FromMilliseconds(20);

    public int Index { get; }

    public ServerContext Context { get; }

    public Machines Machines { get; }

    public TransactionTable Transactions { get; } = new();

    public DialogTable Dialogs { get; } = new();

    /// <summary>What the network asks of us.</summary>
    public Intake Intake { get; }

    /// <summary>Who gets it.</summary>
    public Offers Offers { get; }

    /// <summary>What applications answer.</summary>
    public Answers Answers { get; }

    /// <summary>What applications ask of the network.</summary>
    public Requests Requests { get; }

    /// <summary>Requests within dialogs, both ways.</summary>
    public DialogRequests DialogRequests { get; }

    /// <summary>ACK and PRACK, both ways.</summary>
    public Confirmations Confirmations { get; }

    /// <summary>CANCEL, both ways.</summary>
    public Cancellations Cancellations { get; }

    /// <summary>Calls that the server ends itself.</summary>
    public Endings Endings { get; }

    /// <summary>Owners that disappear.</summary>
    public Departures Departures { get; }

    /// <summary>Dialogs that wait for their next owner.</summary>
    public Inheritance Inheritance { get; }

    /// <summary>Requests in dialogs whose calls are nowhere.</summary>
    public Strays Strays { get; }

    /// <summary>Session timers.</summary>
    public Sessions Sessions { get; }

    /// <summary>Requests that are proxied.</summary>
    public Proxies Proxies { get; }

    /// <summary>What owners are told of their dialogs, so that those survive this server.</summary>
    public States States { get; }

    /// <summary>Requests in dialogs that only applications may know.</summary>
    public Asking Asking { get; }

    /// <summary>Requests that have come before the applications.</summary>
    public EarlyRequests Early { get; }

    /// <summary>How many new requests wait for their first response.</summary>
    public int Waiting { get; set; }

    /// <summary>Time since the server started, as of the input being handled.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>Sets a timer on something of this partition.</summary>
    public void SetTimer(TimeSpan after, ITimed target, long kind) => _timers.Set(Now, after, target, kind);

    /// <summary>A fresh transaction id.</summary>
    public TransactionId NewId() => _ids.Next();

    /// <summary>Begins a request of ours whose answer nobody waits to see first.</summary>
    public OutgoingRequest Begin(SipRequest request, SipTarget target, IOutgoingUser user)
    {
        var outgoing = Prepare(request, target, user);
        outgoing.Start();
        return outgoing;
    }

    /// <summary>Enters a request of ours into the tables without sending it yet.</summary>
    public OutgoingRequest Prepare(SipRequest request, SipTarget target, IOutgoingUser user)
    {
        var outgoing = new OutgoingRequest(this, NewId(), request, target, user);
        Transactions.Add(outgoing);
        return outgoing;
    }

    /// <summary>Handles a message of the network.</summary>
    public void Receive(SipMessage message, in Flow flow)
    {
        lock (_gate)
        {
            Now = Context.Uptime;
            if (message is SipRequest request) Intake.Request(request, flow);
            else Intake.Response((SipResponse)message, flow);
        }
    }

    /// <summary>Runs something under the lock.</summary>
    public void Enter(Action action)
    {
        lock (_gate)
        {
            Now = Context.Uptime;
            action();
        }
    }

    /// <summary>The lock itself, for callers whose input is a span.</summary>
    public Lock.Scope EnterScope()
    {
        var scope = _gate.EnterScope();
        Now = Context.Uptime;
        return scope;
    }

    /// <summary>Fires the timers that are due.</summary>
    public void Tick()
    {
        lock (_gate)
        {
            Now = Context.Uptime;
            _timers.Advance(Now);
        }
    }

    /// <summary>Gives room back after a peak.</summary>
    public void Trim()
    {
        lock (_gate)
        {
            Dialogs.Trim();
            Transactions.Trim();
        }
    }

    /// <summary>What it holds now.</summary>
    public ServerCensus Census()
    {
        lock (_gate)
        {
            return new ServerCensus(
                Transactions.Incoming, Transactions.Outgoing, Dialogs.Count, Transactions.Pending, Proxies.Count, _timers.Count, 0, 0, 0, 0, Inheritance.Count);
        }
    }
}
