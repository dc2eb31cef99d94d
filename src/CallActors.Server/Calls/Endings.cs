using CallActors.Control.Events;
using CallActors.Server.Partitions;
using CallActors.Sip.Dialogs;
using CallActors.Sip.Messages;

namespace CallActors.Server.Calls;

/// <summary>Dialogs that the server ends or forgets: specification 3.5, 3.7, 3.9.</summary>
internal sealed class Endings(Partition partition)
{
    /// <summary>The Reason text of a call whose application has gone.</summary>
    public const string ApplicationGone = "Application gone";

    private ServerContext Context => partition.Context;

    /// <summary>Ends a dialog with a BYE of the server's own; its owner is told why.</summary>
    public void End(DialogEntry entry, string reason)
    {
        if (entry.IsOver) return;
        if (entry.Outgoing is { IsPending: true, IsReinvite: true } reinvite) reinvite.GiveUp(reinvite.Request.CancelFor());
        // Nothing but a call ends with BYE (RFC 3261 §15).
        var bye = entry.Method == SipMethod.Invite && entry.Dialog.IsConfirmed ? Bye(entry, entry.Dialog.Advance(), reason) : null;
        Remove(entry);

        // Whoever claims at this moment, and was told that the dialog lives, is its session's owner already.
        var owner = entry.Kept is { IsOver: false } session ? session.Owner : entry.Owner;
        if (bye is not null && owner is { IsOpen: true }) owner.Unsolicited(bye.Request, bye.Flow, entry.Id.Span, entry.Kept);
    }

    /// <summary>A BYE of an application was challenged: whoever does not answer that in time lets the dialog end all the same (RFC 3261 §15.1.1).</summary>
    public void ByeChallenged(DialogEntry entry) => partition.SetTimer(Context.SipTimers.T1x64, new Unanswered(this, entry), 0);

    /// <summary>Takes a dialog out of the tables; its transactions live on until they are over.</summary>
    /// <param name="entry">The dialog.</param>
    /// <param name="ending">The request that ends it, which its application answers like any other; null where there is none.</param>
    public void Remove(DialogEntry entry, IncomingRequest? ending = null)
    {
        if (entry.IsOver) return;
        entry.IsOver = true;
        foreach (var incoming in partition.Transactions.OpenIn(entry))
        {
            // RFC 3261 §15.1.2.
            if (ReferenceEquals(incoming, ending) || incoming.Request.Method == SipMethod.Bye) continue;
            incoming.Owner = null;
            incoming.Respond(487);
        }

        partition.Inheritance.Release(entry);
        entry.Kept?.Ended(entry.Id.Span, partition.Now);
        entry.Incoming?.StopAnswering();
        entry.Session = null;
        partition.Dialogs.Remove(entry);
        partition.Dialogs.Unindex(entry.Dialog.Key);
    }

    /// <summary>The server has rejected an INVITE in its application's place: an early dialog is over, a confirmed one goes on as it was.</summary>
    public void InviteFailed(IncomingRequest invite, SipResponse response)
    {
        if (invite.Dialog is not { } dialog) return;
        if (!invite.IsInDialog)
        {
            Remove(dialog);
            return;
        }

        dialog.Gate = dialog.Gate.Sent(response);
        if (ReferenceEquals(dialog.Incoming, invite)) dialog.Incoming = null;
    }

    /// <summary>Nobody acknowledged our 2xx.</summary>
    public void AckOverdue(IncomingRequest invite)
    {
        if (invite.Dialog is { } dialog) End(dialog, "ACK timeout");
    }

    /// <summary>Ends the dialog of a 2xx that nobody wants: of another fork silently, of the call itself with word to its owner.</summary>
    public void Release(DialogEntry entry, SipRequest invite, SipResponse answer)
    {
        var value = Confirmations.DialogOf(entry, invite, answer);
        if (ReferenceEquals(value, entry.Dialog) && !entry.IsOver) End(entry, "ACK timeout");
        else Bye(entry, value.Advance(), "Answered by another fork");
    }

    /// <summary>Acknowledges and ends a call that was answered to a proxy whose caller has gone.</summary>
    public void Release(SipRequest invite, SipResponse answer)
    {
        var value = Dialog.ForClient(invite, answer);
        var entry = new DialogEntry(default, SipMethod.Invite, isServer: false, value, owner: null);
        partition.Confirmations.Acknowledge(entry, invite, answer);
        Bye(entry, value.Advance(), "Answered after the call was given up");
    }

    /// <summary>A server transaction has left the table.</summary>
    public void Forgotten(IncomingRequest incoming)
    {
        Offers.Abandon(incoming);
        partition.Inheritance.Forgotten(incoming);
        incoming.Owner = null;
        if (incoming.Dialog is not { } dialog) return;
        if (ReferenceEquals(dialog.Incoming, incoming)) dialog.Incoming = null;
        if (ReferenceEquals(dialog.Update, incoming)) dialog.Update = null;

        // What nobody has answered hinders nothing any more: to its sender it has failed.
        if (incoming is { IsInDialog: true, Phase: not RequestPhase.Answered }) dialog.Gate = dialog.Gate.Sent(incoming.Request.RespondTo(408, default, default));
        if (!incoming.IsInDialog && incoming.IsInvite && !dialog.Dialog.IsConfirmed) Remove(dialog);
    }

    private OutgoingRequest? Bye(DialogEntry entry, Dialog value, string reason)
    {
        if (partition.DialogRequests.Target(entry, value) is not { } target) return null;
        var builder = partition.DialogRequests.Open(entry, value, target, "BYE"u8, value.LocalSequence);
        builder.BeginHeader(SipHeaderId.Reason).Append("SIP ;cause=200 ;text=\""u8).Append(System.Text.Encoding.UTF8.GetBytes(reason)).Append("\""u8).EndHeader();
        var bye = partition.Begin(builder.ToRequest(), target, OutgoingRequest.Silence.Instance);
        Context.Cdrs.Stop(bye.Request, reason == Sessions.Expired ? CdrReason.SessionExpired : CdrReason.SystemInitiatedTermination, isSent: true);
        return bye;
    }

    private sealed class Unanswered(Endings endings, DialogEntry dialog) : ITimed
    {
        public void OnTimer(long kind) => endings.Remove(dialog);
    }
}
