using System.Collections.Immutable;
using CallActors.Control.Events;
using CallActors.Server.Applications;
using CallActors.Server.Partitions;
using CallActors.Server.Transports;
using CallActors.Sip;
using CallActors.Sip.Dialogs;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Server.Calls;

/// <summary>An INVITE of an application, initial or within its dialog, from the first response to the end of its 2xx: specification 3.6, 3.7, 3.14.</summary>
internal sealed class ApplicationInvite(Partition partition, ApplicationConnection application, SipRequest request, SipTarget? viaHop) : IOutgoingUser, IOwned, ITimed
{
    private readonly Octets _baseId = Octets.Of([.. request.CallId, .. ";from-tag="u8, .. request.FromTag]);
    private readonly List<Fork> _forks = [];
    private AcknowledgementMemory.State? _memory;
    private OutgoingRequest _outgoing = null!;
    private bool _byeAfterAck;

    private sealed class Fork(Dialog dialog)
    {
        public Dialog Dialog { get; set; } = dialog;

        public ReceivedProvisionals Order { get; set; }
    }

    /// <inheritdoc/>
    public ApplicationConnection? Owner { get; private set; } = application;

    /// <inheritdoc/>
    public ApplicationConnection? Before { get; private set; }

    /// <summary>The dialog it belongs to or has made.</summary>
    public DialogEntry? Dialog { get; private set; }

    /// <summary>Whether it renegotiates a dialog that exists.</summary>
    public bool IsReinvite { get; private init; }

    /// <summary>The INVITE.</summary>
    public SipRequest Request => request;

    /// <summary>Its transaction.</summary>
    public OutgoingRequest Outgoing => _outgoing;

    /// <summary>The id that the application gave the transaction itself, if it did.</summary>
    public Octets GivenId { get; init; }

    /// <summary>Whether its 2xx waits for the application's ACK.</summary>
    public bool AwaitsAck => _memory is AcknowledgementMemory.State.Waiting;

    /// <summary>Whether there is no final response yet.</summary>
    public bool IsPending => !_outgoing.HasFinal;

    private Octets DialogId => Dialog?.Id ?? _baseId;

    /// <summary>A re-INVITE.</summary>
    public static ApplicationInvite Within(Partition partition, DialogEntry dialog, ApplicationConnection application, SipRequest request, Octets givenId) =>
        new(partition, application, request, null) { Dialog = dialog, IsReinvite = true, GivenId = givenId };

    /// <summary>The transaction has been made.</summary>
    public void Begin(OutgoingRequest outgoing) => _outgoing = outgoing;

    /// <summary>The application gives it up.</summary>
    public void GiveUp(SipRequest cancel)
    {
        _byeAfterAck = !IsReinvite;
        _outgoing.Cancel(cancel);
    }

    /// <inheritdoc/>
    public void Left(OutgoingRequest outgoing, bool isKept)
    {
        Owner = null;
        if (IsPending && !outgoing.IsCancelled) outgoing.Cancel(request.CancelFor());
        else if (isKept && !_byeAfterAck) Keep();
        else Remember(Abandoned.Instance);
    }

    /// <inheritdoc/>
    public void Pass(ApplicationConnection owner)
    {
        if (!ReferenceEquals(Owner, owner)) (Before, Owner) = (Owner, owner);
    }

    /// <inheritdoc/>
    public void Responded(OutgoingRequest outgoing, SipResponse response, in Flow flow)
    {
        if (response.IsProvisional) Progressed(response, flow);
        else if (response.IsSuccess) Answered(response, flow);
        else Rejected(response, flow);
    }

    /// <inheritdoc/>
    public void Failed(OutgoingRequest outgoing, int status, string phrase)
    {
        var response = request.RespondTo(status, System.Text.Encoding.UTF8.GetBytes(phrase), default);
        var id = DialogId;
        Over(response);
        Span<byte> text = stackalloc byte[TransactionId.TextLength];
        Owner?.DeliverSynthetic(response, outgoing.Flow.Transport, IdText(text), id.Span, Dialog?.Kept);
        partition.Context.Cdrs.Stop(response, CdrReason.CallRejected, isSent: false);
    }

