namespace CallActors.Node.Pbx;

/// <summary><c>busy</c>: a line that always is.</summary>
internal sealed class BusyNumber : CallActor
{
    /// <inheritdoc/>
    protected override Task OnInvite(IncomingCall call) => call.Reject(486);
}
