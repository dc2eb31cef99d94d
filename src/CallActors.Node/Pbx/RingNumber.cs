using System.Globalization;

namespace CallActors.Node.Pbx;

/// <summary><c>ring-5</c>: rings for so many seconds, and nobody is there.</summary>
internal sealed class RingNumber : CallActor
{
    private const int MostSeconds = 170;

    /// <inheritdoc/>
    protected override async Task OnInvite(IncomingCall call)
    {
        if (!int.TryParse(Dialled.Rest(call), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > MostSeconds)
        {
            await call.Reject(404);
            return;
        }

        await call.Ring();
        // A caller who hangs up ends the wait, and with it the flow.
        await Task.Delay(TimeSpan.FromSeconds(seconds), Time, call.Cancelled);
        await call.Reject(480, "Nobody Answers");
    }
}
