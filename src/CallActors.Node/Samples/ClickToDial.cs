using CallActors.Descriptions;
using CallActors.Headers;
using CallActors.Targets;

namespace CallActors.Node.Samples;

/// <summary>
/// Somebody clicks on a number: the clicker's own phone rings first, then the number is called, and when both have answered they are connected.
/// A call that begins with us: <c>app.Begin&lt;ClickToDial&gt;(new ClickToDial.Click("sip:me@…", "sip:her@…"))</c>.
/// </summary>
internal sealed class ClickToDial : CallActor
{
    private static readonly TimeSpan s_ringing = TimeSpan.FromSeconds(30);

    /// <summary>Who clicked, and on whom.</summary>
    public sealed record Click(CallTarget Mine, CallTarget Theirs);

    /// <inheritdoc/>
    protected override async Task OnStart(object? argument)
    {
        var click = (Click)argument!;
        if (await Call(click.Mine) is not { } mine) return;
        if (await Call(click.Theirs) is not { } theirs)
        {
            await mine.Hangup("nobody answers");
            return;
        }

        // Each is asked for a description of its own, and given the other's. From then on the two end together.
        if (!(await Join(mine, theirs)).IsAgreed) await HangUpAll("the two could not be connected");
    }

    private async Task<Leg?> Call(CallTarget target)
    {
        // We have no media of our own: the phone makes the offer, and gets it back on hold until there is somebody to talk with.
        var call = Dial(
            target with { RingTimeout = s_ringing, Caller = new CallerIdentity { Number = "click", Name = "Click to dial" } },
            new CallOptions { LateAnswer = offer => Task.FromResult<string?>(SessionOffers.HoldOffer(offer, HoldMode.Inactive)) });
        return await call.Outcome is InviteOutcome.Answered ? call : null;
    }
}
