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

    private TimeSpan _until;
    private bool _isSet;

    /// <summary>A SUBSCRIBE was sent, or answered: the subscription lives as long as that says.</summary>
    public static void Renew(Partition partition, DialogEntry dialog, SipMessage said)
    {
        var seconds = HeaderNumbers.TryDeltaSeconds(said.First(SipHeaderId.Expires), out var given) ? given : Usual;
        (dialog.Subscription ??= new SubscriptionClock(partition, dialog)).Renew(TimeSpan.FromSeconds(seconds) + s_grace);
    }

    /// <inheritdoc/>
    public void OnTimer(long kind)
    {
        _isSet = false;
        if (dialog.IsOver) return;
        if (_until > partition.Now) Set();
        else partition.Endings.Remove(dialog);
    }

    private void Renew(TimeSpan time)
    {
        _until = partition.Now + time;
        if (!_isSet) Set();
    }

    private void Set()
    {
        _isSet = true;
        partition.SetTimer(_until - partition.Now, this, 0);
    }
}
