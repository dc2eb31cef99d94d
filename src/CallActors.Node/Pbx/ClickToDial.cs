using CallActors.Descriptions;
using CallActors.Headers;

namespace CallActors.Node.Pbx;

/// <summary>Two users are called by the application, one after the other, and joined (third-party call control, RFC 3725).</summary>
internal sealed class ClickToDial(PhoneBook phones) : PbxCall(phones)
{
    private static readonly TimeSpan s_ringing = TimeSpan.FromSeconds(30);

    /// <summary>Who is to talk with whom.</summary>
    public sealed record Wish(string First, string Second);

    /// <inheritdoc/>
    protected override async Task OnStart(object? argument)
    {
        var (first, second) = (Wish)argument!;
        if (await Call(first, second) is not { } a) return;
        if (await Call(second, first) is not { } b) await a.Hangup("the other side does not answer");
        else if (!(await Join(a, b)).IsAgreed) await HangUpAll("the two could not be joined");
    }

    private async Task<Leg?> Call(string user, string other)
    {
        if (await Phones.Find(user) is not [var place, ..]) return null;
        var target = TargetAt(place) with { Caller = new CallerIdentity { Number = other }, RingTimeout = s_ringing };
        var call = Dial(target, new CallOptions { LateAnswer = Wait });
        return await call.Outcome is InviteOutcome.Answered { Leg: var leg } ? leg : null;
    }

    // Until the other one has answered, nothing is to be heard.
    private static Task<string?> Wait(string offer) => Task.FromResult<string?>(SessionOffers.HoldOffer(offer, HoldMode.Inactive));
}
