using CallActors.Headers;
using CallActors.Targets;

namespace CallActors.Node.Samples;

/// <summary>A back-to-back user agent in front of two carriers: what the first one cannot do the second may.</summary>
/// <param name="carriers">The addresses of the carriers, the better one first.</param>
internal sealed class TrunkWithFallback(TrunkWithFallback.Carriers carriers) : CallActor
{
    // Everything but what is said among ourselves. The caller's message itself stays as it is.
    private static readonly BridgeOptions s_options = new()
    {
        RequestHeaders = HeaderPolicy.All.Except("X-Internal-*"),
        SetupTimeout = TimeSpan.FromSeconds(4),
        RingTimeout = TimeSpan.FromMinutes(2),
    };

    /// <summary>Host and port of each carrier, in the order in which they are tried.</summary>
    public sealed record Carriers(params string[] Hosts);

    /// <inheritdoc/>
    protected override async Task OnInvite(IncomingCall call)
    {
        foreach (var host in carriers.Hosts)
        {
            // Whatever was dialled is put in front of the host, escaped where it must be.
            var bridge = await call.BridgeTo(CallTarget.Parse(host, call.Called), s_options);
            // Connected, the bridge carries on by itself: holds, keys, hang-ups reach the other side.
            if (bridge.IsConnected || !IsCarriersFault(bridge.Outcome)) return;
        }

        // Nothing is said here of a call that failed everywhere: when the flow ends the caller gets the last outcome's status.
    }

    // Whoever is called may be busy or decline, and then the other carrier would only ring the same phone again. A caller who has gone needs nobody.
    private static bool IsCarriersFault(InviteOutcome outcome) => outcome is InviteOutcome.TimedOut or InviteOutcome.Rejected { Code: 404 or 408 or (>= 500 and < 600) };
}
