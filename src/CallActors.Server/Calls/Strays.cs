using CallActors.Server.Applications;
using CallActors.Server.Partitions;
using CallActors.Sip.Messages;

namespace CallActors.Server.Calls;

/// <summary>Requests in dialogs that were shown to an application none of whose processes has the call (docs/control-protocol.md §8.4).</summary>
internal sealed class Strays(Partition partition)
{
    /// <summary>How often a request may meet nobody: one that whoever takes the call does not survive is not to be shown for ever.</summary>
    private const int Most = 4;

    /// <summary>The next owner of the session is shown the request again; without a session there will be none.</summary>
    /// <param name="application">Who says so.</param>
    /// <param name="id">The request.</param>
    /// <param name="now">Time since the server started.</param>
    /// <returns>The session that has lost its owner by this; null for none.</returns>
    public KeptSession? Take(ApplicationConnection application, TransactionId id, TimeSpan now)
    {
        if (partition.Transactions.FindIncoming(id) is not { IsInDialog: true, Phase: RequestPhase.Offered, Dialog: { } dialog, Owner: { } owner } incoming
            || !ReferenceEquals(owner.Group, application.Group)) return null;
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
}
