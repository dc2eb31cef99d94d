namespace CallActors.Node.Samples;

/// <summary>
/// Answers and sends the caller's media back to where it came from: everybody hears themselves. <c>#</c> ends it, and so does time.
/// </summary>
/// <remarks>
/// What may happen while a call lives is a method of its flow. All of them run in the call's mailbox, one at a time: fields need no lock.
/// </remarks>
internal sealed class EchoTest : CallActor
{
    private static readonly TimeSpan s_atMost = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    protected override async Task OnInvite(IncomingCall call)
    {
        await call.Ring();
        // Two rings. Time is injected: in a test these three seconds take none.
        await Task.Delay(TimeSpan.FromSeconds(3), Time, call.Cancelled);

        // The outcome is a value. Where the caller was quicker with a CANCEL there is no call, and nothing to be done about it.
        if (await call.Answer(call.Offer) is not InviteOutcome.Answered) return;
        SetTimer("enough", s_atMost);
    }

    /// <inheritdoc/>
    protected override async Task OnInfo(Leg leg, LegRequest request)
    {
        // A key that was pressed, as most phones tell it: Signal=#
        await request.Respond(200);
        if (request.Body.Contains("Signal=#", StringComparison.OrdinalIgnoreCase)) await leg.Hangup("thank you");
    }

    /// <inheritdoc/>
    protected override Task OnTimer(string name) => HangUpAll("that was enough");
}
