using CallActors.Server.Applications;
using CallActors.Server.Partitions;
using CallActors.Sip.Messages;

namespace CallActors.Server.Calls;

/// <summary>Applications that disappear: what they had not answered, what they had asked, and their dialogs (specification 2.4; docs/control-protocol.md §8.4).</summary>
internal sealed class Departures(Partition partition)
{
    private ServerContext Context => partition.Context;

    /// <summary>An application has gone: its unanswered requests go to others; its calls to an heir, or with their sessions, or they end.</summary>
    /// <param name="application">The application.</param>
    /// <param name="heir">One without extensions that gets all its dialogs at once; null for none.</param>
    public void OwnerLeft(ApplicationConnection application, ApplicationConnection? heir)
    {
        foreach (var incoming in partition.Transactions.AllIncoming)
        {
            if (incoming.Phase != RequestPhase.Offered) continue;
            if (ReferenceEquals(incoming.Owner, application)) Inherit(incoming, application.Group, heir);
            // It was to reach the claimant from there, and may not have.
            else if (ReferenceEquals(incoming.Before, application) && IsKept(incoming.Dialog)) partition.Inheritance.Lost(incoming);
        }

        foreach (var outgoing in partition.Transactions.AllOutgoing)
        {
            if (outgoing.User is IOwned owned && (ReferenceEquals(owned.Owner, application) || StoodStill(application, owned.Before))) owned.Left(outgoing, heir is not null || IsKept(owned.Dialog));
        }

        foreach (var dialog in partition.Dialogs.All)
        {
            if (ReferenceEquals(dialog.Owner, application)) Orphaned(dialog, application.Group is not null, heir);
        }
    }

    // What was claimed from it was no move: it could tell nobody what it had under way.
    private static bool StoodStill(ApplicationConnection application, ApplicationConnection? before) => application.IsSilent && ReferenceEquals(before, application);

    private static bool IsKept(DialogEntry? dialog) => dialog?.Kept is { IsOver: false };

    private void Inherit(IncomingRequest incoming, ApplicationGroup? group, ApplicationConnection? heir)
    {
        if (group is not null && incoming is { IsInDialog: true, Dialog: { IsServer: true, Dialog.IsConfirmed: false } })
        {
            partition.Inheritance.Interrupted(incoming);
            return;
        }

        if (incoming.IsInDialog && IsKept(incoming.Dialog))
        {
            partition.Inheritance.Lost(incoming);
            return;
        }

        incoming.Owner = null;
        if (incoming.IsInDialog)
        {
            if (heir is not null) Hand(incoming, heir);
            else partition.Endings.InviteFailed(incoming, incoming.Respond(group is not null && incoming.Request.Method == SipMethod.Bye ? 200 : 481));
        }
        else if (group is not null)
        {
            partition.Inheritance.Offer(incoming, group);
        }
        else if (incoming.HasProgressed)
        {
            if (incoming.Dialog is { } early) partition.Endings.Remove(early);
            partition.Offers.Reject(incoming, 480);
        }
        else
        {
            partition.Offers.OfferNext(incoming, null);
        }
    }

    private void Hand(IncomingRequest incoming, ApplicationConnection heir)
    {
        var dialog = incoming.Dialog!;
        dialog.Owner = heir;
        dialog.Open--;
        partition.DialogRequests.Deliver(dialog, incoming);
    }

    private void Orphaned(DialogEntry dialog, bool hadExtensions, ApplicationConnection? heir)
    {
        dialog.Owner = heir;
        if (heir is not null || IsKept(dialog)) return;

        // An INVITE of its own that nobody has answered is being cancelled, and takes its early dialog with it.
        if (hadExtensions && !dialog.Dialog.IsConfirmed) return;
        partition.SetTimer(hadExtensions ? TimeSpan.Zero : Context.Options.Limits.OrphanGrace, new Orphan(partition, dialog), 0);
    }

    private sealed class Orphan(Partition partition, DialogEntry dialog) : ITimed
    {
        public void OnTimer(long kind)
        {
            if (dialog.Owner is null && !IsKept(dialog)) partition.Endings.End(dialog, Endings.ApplicationGone);
        }
    }
}
