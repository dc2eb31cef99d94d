using System.Collections.Immutable;
using CallActors.Net;
using CallActors.Server.Transports;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Server.Partitions;

/// <summary>Whoever sent a request and waits for what becomes of it.</summary>
internal interface IOutgoingUser
{
    /// <summary>A response; 100 never comes here.</summary>
    void Responded(OutgoingRequest request, SipResponse response, in Flow flow);

    /// <summary>No final response will come: 408 time-out, 503 no way there, 487 cancelled before anybody answered.</summary>
    void Failed(OutgoingRequest request, int status, string phrase);

    /// <summary>The transaction is finished; nothing will come of it any more.</summary>
    void Over(OutgoingRequest request, TransactionOutcome outcome)
    {
    }
}

/// <summary>One request of ours and its client transaction: finds the way, performs what the machine asks, decides nothing.</summary>
internal sealed class OutgoingRequest(Partition partition, TransactionId id, SipRequest request, SipTarget target, IOutgoingUser user) : ITimed, ISendObserver
{
    private InviteClientTransaction.State? _invite;
    private NonInviteClientTransaction.State? _other;
    private bool _isOver;
    private SipRequest? _cancel;
    private IStreamConnection? _sentOver;

    /// <summary>Its name on the control protocol.</summary>
    public TransactionId Id => id;

    /// <summary>The request as sent.</summary>
    public SipRequest Request => request;

    /// <summary>Its place in the transaction table.</summary>
    public TransactionKey Key { get; } = TransactionKey.ForClient(request);

    /// <summary>Whoever waits for the response.</summary>
    public IOutgoingUser User => user;

    /// <summary>INVITE differs from everything else.</summary>
    public bool IsInvite => request.Method == SipMethod.Invite;

    /// <summary>Where it goes. While the name is being resolved the peer is our own transport's address.</summary>
    public Flow Flow { get; private set; } = target.Provisional;

    /// <summary>True once a final response was passed up or none will come.</summary>
    public bool HasFinal { get; private set; }

    /// <summary>True once the user gave it up.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>Whether a proxy's response context runs it.</summary>
    public bool IsBranch { get; set; }

    /// <summary>Sends it, or first asks where to. What goes wrong is told to the user, at once or later.</summary>
    public void Start()
    {
        if (target.Address is not null) Begin(target.Provisional);
        else if (partition.Context.Addresses.TryFind(target.Host, target.Transport.IsIpv6, out var ip)) Resolved(ip);
        else _ = ResolveAsync();
    }

    /// <summary>A response arrived for it.</summary>
    public void Received(SipResponse response, in Flow flow)
    {
        LastFlow = flow;
        Handle(new Received(response));
    }

    /// <summary>The way the last response came.</summary>
    public Flow LastFlow { get; private set; }

    /// <summary>Gives an INVITE up (RFC 3261 §9.1): the CANCEL leaves as soon as a provisional response is there.</summary>
    public void Cancel(SipRequest cancel)
    {
        IsCancelled = true;
        if (_invite is null) _cancel = cancel;
        else Handle(new Cancel(cancel));
    }

    /// <inheritdoc/>
    public void OnTimer(long kind) => Handle(TimerKind.Fired(kind));

    /// <inheritdoc/>
    public void SendFailed(string reason) => partition.Enter(() =>
    {
        FailureReason = reason;
        Handle(new SendFailed(reason));
    });

    /// <inheritdoc/>
    public void SentOver(IStreamConnection connection) => _sentOver = connection;

    /// <summary>Why nothing could be sent.</summary>
    public string? FailureReason { get; private set; }

    private async Task ResolveAsync()
    {
        var ip = await partition.Context.Addresses.ResolveAsync(target.Host, target.Transport.IsIpv6, CancellationToken.None).ConfigureAwait(false);
        partition.Enter(() => Resolved(ip));
        OutputBatch.Flush();
    }

    private void Resolved(System.Net.IPAddress? ip)
    {
        if (_cancel is not null) Fail(487, "Request Terminated", TransactionOutcome.Cancelled);
        else if (ip is null) Fail(503, "DNS Error", TransactionOutcome.SendFailed);
        else Begin(new Flow(target.Transport, NetAddress.Of(ip, target.Port), target.Connection));
    }

    private void Begin(in Flow flow)
    {
        Flow = flow;
        if (IsInvite)
        {
            var step = partition.Machines.InviteClient(flow.Transport.IsReliable, IsBranch).Start(request);
            _invite = step.State;
            Perform(step.Effects);
        }
        else
        {
            var step = partition.Machines.NonInviteClient(flow.Transport.IsReliable).Start(request);
            _other = step.State;
            Perform(step.Effects);
        }
    }

    private void Handle(TransactionInput input)
    {
        if (_isOver) return;
        if (_invite is not null)
        {
            var step = partition.Machines.InviteClient(Flow.Transport.IsReliable, IsBranch).Handle(_invite, input);
            _invite = step.State;
            Perform(step.Effects);
        }
        else if (_other is not null)
        {
            var step = partition.Machines.NonInviteClient(Flow.Transport.IsReliable).Handle(_other, input);
            _other = step.State;
            Perform(step.Effects);
        }
    }

    private void Perform(ImmutableArray<TransactionEffect> effects)
    {
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case Send send: partition.Context.Output.Send(send.Message, Flow, this); break;
                case StartTimer start: partition.SetTimer(start.After, this, TimerKind.Of(start)); break;
                case PassUp { Message: SipResponse response }: PassUp(response); break;
                case BeginCancel cancel: partition.Begin(cancel.Request, SipTarget.Of(Flow), Silence.Instance); break;
                case Finish finish: End(finish.Outcome); break;
                default: throw new InvalidOperationException($"No code performs {effect.GetType().Name}.");
            }
        }
    }

    private void PassUp(SipResponse response)
    {
        if (response.IsFinal) HasFinal = true;
        user.Responded(this, response, LastFlow);
    }

    private void End(TransactionOutcome outcome)
    {
        if (outcome == TransactionOutcome.TimedOut) partition.Context.Silent.TimedOut(_sentOver);
        switch (outcome)
        {
            case TransactionOutcome.TimedOut: Fail(408, "Request Timeout", outcome); break;
            case TransactionOutcome.SendFailed: Fail(503, FailureReason ?? "No transport", outcome); break;
            case TransactionOutcome.Cancelled: Fail(487, "Request Terminated", outcome); break;
            default: Forget(outcome); break;
        }
    }

    private void Fail(int status, string phrase, TransactionOutcome outcome)
    {
        if (!HasFinal)
        {
            HasFinal = true;
            user.Failed(this, status, phrase);
        }

        Forget(outcome);
    }

    private void Forget(TransactionOutcome outcome)
    {
        _isOver = true;
        partition.Transactions.Remove(this);
        user.Over(this, outcome);
    }

    /// <summary>Nobody cares: CANCEL, and requests whose answer changes nothing.</summary>
    internal sealed class Silence : IOutgoingUser
    {
        public static readonly Silence Instance = new();

        public void Responded(OutgoingRequest request, SipResponse response, in Flow flow)
        {
        }

        public void Failed(OutgoingRequest request, int status, string phrase)
        {
        }
    }
}
