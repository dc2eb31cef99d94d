using CallActors.Server.Calls;
using CallActors.Server.Partitions;
using CallActors.Server.Transports;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Server.Restoring;

/// <summary>
/// Requests outside dialogs that come right after a start, before the applications: those are on their way back, and no caller is to be refused for that (control
/// protocol §8.5). OPTIONS are answered as ever: who looks after the server's health asks just this.
/// </summary>
internal sealed class EarlyRequests(Partition partition) : ITimed
{
    private const int Most = 256;

    // Applications and their methods come one after the other.
    private static readonly TimeSpan s_coming = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);

    private readonly List<AskedRequests.Held> _kept = [];

    private ServerContext Context => partition.Context;

    /// <summary>A request that nobody is there for yet. What comes as a datagram is sent again by its sender; over a stream nothing is, so it is kept.</summary>
    /// <returns>False when it is to be served, or refused, now.</returns>
    public bool TryHold(SipRequest request, in Flow flow)
    {
        if (!IsAwaited(request)) return false;
        if (!flow.Transport.IsReliable) return true;
        if (_kept.Count >= Most) return false;
        if (_kept.Count == 0) partition.SetTimer(s_look, this, 0);
        _kept.Add(new AskedRequests.Held(request, flow));
        return true;
    }

    /// <summary>The INVITE that a CANCEL is for, begun so that both can be answered; null when it is not here.</summary>
    public IncomingRequest? TakeCancelled(SipRequest cancel)
    {
        if (_kept.Count == 0) return null;
        var wanted = TransactionLookup.ForCancelled(cancel).ToKey();
        var at = _kept.FindIndex(held => TransactionKey.ForServer(held.Request) == wanted);
        if (at < 0) return null;
        var (request, flow) = _kept[at];
        _kept.RemoveAt(at);
        return partition.Intake.Begin(request, flow);
    }

    /// <inheritdoc/>
    public void OnTimer(long kind)
    {
        AskedRequests.Held[] kept = [.. _kept];
        _kept.Clear();

        // Whatever is still to wait comes back here.
        foreach (var (request, flow) in kept)
        {
            if (flow.Connection is { IsOpen: false }) continue;
            if (request.ToTag.IsEmpty) partition.Intake.New(request, flow);
            else partition.Intake.InDialog(request, flow, wasAsked: true);
        }
    }

    private bool IsAwaited(SipRequest request) =>
        partition.Now < Context.Options.Limits.RestoreGrace
        && Context.Options.Extensions.IsOn
        && Context.SinceFirstRoute < s_coming
        && request.Method is not (SipMethod.Options or SipMethod.Unknown)
        && !Context.Routes.Has(Offers.VerbOf(request))
        && Context.Handlers?.Handles(request) != true;
}