    /// <inheritdoc/>
    public void OnTimer(long kind) => Remember(TimerKind.Fired(kind));

    /// <summary>The application's ACK, ready to be sent.</summary>
    public void Confirm(SipRequest ack)
    {
        Remember(new Acknowledge(ack));
        if (_byeAfterAck && Dialog is { IsOver: false } dialog) partition.Endings.End(dialog, "ACK-BYE due to cancel race condition");
    }

    /// <summary>The early dialog whose last reliable response had this RSeq, which an application's PRACK belongs to.</summary>
    public Dialog? ForkOf(uint rseq)
    {
        foreach (var fork in _forks)
        {
            if (fork.Order.Last == rseq) return fork.Dialog;
        }

        return null;
    }

    /// <summary>The early dialog of a fork by the peer's tag.</summary>
    public Dialog? ForkOf(ReadOnlySpan<byte> tag) => ForkFor(tag)?.Dialog;

    /// <summary>A fork's dialog has changed: its numbers advance on their own.</summary>
    public void Update(Dialog before, Dialog after)
    {
        foreach (var fork in _forks)
        {
            if (ReferenceEquals(fork.Dialog, before)) fork.Dialog = after;
        }
    }

    private void Progressed(SipResponse response, in Flow flow)
    {
        if (!IsReinvite && !response.ToTag.IsEmpty && !TryEarly(response, flow)) return;
        if (IsReinvite) Dialog!.Dialog = Dialog.Dialog.AfterReceiving(response);
        if (Dialog is not null)
        {
            Dialog.Gate = Dialog.Gate.Received(response);
            partition.States.Tell(Dialog);
        }

        Deliver(response, flow);
    }

    // False for a reliable response that was seen before, or that has overtaken another.
    private bool TryEarly(SipResponse response, in Flow flow)
    {
        var fork = ForkFor(response.ToTag);
        if (fork is null)
        {
            fork = new Fork(Sip.Dialogs.Dialog.ForClient(request, response, flow.Transport.Protocol == Net.NetProtocol.Tls));
            _forks.Add(fork);
            Index(fork.Dialog, response, flow);
        }

        if (!response.Has(SipHeaderId.RSeq) || !System.Buffers.Text.Utf8Parser.TryParse(response.First(SipHeaderId.RSeq), out uint rseq, out _)) return true;
        if (fork.Order.Judge(rseq) != ProvisionalOrder.Next) return false;
        fork.Order = fork.Order.After(rseq);
        Dialog!.Dialog = fork.Dialog;
        return true;
    }

    private Fork? ForkFor(ReadOnlySpan<byte> tag)
    {
        foreach (var fork in _forks)
        {
            if (fork.Dialog.RemoteTag.SequenceEqual(tag)) return fork;
        }

        return null;
    }

    private void Index(Dialog value, SipResponse response, in Flow flow)
    {
        if (Dialog is null)
        {
            Dialog = new DialogEntry(partition.Dialogs.NewId(request.CallId, request.FromTag), SipMethod.Invite, isServer: false, value, Owner)
            {
                Route = Nat.ForClient(request, response, value, flow, partition.Context.Options) ?? (response.IsFinal ? null : viaHop),
                Contact = Answers.ContactValueOf(request),
                Outgoing = this,
            };
            Dialog.Gate = Dialog.Gate.Sent(request);
            partition.Dialogs.Add(Dialog);
        }

        partition.Dialogs.TryIndex(value.Key, Dialog);
    }

