using CallActors.Control;
using CallActors.Control.Events;
using CallActors.Server.Applications;
using CallActors.Server.Composition;
using CallActors.Server.Partitions;
using CallActors.Server.Transports;
using CallActors.Sip.Dialogs;
using CallActors.Sip.Messages;

namespace CallActors.Server.Calls;

/// <summary>ACK for 2xx, both ways, and PRACK of the network: specification 1.8.2, 3.5 to 3.7.</summary>
internal sealed class Confirmations(Partition partition)
{
    private ServerContext Context => partition.Context;

    /// <summary>An ACK of the network. False when no dialog or transaction of ours wants it.</summary>
    public bool TryAck(SipRequest ack, in Flow flow)
    {
        if (partition.Dialogs.Find(ack) is { } dialog)
        {
            Acknowledged(dialog, ack, flow);
            return true;
        }

        if (partition.Transactions.Find(ack) is not { } incoming) return false;
        incoming.Repeated(ack);
        return true;
    }

    /// <summary>A PRACK that confirms a response of the owner's: its to answer.</summary>
    public void PrackAccepted(SipRequest prack)
    {
        if (partition.Transactions.Find(prack) is { Dialog: { Owner: { IsOpen: true } } dialog } incoming) partition.DialogRequests.Deliver(dialog, incoming);
        else PrackAnswered(prack, 200);
    }

    /// <summary>A PRACK that the server answers itself.</summary>
    public void PrackAnswered(SipRequest prack, int status) => partition.Transactions.Find(prack)?.Respond(status);

    /// <summary>A reliable response was never confirmed: the INVITE fails (RFC 3262 §3), and a later answer of the owner's finds nothing.</summary>
    public void PrackOverdue(IncomingRequest invite)
    {
        invite.Owner = null;
        var response = invite.Respond(503, "Reliable Response Time-Out"u8);
        partition.Endings.InviteFailed(invite, response);
        Context.Cdrs.Stop(response, CdrReason.CallRejected, isSent: true);
    }

    /// <summary>An application's ACK.</summary>
    public void Send(ApplicationConnection application, ReadOnlySpan<byte> command, DialogEntry? entry, AppMessage message)
    {
        if (entry?.Kept is { IsOver: false } session && !ReferenceEquals(session.Owner, application))
        {
            application.Nok(command, ControlTexts.InDialog.NotOwner);
            return;
        }

        if (entry?.Outgoing is not { AwaitsAck: true } invite)
        {
            application.Nok(command, ControlTexts.InDialog.AckNotForSuccess);
            return;
        }

        if (partition.DialogRequests.Target(entry, entry.Dialog) is not { } target)
        {
            application.Nok(command, ControlTexts.InDialog.NoRoute, entry.Id.Span);
            return;
        }

        var self = target.Transport.IdentityFor(target.Address?.Ip);
        var builder = partition.DialogRequests.Open(entry, entry.Dialog, target, "ACK"u8, invite.Request.CSeq);
        CopyCredentials(builder, invite.Request);
        if (!Context.HeaderRules.TryWrite(builder, message, self, static id => IsOurs(id), out var bad))
        {
            application.Nok(command, ControlTexts.InDialog.TransactionFailed, NewRequests.Because(bad));
            return;
        }

        if (!BodyRules.TryWriteType(builder, message, isRequest: true))
        {
            application.Nok(command, ControlTexts.InDialog.MissingContentType);
            return;
        }

        var ack = builder.ToRequest(message.Body);
        entry.Gate = entry.Gate.Sent(ack);
        Sessions.Remember(entry, ack);
        partition.States.Tell(entry);
        Span<byte> id = stackalloc byte[TransactionId.TextLength];
        partition.NewId().Write(id);
        application.RequestSent(command, ack, target.Provisional, id);
        invite.Confirm(ack);
    }

    /// <summary>Sends an ACK of a dialog, again or for the first time.</summary>
    public void Send(SipRequest ack, DialogEntry entry)
    {
        if (partition.DialogRequests.Target(entry, entry.Dialog) is { } target) Send(ack, target);
    }

