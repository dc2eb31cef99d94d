using CallActors.Server.Calls;
using CallActors.Server.Partitions;
using CallActors.Server.Transports;
using CallActors.Sip.Messages;

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

    private readonly HeldRequests _kept = new(Most);

    private ServerContext Context => partition.Context;

    /// <summary>A request that nobody is there for yet. What comes as a datagram is sent again by its sender; over a stream nothing is, so it is kept.</summary>
    /// <returns>False when it is to be served, or refused, now.</returns>
    public bool TryHold(SipRequest request, in Flow flow)
    {
        if (!IsAwaited(request)) return false;
        if (!flow.Transport.IsReliable) return true;
        if (_kept.IsEmpty) partition.SetTimer(s_look, this, 0);
        return _kept.TryAdd(request, flow);
    }

    /// <summary>The INVITE that a CANCEL is for, begun so that both can be answered; null when it is not here.</summary>
    public IncomingRequest? TakeCancelled(SipRequest cancel) => _kept.TakeCancelled(cancel) is { } held ? partition.Intake.Begin(held.Request, held.Flow) : null;

    /// <inheritdoc/>
    public void OnTimer(long kind)
    {
        // Whatever is still to wait comes back here.
        foreach (var (request, flow) in _kept.TakeAll())
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
