namespace CallActors.Node.Samples;

/// <summary>Says no, says why, and says when to try again.</summary>
/// <remarks>
/// A flow is a class that derives from <see cref="CallActor"/>. The application routes INVITEs to it: <c>app.Invite&lt;RejectNicely&gt;()</c>. Each call gets an object of its own,
/// whose constructor's parameters are injected.
/// </remarks>
internal sealed class RejectNicely : CallActor
{
    /// <inheritdoc/>
    protected override Task OnInvite(IncomingCall call) =>
        call.Reject(480, "Gone Fishing", new HeaderFields { { "Retry-After", "3600" } });
}
