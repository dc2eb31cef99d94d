using CallActors.Headers;
using CallActors.Ringing;

namespace CallActors.Node.Pbx;

/// <summary><c>all</c>: everybody who is registered is called at once, and whoever answers first has the call.</summary>
internal sealed class EverybodyGroup(PhoneBook phones) : PbxCall(phones)
{
    /// <inheritdoc/>
    protected override async Task OnInvite(IncomingCall call)
    {
        var places = (await Phones.Everybody(but: CallerIdentity.Of(call.Invite.Message).Number)).SelectMany(user => user).ToArray();
        // Several users: a 6xx speaks for the one who sent it, and the others ring on.
        if (!await Ring(call, places, failures: FailureRule.Never)) await call.Reject(480, "Nobody Answers");
    }
}
