using CallActors.Descriptions;

namespace CallActors.Node.Pbx;

/// <summary><c>echo</c>: answers with the caller's own description, so that the phone sends its media to itself.</summary>
internal sealed class EchoNumber : CallActor
{
    /// <inheritdoc/>
    protected override async Task OnInvite(IncomingCall call)
    {
        if (call.Offer is { } offer) await call.Answer(Mirror(offer));
        // There is no media here that could be offered.
        else await call.Reject(488, "An Echo Needs An Offer");
    }

    /// <inheritdoc/>
    protected override Task OnReinvite(Leg leg, LegRequest request) => Follow(leg, request);

    /// <inheritdoc/>
    protected override Task OnUpdate(Leg leg, LegRequest request) => Follow(leg, request);

    private static async Task Follow(Leg leg, LegRequest request)
    {
        var answer = request.Offer is { } offer ? Mirror(offer) : null;
        var body = answer ?? (request.Method == "INVITE" ? leg.LocalSdp : null);
        await request.Respond(200, null, body is null ? null : MessageBody.Sdp(body));
    }

    // Ours is the same, ready for both directions; the answer narrows it to what the offer leaves (RFC 3264 §6.1).
    private static string Mirror(string offer) => SessionOffers.AnswerTo(
        offer,
        offer.Replace("a=sendonly", "a=sendrecv", StringComparison.Ordinal).Replace("a=recvonly", "a=sendrecv", StringComparison.Ordinal).Replace("a=inactive", "a=sendrecv", StringComparison.Ordinal));
}
