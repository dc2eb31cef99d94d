using CallActors.Server.Partitions;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Calls;

/// <summary>
/// Forgets the dialog of a subscription that nobody renewed and nobody ended: its last word may be lost, or never be said (RFC 6665 §4.1.2.4, §4.2.2). There is one timer
/// for each, however often it is renewed.
/// </summary>
internal sealed class SubscriptionClock(Partition partition, DialogEntry dialog) : ITimed
{
    // Longer than any application's own patience, so that it may still say the last word itself.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(96);

    private const uint Usual = 3600;

    private bool _isSet;

    /// <summary>When the dialog is forgotten: time since the server started.</summary>
    public TimeSpan Until { get; private set; }

    /// <summary>A SUBSCRIBE was sent, or answered: the subscription lives as long as that says.</summary>
    public static void Renew(Partition partition, DialogEntry dialog, SipMessage said)
    {
        var seconds = HeaderNumbers.TryDeltaSeconds(said.First(SipHeaderId.Expires), out var given) ? given : Usual;
        (dialog.Subscription ??= new SubscriptionClock(partition, dialog)).Renew(TimeSpan.FromSeconds(seconds) + s_grace);
    }

    /// <summary>The subscription of a dialog that was restored lives as long as it would have.</summary>
    public static void Resume(Partition partition, DialogEntry dialog, TimeSpan left) =>
        (dialog.Subscription ??= new SubscriptionClock(partition, dialog)).Renew(left > TimeSpan.Zero ? left : TimeSpan.Zero);

    /// <inheritdoc/>
    public void OnTimer(long kind)
    {
        _isSet = false;
        if (dialog.IsOver) return;
        if (Until > partition.Now) Set();
        else partition.Endings.Remove(dialog);
    }

    private void Renew(TimeSpan time)
    {
        Until = partition.Now + time;
        if (!_isSet) Set();
    }

    private void Set()
    {
        _isSet = true;
        partition.SetTimer(Until - partition.Now, this, 0);
    }
}
