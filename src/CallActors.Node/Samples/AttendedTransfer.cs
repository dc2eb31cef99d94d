using Microsoft.Extensions.Logging;

namespace CallActors.Node.Samples;

/// <summary>Connects callers, and lets either side hand the other over: to somebody else (REFER), or to somebody it talks with already (REFER with Replaces).</summary>
/// <param name="directory">Where users are.</param>
internal sealed partial class AttendedTransfer(AttendedTransfer.Directory directory) : CallActor
{
    /// <summary>Where users are: the URI of a user, null for nobody.</summary>
    public sealed record Directory(Func<string, string?> Find);

    /// <inheritdoc/>
    protected override async Task OnInvite(IncomingCall call)
    {
        if (directory.Find(call.Called) is { } place) await call.BridgeTo(place);
        else await call.Reject(404);
    }

    /// <inheritdoc/>
    protected override async Task OnRefer(Leg leg, LegRequest request)
    {
        // Without this method the bridge would pass the REFER on, and the other phone had to carry it out. Here the two calls may live on different nodes.
        var outcome = await Transfer(request);
        if (outcome.IsDone) LogTransferred(Log, leg.RemoteUri, outcome.Target!.RemoteUri);
        // A transfer that failed leaves everybody where they were; the one who asked has been told.
        else LogFailed(Log, leg.RemoteUri, outcome.Status, outcome.Reason);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{By} handed the call over to {Target}")]
    private static partial void LogTransferred(ILogger log, string by, string target);

    [LoggerMessage(Level = LogLevel.Information, Message = "the transfer that {By} asked for failed: {Status} {Reason}")]
    private static partial void LogFailed(ILogger log, string by, int status, string reason);
}
