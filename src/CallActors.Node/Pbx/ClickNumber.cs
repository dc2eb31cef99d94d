using CallActors.Connections;
using CallActors.Headers;

namespace CallActors.Node.Pbx;

/// <summary><c>click-bob</c>: hangs up, and calls back: the caller first, then bob. What a button on a web page would do.</summary>
internal sealed class ClickNumber(CallNode node) : CallActor
{
    /// <inheritdoc/>
    protected override async Task OnInvite(IncomingCall call)
    {
        // Where servers connect to us, once for each call, there is none to call over.
        if (!node.Servers.Values.OfType<ServerUp>().Any())
        {
            await call.Reject(503, "No Server To Call Back Over");
            return;
        }

        var caller = CallerIdentity.Of(call.Invite.Message).Number;
        await call.Reject(480, "You Are Called Back");
        node.Begin<ClickToDial>(new ClickToDial.Wish(caller, Dialled.Rest(call)));
    }
}
