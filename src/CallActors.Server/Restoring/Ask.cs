using CallActors.Server.Applications;
using CallActors.Server.Partitions;
using CallActors.Sip.Dialogs;

namespace CallActors.Server.Restoring;

/// <summary>One dialog that the server does not know, who is being asked for it, and what waits for the answer.</summary>
internal sealed class Ask(Asking asking, TransactionId id, DialogKey key) : ITimed
{
    /// <summary>How many requests wait in one dialog.</summary>
    public const int MostHeld = 8;

    /// <summary>What the applications' <c>unknown</c> repeats; it names the partition.</summary>
    public TransactionId Id => id;

    /// <summary>The dialog.</summary>
    public DialogKey Key => key;

    /// <summary>What waits.</summary>
    public HeldRequests Held { get; } = new(MostHeld);

    /// <summary>Who was asked and has not answered.</summary>
    public HashSet<ApplicationConnection> Unanswered { get; } = [];

    /// <inheritdoc/>
    public void OnTimer(long kind) => asking.Overdue(this);
}
