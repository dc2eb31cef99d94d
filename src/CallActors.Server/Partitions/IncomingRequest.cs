using System.Collections.Immutable;
using CallActors.Server.Applications;
using CallActors.Server.Calls;
using CallActors.Server.Transports;
using CallActors.Sip;
using CallActors.Sip.Dialogs;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Server.Partitions;

/// <summary>How far a request of the network has come with us.</summary>
internal enum RequestPhase : byte
{
    /// <summary>Somebody is being looked for who takes it.</summary>
    Routing,

    /// <summary>An application has it and has said nothing final.</summary>
    Offered,

    /// <summary>Its dialog waits for the next owner, and it with it.</summary>
    Held,

    /// <summary>A proxy has it.</summary>
    Proxied,

    /// <summary>The final response is given.</summary>
    Answered,
}

/// <summary>One request of the network and its server transaction: performs what the machine asks, decides nothing.</summary>
internal sealed class IncomingRequest(Partition partition, TransactionId id, SipRequest request, Flow flow) : ITimed, ISendObserver
{
    private SipRequest? _request = request;
    private InviteServerTransaction.State? _invite;
    private NonInviteServerTransaction.State? _other;
    private AnswerRetransmission.State? _answer;
    private ReliableProvisionals.State? _provisionals;
    private bool _isWaiting;
    private int _limits;

    /// <summary>Its name on the control protocol.</summary>
    public TransactionId Id => id;

    /// <summary>The request as received, until it has been let go.</summary>
    public SipRequest Request => _request ?? throw new InvalidOperationException("The request was let go.");

    /// <summary>Its sequence number.</summary>
    public uint CSeq { get; } = request.CSeq;

    /// <summary>The way it came, and its responses go.</summary>
    public Flow Flow => flow;

    /// <summary>Its place in the transaction table.</summary>
    public TransactionKey Key { get; } = TransactionKey.ForServer(request);

    /// <summary>INVITE differs from everything else.</summary>
    public bool IsInvite { get; } = request.Method == SipMethod.Invite;

    /// <summary>The tag that a request-handler asked for; null for any application.</summary>
    public string? Tag { get; set; }

    /// <summary>How far it has come.</summary>
    public RequestPhase Phase
    {
        get;
        set
        {
            field = value;
            if (value >= RequestPhase.Proxied) StopWaiting();
        }
    }

    /// <summary>The application that has it.</summary>
    public ApplicationConnection? Owner { get; set; }

    /// <summary>The application that was shown it, from which it was claimed while that lived; null for none, and once the owner has shown that it has it.</summary>
    public ApplicationConnection? Before { get; set; }

    /// <summary>The dialog it belongs to, or has made.</summary>
    public DialogEntry? Dialog { get; set; }

    /// <summary>The session of the dialog that it will make; null for applications without extensions.</summary>
    public KeptSession? Kept { get; set; }

    /// <summary>Set once the application said that it is relayed on a call's other leg.</summary>
    public Relay? Relay { get; set; }

    /// <summary>The proxy that has it.</summary>
    public ProxyEntry? Proxy { get; set; }

    /// <summary>Our tag in every response above 100: the application's in its first response, or one of ours.</summary>
    public Octets LocalTag { get; set; }

    /// <summary>The application has sent a provisional response.</summary>
    public bool HasProgressed
    {
        get;
        set
        {
            field = value;
            StopWaiting();
        }
    }

    /// <summary>What to stop when the caller gives up while somebody is being looked for.</summary>
    public CancellationTokenSource? Routing { get; set; }

    /// <summary>How often it was shown and met nobody.</summary>
    public int Strays { get; set; }

    /// <summary>Extension: the connections that were shown it and will not answer it; null for none.</summary>
    public List<ApplicationConnection>? Decliners { get; set; }

    /// <summary>Whether it came within a dialog, rather than outside any.</summary>
    public bool IsInDialog { get; init; }

