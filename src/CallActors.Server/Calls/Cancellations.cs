using CallActors.Control;
using CallActors.Control.Commands;
using CallActors.Control.Events;
using CallActors.Server.Applications;
using CallActors.Server.Composition;
using CallActors.Server.Partitions;
using CallActors.Server.Transports;
using CallActors.Sip.Messages;

namespace CallActors.Server.Calls;

/// <summary>CANCEL, both ways: specification 1.5.4, 3.7, 3.8.</summary>
internal sealed class Cancellations(Partition partition)
{
    private ServerContext Context => partition.Context;

    /// <summary>A CANCEL of the network.</summary>
    public void Received(SipRequest cancel, in Flow flow)
    {
        if (partition.Intake.Begin(cancel, flow) is not { } own) return;
        var invite = partition.Transactions.FindCancelled(cancel) ?? partition.Transactions.FindUnanswered(cancel) ?? partition.Asking.TakeCancelled(cancel) ?? partition.Early.TakeCancelled(cancel);
        if (invite is null || invite.FinalStatus is >= 200 and < 300 || (invite.Phase == RequestPhase.Answered && invite.FinalStatus == 0))
        {
            own.Respond(481);
            return;
        }

        own.LocalTag = invite.LocalTag;
        own.Respond(200);
        switch (invite.Phase)
        {
            case RequestPhase.Answered: return;
            case RequestPhase.Proxied:
                partition.Proxies.Cancelled(invite, cancel);
                return;
            default:
                Terminate(invite, cancel, flow);
                return;
        }
    }

    /// <summary>An application cancels an INVITE of its own.</summary>
    public void Send(ApplicationConnection application, ReadOnlySpan<byte> command, CancelCommand asked, TransactionId id)
    {
        if (partition.Transactions.FindOutgoing(id) is not { IsInvite: true, HasFinal: false, User: ApplicationInvite invite } outgoing
            || (application.Group is not null && !ReferenceEquals(invite.Owner, application)))
        {
            application.Nok(command, ControlTexts.Cancel.UnknownTransaction, asked.TransactionId);
            return;
        }

        var builder = NewRequests.Builder.Request("CANCEL"u8, outgoing.Request.RequestUri);
        WriteInvites(builder, outgoing.Request);
        if (!Context.HeaderRules.TryWrite(builder, asked.Sip, outgoing.Flow.Transport.IdentityFor(null), static header => IsInvites(header), out _))
        {
            application.Nok(command, ControlTexts.Cancel.Failed, asked.TransactionId);
            return;
        }

        var cancel = builder.ToRequest();
        Span<byte> text = stackalloc byte[TransactionId.TextLength];
        partition.NewId().Write(text);
        application.RequestSent(command, cancel, outgoing.Flow, text);
        invite.GiveUp(cancel);
    }

    /// <summary>Whether a CANCEL means an INVITE also where a NAT or border element has changed its Via: Call-ID, From tag and number still name it.</summary>
    public static bool Means(SipRequest cancel, SipRequest invite) =>
        invite.Method == SipMethod.Invite && invite.CSeq == cancel.CSeq && invite.CallId.SequenceEqual(cancel.CallId) && invite.FromTag.SequenceEqual(cancel.FromTag);

    private void Terminate(IncomingRequest invite, SipRequest cancel, in Flow flow)
    {
        var wasOffered = invite.Owner;
        invite.Owner = null;
        if (wasOffered is not null)
        {
            Span<byte> id = stackalloc byte[TransactionId.TextLength];
            invite.Id.Write(id);
            wasOffered.Deliver(cancel, flow, id, invite.HasProgressed || invite.IsInDialog ? Answers.IdOf(invite).Span : default, invite.Dialog?.Kept);
        }

        var terminated = Terminated(invite);
        invite.Say(terminated);
        partition.Endings.InviteFailed(invite, terminated);

        // Last: whoever is being asked may hear of it at once, on this thread, and must find the INVITE answered.
        Offers.Abandon(invite);
        if (!invite.IsInDialog) Context.Cdrs.Stop(cancel, CdrReason.CallCanceled, isSent: false);
    }

    private SipResponse Terminated(IncomingRequest invite)
    {
        if (invite.LocalTag.IsEmpty && invite.Request.ToTag.IsEmpty) invite.LocalTag = Context.Identity.NewTag();
        return invite.Request.RespondTo(487, default, invite.LocalTag.Span);
    }

    // RFC 3261 §9.1: everything that identifies the INVITE.
    private static void WriteInvites(SipMessageBuilder builder, SipRequest invite)
    {
        builder.CopyFirst(invite, SipHeaderId.Via);
        builder.Header(SipHeaderId.MaxForwards, 70);
        builder.Copy(invite, SipHeaderId.Route).Copy(invite, SipHeaderId.From).Copy(invite, SipHeaderId.To).Copy(invite, SipHeaderId.CallId);
        builder.BeginHeader(SipHeaderId.CSeq).Append(invite.CSeq).Append(" CANCEL"u8).EndHeader();
    }

    private static bool IsInvites(SipHeaderId id) => id is SipHeaderId.From or SipHeaderId.To or SipHeaderId.CallId or SipHeaderId.CSeq
        or SipHeaderId.Contact or SipHeaderId.PAssertedIdentity or SipHeaderId.MaxForwards or SipHeaderId.ContentType;
}
