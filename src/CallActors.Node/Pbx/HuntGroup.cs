using CallActors.Headers;

namespace CallActors.Node.Pbx;

/// <summary><c>hunt</c>: everybody who is registered is called, one after the other, ten seconds each, until somebody answers.</summary>
internal sealed class HuntGroup(PhoneBook phones) : PbxCall(phones)
{
    private static readonly TimeSpan s_each = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task OnInvite(IncomingCall call)
    {
        foreach (var places in await Phones.Everybody(but: CallerIdentity.Of(call.Invite.Message).Number))
        {
            if (await Ring(call, places, s_each)) return;
        }

        await call.Reject(480, "Nobody Answers");
    }
}