    /// <summary>What the application said last, for one that says it twice.</summary>
    public SipResponse? Said { get; set; }

    /// <summary>Why a response could not be sent.</summary>
    public string? SendFault { get; private set; }

    /// <summary>The final status that was sent; 0 before.</summary>
    public int FinalStatus { get; private set; }

    /// <summary>Begins the transaction; an INVITE gets its 100.</summary>
    public void Start()
    {
        if (IsInvite)
        {
            var step = partition.Machines.InviteServer(flow.Transport.IsReliable).Start(Request);
            _invite = step.State;
            Perform(step.Effects);
        }
        else
        {
            var step = partition.Machines.NonInviteServer(flow.Transport.IsReliable).Start(Request);
            _other = step.State;
            Perform(step.Effects);
        }
    }

    /// <summary>Counts among the requests that wait for a first response, until one is given or the request is forgotten.</summary>
    public void Wait()
    {
        if (!_isWaiting) partition.Waiting++;
        _isWaiting = true;
    }

    /// <summary>Asks for <see cref="Calls.Offers.Overdue"/> when no final response is given in time; what was asked before counts no longer.</summary>
    public void LimitAnswer(TimeSpan limit) => partition.SetTimer(limit, this, -++_limits);

    /// <summary>Sends a response of the user's.</summary>
    public void Respond(SipResponse response)
    {
        if (response.IsFinal)
        {
            Phase = RequestPhase.Answered;
            FinalStatus = response.StatusCode;
        }

        Handle(new Respond(response));
    }

    /// <summary>Sends a response of the server's own making.</summary>
    public SipResponse Respond(int status, ReadOnlySpan<byte> reason = default)
    {
        if (status > 100 && LocalTag.IsEmpty && Request.ToTag.IsEmpty) LocalTag = partition.Context.Identity.NewTag();
        var response = Request.RespondTo(status, reason, LocalTag.Span);
        Respond(response);
        return response;
    }

    /// <summary>Whether reliable provisional responses were sent, so that everything said goes through their queue (RFC 3262 §3).</summary>
    public bool IsReliable => _provisionals is not null;

    /// <summary>The RSeq that the next reliable response must carry.</summary>
    public uint NextRSeq => (_provisionals ??= ReliableProvisionals.Start((uint)partition.Context.Identity.Next(int.MaxValue / 2) + 1)).NextRSeq;

    /// <summary>Whether the 2xx still waits for its ACK.</summary>
    public bool AwaitsAck => _answer is not null;

    /// <summary>What the user says, in the order that reliable provisional responses impose; a 2xx is repeated until its ACK.</summary>
    public void Say(SipResponse response)
    {
        if (response.IsFinal) Phase = RequestPhase.Answered;
        if (_provisionals is null) Reply(response);
        else Provisionally(new Respond(response));
    }

    /// <summary>A provisional response that must arrive; it carries <see cref="NextRSeq"/>.</summary>
    public void SayReliably(SipResponse response, bool isAutomatic) => Provisionally(new RespondReliably(response, isAutomatic));

    /// <summary>A PRACK for this INVITE came in its dialog.</summary>
    public void TakePrack(SipRequest prack) => Provisionally(new PrackReceived(prack));

    /// <summary>Another owner begins anew: what the one before had said reliably is confirmed to the server.</summary>
    public void BeginAnew()
    {
        HasProgressed = false;
        Provisionally(UserReplaced.Instance);
    }

    /// <summary>The ACK for the 2xx came.</summary>
    public void TakeAck()
    {
        Answering(Acknowledged.Instance);
        Said = null;
    }

    /// <summary>
    /// Everything was said: what the transaction needs for its last half minute it keeps itself, so the request, and for all but an
    /// accepted INVITE the dialog, need not live on.
    /// </summary>
    public void LetGo()
    {
        if (FinalStatus == 0 || (IsInvite && FinalStatus >= 300)) return;
        _request = null;
        if (IsInvite) return;
        Said = null;
        Dialog = null;
    }

