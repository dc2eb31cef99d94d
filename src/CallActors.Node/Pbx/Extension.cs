namespace CallActors.Node.Pbx;

/// <summary>A user calls another by name. Whoever never registered does not exist (404), whoever is away is away (480); busy is the phone's own to say.</summary>
internal sealed class Extension(PhoneBook phones) : PbxCall(phones)
{
    /// <inheritdoc/>
    protected override async Task OnInvite(IncomingCall call)
    {
        var user = Dialled.User(call.Invite);
        if (await Phones.Find(user) is not { Count: > 0 } places) await call.Reject(Phones.IsKnown(user) ? 480 : 404);
        else await Ring(call, places);
    }
}
