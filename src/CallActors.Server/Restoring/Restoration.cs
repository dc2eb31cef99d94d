using CallActors.Control;
using CallActors.Control.Commands;
using CallActors.Server.Applications;
using CallActors.Server.Calls;
using CallActors.Server.Partitions;
using CallActors.Server.Transports;
using CallActors.Sip;
using CallActors.Sip.Dialogs;

namespace CallActors.Server.Restoring;

/// <summary>Dialogs that applications give back to a server which does not know them: control protocol §8.5.</summary>
internal sealed class Restoration(ServerContext context, SipDispatch dispatch, IReadOnlyList<Partition> partitions, Succession succession)
{
    /// <summary>An application has proven itself: it may know what is asked for, and the first one ends the silence after a start.</summary>
    public void Came(ApplicationConnection application)
    {
        var restores = application.Features.HasFlag(ExtensionFeatures.Restore);
        if (!restores && context.Restorers.SomebodyCame) return;
        context.Restorers.Came(application, restores);
        foreach (var partition in partitions)
        {
            using (partition.EnterScope()) partition.Asking.Came(application, restores);
        }
    }

    /// <summary>A connection has ended.</summary>
    public void Left(ApplicationConnection application)
    {
        if (!application.Features.HasFlag(ExtensionFeatures.Restore)) return;
        context.Restorers.Left(application);
        foreach (var partition in partitions)
        {
            using (partition.EnterScope()) partition.Asking.Left(application);
        }
    }

    /// <summary>An application has not the dialog that it was asked for.</summary>
    public void Unknown(ApplicationConnection application, UnknownCommand command)
    {
        if (!TransactionId.TryParse(command.AskId, out var id) || dispatch.PartitionOf(id) is not { } partition) return;
        using (partition.EnterScope()) partition.Asking.Unknown(application, id);
    }

    /// <summary>An application gives a dialog back. One that is here already is claimed: what the server knows is newer.</summary>
    public void Restore(ApplicationConnection application, RestoreCommand command)
    {
        var id = command.Message.Id;
        if (application.Group is not { } group || !application.Features.HasFlag(ExtensionFeatures.Restore))
        {
            application.Nok(id, ControlTexts.Extension.NotGranted);
            return;
        }

        var dialog = Octets.Of(command.DialogId);
        var partition = succession.PartitionOf(dialog);
        var state = DialogState.Read(command.State);
        if (state is not null && !DialogTable.IsIdOf(dialog, state.Dialog.CallId, state.Dialog.InitiatorTag)) state = null;
        bool isKnown;
        bool isFull;
        KeptSession? kept;
        using (partition.EnterScope())
        {
            var known = partition.Dialogs.Find(dialog);
            isKnown = known is not null;
            kept = known?.Kept;

            // One that is here under another id cannot come twice.
            if (!isKnown && state is not null && partition.Dialogs.Find(DialogLookup.Of(state.Dialog.CallId, state.Dialog.LocalTag, state.Dialog.RemoteTag)) is not null) state = null;
            isFull = partition.Dialogs.Count >= context.PartitionLimits.Dialogs;
        }

        var session = group.Find(command.Key);
        if (isKnown && session is null) application.Nok(id, ControlTexts.Extension.UnknownSession, command.Key);
        else if (isKnown && !ReferenceEquals(kept, session)) application.Nok(id, ControlTexts.InDialog.NotOwner);
        else if (!isKnown && state is null) application.Nok(id, ControlTexts.Extension.UnusableState);
        else if (!isKnown && (isFull || (session is null && succession.IsFull))) application.Nok(id, ControlTexts.Extension.SessionsFull);
        else Restore(application, id, session ?? succession.Begin(group, command.Key, application, command.Incarnation, out _), command.Incarnation, dialog, state, partition);
    }

    private void Restore(
        ApplicationConnection application, ReadOnlySpan<byte> command, KeptSession session, int incarnation, Octets dialog, DialogState? state, Partition partition)
    {
        var verdict = session.TryRestore(application, incarnation, out var previous);
        if (verdict == RestoreVerdict.Superseded)
        {
            Succession.Superseded(application, command, session);
            return;
        }

        using (partition.EnterScope())
        {
            var entry = partition.Dialogs.Find(dialog);
            if (entry is null && state is not null && (entry = partition.States.Revive(dialog, state, application)) is not null) Inheritance.Restored(session, entry);
            if (entry is null)
            {
                application.Nok(command, ControlTexts.Extension.UnusableState);
                if (session.IsEmpty) session.Group.Emptied(session, context.Uptime);
                return;
            }

            // The keeper has the state of this run before it is told that all is well, and is told that before it is shown what waited.
            partition.States.Tell(entry);
            if (verdict == RestoreVerdict.Claimed)
            {
                var dialogs = session.Dialogs(out _, out var counted);
                application.Claimed(command, counted, Succession.Joined(dialogs));
            }
            else
            {
                application.Ok(command);
            }

            partition.Asking.Restored(entry);
        }

        // Who comes back with a newer memory than another has got nothing of what that one was shown.
        if (verdict != RestoreVerdict.Owned) TakeAll(session, application, verdict == RestoreVerdict.Taken ? null : previous);
    }

    // The other dialogs of the session are the restorer's too.
    private void TakeAll(KeptSession session, ApplicationConnection application, ApplicationConnection? previous)
    {
        foreach (var dialog in session.Dialogs(out _, out _))
        {
            var partition = succession.PartitionOf(dialog);
            using (partition.EnterScope()) partition.Inheritance.Take(session, dialog, application, previous);
        }
    }
}

/// <summary>What becomes of a session when one of its dialogs is given back.</summary>
internal enum RestoreVerdict
{
    /// <summary>It is the restorer's already.</summary>
    Owned,

    /// <summary>It is the restorer's now, who knows a higher incarnation than the server did.</summary>
    Taken,

    /// <summary>It is the restorer's now, as after a claim: the incarnation counts up.</summary>
    Claimed,

    /// <summary>The restorer's memory is the older one.</summary>
    Superseded,
}