    /// <summary>The call is over otherwise: the 2xx need not be repeated.</summary>
    public void StopAnswering() => _answer = null;

    /// <summary>The same request again, or the ACK for its rejection.</summary>
    public void Repeated(SipRequest again) => Handle(new Retransmitted(again));

    /// <inheritdoc/>
    public void OnTimer(long kind)
    {
        if (kind < 0)
        {
            if (kind == -_limits && Phase is (RequestPhase.Routing or RequestPhase.Offered)) partition.Offers.Overdue(this);
            return;
        }

        var fired = TimerKind.Fired(kind);
        switch (fired.Timer)
        {
            case TransactionTimer.Answer or TransactionTimer.AnswerLimit: Answering(fired); break;
            case TransactionTimer.Provisional or TransactionTimer.ProvisionalLimit: Provisionally(fired); break;
            default: Handle(fired); break;
        }
    }

    /// <inheritdoc/>
    public void SendFailed(string reason) => partition.Enter(() =>
    {
        SendFault = reason;
        Handle(new SendFailed(reason));
    });

    private void Reply(SipResponse response)
    {
        Respond(response);
        if (!IsInvite || !response.IsSuccess || Proxy is not null) return;
        var step = partition.Machines.Answer(flow.Transport.IsReliable).Start(response);
        _answer = step.State;
        Perform(step.Effects);
    }

    private void Answering(TransactionInput input)
    {
        if (_answer is null) return;
        var step = partition.Machines.Answer(flow.Transport.IsReliable).Handle(_answer, input);
        _answer = step.State;
        foreach (var effect in step.Effects)
        {
            if (effect is not Finish finish)
            {
                Perform(effect);
                continue;
            }

            _answer = null;
            if (finish.Outcome == TransactionOutcome.TimedOut) partition.Endings.AckOverdue(this);
        }
    }

    private void Provisionally(TransactionInput input)
    {
        if (_provisionals is null) return;
        var step = partition.Machines.Provisionals.Handle(_provisionals, input);
        _provisionals = step.State;
        foreach (var effect in step.Effects)
        {
            switch (effect)
            {
                case Reply reply: Reply(reply.Response); break;
                case PassUp { Message: SipRequest prack }: partition.Confirmations.PrackAccepted(prack); break;
                case AnswerRequest answer: partition.Confirmations.PrackAnswered(answer.Request, answer.Status); break;
                case Finish { Outcome: TransactionOutcome.TimedOut }: partition.Confirmations.PrackOverdue(this); break;
                case Finish: break;
                default: Perform(effect); break;
            }
        }
    }

    private void Handle(TransactionInput input)
    {
        if (_invite is not null)
        {
            var step = partition.Machines.InviteServer(flow.Transport.IsReliable).Handle(_invite, input);
            _invite = step.State;
            Perform(step.Effects);
        }
        else if (_other is not null)
        {
            var step = partition.Machines.NonInviteServer(flow.Transport.IsReliable).Handle(_other, input);
            _other = step.State;
            Perform(step.Effects);
        }
    }

    private void Perform(ImmutableArray<TransactionEffect> effects)
    {
        foreach (var effect in effects) Perform(effect);
    }

    private void Perform(TransactionEffect effect)
    {
        switch (effect)
        {
            case Send send: partition.Context.Output.Send(send.Message, flow, this); break;
            case StartTimer start: partition.SetTimer(start.After, this, TimerKind.Of(start)); break;
            case PassUp: break; // an ACK that carries the branch of its accepted INVITE: the dialog took it before it got here
            case Finish: Forget(); break;
            default: throw new InvalidOperationException($"No code performs {effect.GetType().Name}.");
        }
    }

    private void StopWaiting()
    {
        if (_isWaiting) partition.Waiting--;
        _isWaiting = false;
    }

    private void Forget()
    {
        StopWaiting();
        partition.Transactions.Remove(this);
        partition.Endings.Forgotten(this);
    }
}