    private void Answered(SipResponse response, in Flow flow)
    {
        if (_memory is not null)
        {
            Remember(new Received(response));
            return;
        }

        if (IsReinvite) Dialog!.Dialog = Dialog.Dialog.AfterReceiving(response);
        else Establish(response, flow);
        if (Dialog!.IsOver)
        {
            // A BYE has crossed the answer: the peer's 2xx needs its ACK all the same.
            Owner = null;
        }

        Dialog.Gate = Dialog.Gate.Received(response);
        Start(partition.Machines.Acknowledgements.Start(response));
        partition.Sessions.Answered(Dialog, request, response);
        partition.States.Tell(Dialog);
        Deliver(response, flow);
        if (!IsReinvite) partition.Context.Cdrs.Start(response, CdrRole.Uac, isSent: false);
        if (Owner is { IsOpen: true }) return;
        if (IsReinvite && Dialog is { IsOver: false } and ({ Kept.IsOver: false } or { Owner.IsOpen: true })) Keep();
        else Remember(Abandoned.Instance);
    }

    // The call goes on with its next owner: it is acknowledged here, unless the answer to the far end's offer is missing, which only that owner may have.
    private void Keep()
    {
        if (AwaitsAck && !request.Body.IsEmpty && partition.Confirmations.Bare(Dialog!, request) is { } ack) Remember(new Acknowledge(ack));
    }

    private void Establish(SipResponse response, in Flow flow)
    {
        var fork = ForkFor(response.ToTag);
        var value = fork?.Dialog.Confirm(response) ?? Sip.Dialogs.Dialog.ForClient(request, response, flow.Transport.Protocol == Net.NetProtocol.Tls);
        foreach (var other in _forks)
        {
            if (!ReferenceEquals(other, fork)) partition.Dialogs.Unindex(other.Dialog.Key);
        }

        _forks.Clear();
        Index(value, response, flow);
        Dialog!.Dialog = value;
        Dialog.Route = Nat.ForClient(request, response, value, flow, partition.Context.Options);
    }

    private void Rejected(SipResponse response, in Flow flow)
    {
        var id = DialogId;
        Over(response);
        Span<byte> text = stackalloc byte[TransactionId.TextLength];
        Owner?.Deliver(response, flow, IdText(text), id.Span, Dialog?.Kept);
        if (!IsReinvite) partition.Context.Cdrs.Stop(response, response.StatusCode == 487 ? CdrReason.CallCanceled : CdrReason.CallRejected, isSent: false);
    }

    private void Over(SipResponse response)
    {
        if (Dialog is null) return;
        if (IsReinvite)
        {
            Dialog.Gate = Dialog.Gate.Received(response);
            if (ReferenceEquals(Dialog.Outgoing, this)) Dialog.Outgoing = null;
            return;
        }

        foreach (var fork in _forks) partition.Dialogs.Unindex(fork.Dialog.Key);
        partition.Endings.Remove(Dialog);
    }

    private void Deliver(SipResponse response, in Flow flow)
    {
        Span<byte> text = stackalloc byte[TransactionId.TextLength];
        Owner?.Deliver(response, flow, IdText(text), DialogId.Span, Dialog?.Kept);
    }

    private ReadOnlySpan<byte> IdText(Span<byte> scratch)
    {
        if (!GivenId.IsEmpty) return GivenId.Span;
        _outgoing.Id.Write(scratch);
        return scratch;
    }

    private void Start(Transition<AcknowledgementMemory.State> step)
    {
        _memory = step.State;
        Perform(step.Effects);
    }

    private void Remember(TransactionInput input)
    {
        if (_memory is not null) Start(partition.Machines.Acknowledgements.Handle(_memory, input));
    }

    private void Perform(ImmutableArray<TransactionEffect> effects)
    {
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case Send { Message: SipRequest ack }: partition.Confirmations.Send(ack, Dialog!); break;
                case StartTimer start: partition.SetTimer(start.After, this, TimerKind.Of(start)); break;
                case AcknowledgeAnswer acknowledge: partition.Confirmations.Acknowledge(Dialog!, request, acknowledge.Answer); break;
                case ReleaseAnswer release: partition.Endings.Release(Dialog!, request, release.Answer); break;
                case Finish: Forget(); break;
                default: throw new InvalidOperationException($"No code performs {effect.GetType().Name}.");
            }
        }
    }

    private void Forget()
    {
        if (Dialog is not null && ReferenceEquals(Dialog.Outgoing, this)) Dialog.Outgoing = null;
    }
}
