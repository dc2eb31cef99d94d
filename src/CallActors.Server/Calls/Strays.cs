using CallActors.Server.Applications;
using CallActors.Server.Partitions;
using CallActors.Sip.Messages;

namespace CallActors.Server.Calls;

/// <summary>
/// Requests that reached nobody: in a dialog because no process of the application has the call, outside dialogs because the one that was shown it has no place for a call
/// (docs/control-protocol.md §8.4).
/// </summary>
internal sealed class Strays(Partition partition)
{
    /// <summary>How often a request may meet nobody: one that whoever takes the call does not survive is not to be shown for ever.</summary>
    private const int Most = 4;

    /// <summary>How many may decline one: not even a cluster that falls apart has its callers passed round for ever.</summary>
    private const int MostDecliners = 16;

    /// <summary>
    /// The next owner of the session is shown the request again; without a session there will be none. One outside dialogs goes to a connection that has not declined it.
    /// </summary>
    /// <param name="application">Who says so.</param>
    /// <param name="group">The application that it is a process of.</param>
    /// <param name="id">The request.</param>
    /// <param name="now">Time since the server started.</param>
    /// <returns>The session that has lost its owner by this; null for none.</returns>
    public KeptSession? Take(ApplicationConnection application, ApplicationGroup group, TransactionId id, TimeSpan now)
    {
        if (partition.Transactions.FindIncoming(id) is not { Phase: RequestPhase.Offered, Owner: { } owner } incoming || !ReferenceEquals(owner.Group, group)) return null;
        if (!incoming.IsInDialog)
        {
            if (ReferenceEquals(owner, application)) Decline(incoming, application, group);
            return null;
        }

        if (incoming.Dialog is not { } dialog) return null;
        var isLast = ++incoming.Strays > Most;
        if (isLast || dialog.Kept is not { IsOver: false } session)
        {
            dialog.Open--;
            incoming.Respond(incoming.Request.Method == SipMethod.Bye ? 200 : isLast ? 500 : 481);
            return null;
        }

        // Whoever has claimed the call since has it; what was shown to the one before did not get there.
        var isLoss = !ReferenceEquals(incoming.Before, application) && session.TryLose(owner, now);
        partition.Inheritance.Lost(incoming);
        return isLoss ? session : null;
    }

    private void Decline(IncomingRequest incoming, ApplicationConnection application, ApplicationGroup group)
    {
        if (incoming.Dialog is { } early)
        {
            foreach (var open in partition.Transactions.OpenIn(early))
                if (ReferenceEquals(open.Owner, application)) partition.Inheritance.Interrupted(open);
        }

        (incoming.Decliners ??= []).Add(application);
        partition.Inheritance.Offer(incoming, incoming.Decliners.Count <= MostDecliners ? group : null);
    }
}