    /// <summary>
    /// A 2xx to the INVITE of a server before this one, whose ACK was lost with that server or on the way: it is repeated until somebody acknowledges (RFC 3261 §13.3.1.4).
    /// </summary>
    public bool TryAcknowledge(SipResponse answer)
    {
        if (!answer.IsSuccess || answer.CSeqMethod != SipMethod.Invite || partition.Dialogs.Find(DialogLookup.ForReceived(answer)) is not { IsRestored: true } entry) return false;
        if (partition.DialogRequests.Target(entry, entry.Dialog) is not { } target) return false;
        Send(partition.DialogRequests.Open(entry, entry.Dialog, target, "ACK"u8, answer.CSeq).ToRequest(), target);
        return true;
    }

    /// <summary>The ACK that no application sends: for a fork nobody wants, or for one that has gone.</summary>
    public void Acknowledge(DialogEntry entry, SipRequest invite, SipResponse answer)
    {
        var value = DialogOf(entry, invite, answer);
        if (partition.DialogRequests.Target(entry, value) is { } target) Send(Bare(entry, value, target, invite), target);
    }

    /// <summary>The ACK for a call that goes on although its application, which would have sent it, has gone; null when there is no way to send it.</summary>
    public SipRequest? Bare(DialogEntry entry, SipRequest invite) =>
        partition.DialogRequests.Target(entry, entry.Dialog) is { } target ? Bare(entry, entry.Dialog, target, invite) : null;

    /// <summary>The dialog that this 2xx made: the entry's own, or one of a fork beside it.</summary>
    public static Dialog DialogOf(DialogEntry entry, SipRequest invite, SipResponse answer) =>
        entry.Dialog.RemoteTag.SequenceEqual(answer.ToTag) ? entry.Dialog : Dialog.ForClient(invite, answer);

    private void Acknowledged(DialogEntry dialog, SipRequest ack, in Flow flow)
    {
        if (dialog.Incoming is not { AwaitsAck: true } incoming || incoming.CSeq != ack.CSeq) return;
        dialog.Incoming = null;
        if (dialog.Gate.Receive(ack, out var gate) == SessionVerdict.Admitted) dialog.Gate = gate;
        incoming.TakeAck();
        var transaction = incoming.IsInDialog ? partition.NewId() : incoming.Id;
        if (dialog.Kept is not null && partition.Inheritance.TryHold(dialog, ack, flow, transaction)) return;
        Span<byte> id = stackalloc byte[TransactionId.TextLength];
        transaction.Write(id);
        dialog.Owner?.Deliver(ack, flow, id, dialog.Id.Span, dialog.Kept);
    }

    private SipRequest Bare(DialogEntry entry, Dialog value, SipTarget target, SipRequest invite)
    {
        var builder = partition.DialogRequests.Open(entry, value, target, "ACK"u8, invite.CSeq);
        CopyCredentials(builder, invite);
        return builder.ToRequest();
    }

    /// <summary>Sends an ACK, which has no transaction: a name is looked up here, and what cannot be sent is asked for again by the next 2xx.</summary>
    public void Send(SipRequest ack, SipTarget target)
    {
        if (target.Address is not null) Context.Output.Send(ack, target.Provisional, null);
        else if (Context.Addresses.TryFind(target.Host, target.Transport.IsIpv6, out var ip)) Send(ack, target, ip);
        else _ = ResolveAsync(ack, target);
    }

    private void Send(SipRequest ack, SipTarget target, System.Net.IPAddress? ip)
    {
        if (ip is not null) Context.Output.Send(ack, new Flow(target.Transport, Net.NetAddress.Of(ip, target.Port), target.Connection), null);
    }

    private async Task ResolveAsync(SipRequest ack, SipTarget target)
    {
        Send(ack, target, await Context.Addresses.ResolveAsync(target.Host, target.Transport.IsIpv6, CancellationToken.None).ConfigureAwait(false));
        OutputBatch.Flush();
    }

    // RFC 3261 §13.2.2.4: the ACK carries the same credentials as its INVITE.
    private static void CopyCredentials(SipMessageBuilder builder, SipRequest invite) =>
        builder.Copy(invite, SipHeaderId.Authorization).Copy(invite, SipHeaderId.ProxyAuthorization);

    private static bool IsOurs(SipHeaderId id) => id is SipHeaderId.From or SipHeaderId.To or SipHeaderId.CallId or SipHeaderId.CSeq
        or SipHeaderId.MaxForwards or SipHeaderId.ContentType or SipHeaderId.Authorization or SipHeaderId.ProxyAuthorization or SipHeaderId.RAck;
}
