using CallActors.Ringing;

namespace CallActors.Node.Samples;

/// <summary>All phones of a user ring at once; the first who answers has the call, the others are told that it was answered elsewhere. Nobody: voicemail.</summary>
/// <param name="phones">The phones of a user.</param>
internal sealed class Simring(Simring.Phones phones) : CallActor
{
    private static readonly TimeSpan s_ringing = TimeSpan.FromSeconds(25);

    /// <summary>Where a user's phones are, and where voicemail is.</summary>
    public sealed record Phones(Func<string, string[]> Of, string Voicemail);

    /// <inheritdoc/>
    protected override Task OnInvite(IncomingCall call)
    {
        RingPlan[] all = [.. phones.Of(call.Called).Select(phone => (RingPlan)phone)];
        if (all.Length == 0) return call.Reject(404);

        // A plan is a value: groups of groups, one after the other or at once, each for its time.
        return call.BridgeTo(RingPlan.Serial(RingPlan.Parallel(all).For(s_ringing), phones.Voicemail));
    }
}
