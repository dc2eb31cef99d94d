using CallActors.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Bridges;

/// <summary>What a bridge does with the requests that follow the answer: it passes them on, and the response back.</summary>
internal static class Relay
{
    public static async Task Pass(LegRequest request, Leg peer, HeaderPolicy policy)
    {
        // Nobody is asked to change a session before its beginning is acknowledged (RFC 3261 §14.1).
        if (peer is IncomingCall { IsOver: false } caller && !await caller.Acknowledged)
        {
            await request.Respond(481);
            return;
        }

        switch (request.Message.Method)
        {
            case SipMethod.Invite: await Reinvite(request, peer); break;
            case SipMethod.Update when request.Offer is { } offer: await Update(request, peer, offer); break;
            default: await Other(request, peer, policy); break;
        }
    }

    private static async Task Reinvite(LegRequest request, Leg peer)
    {
        if (request.Offer is { } offer)
        {
            await Answer(request, await peer.Modify(offer));
            return;
        }

        // Without an offer the other side is asked for one; the answer comes with the ACK and goes back the same way.
        var outcome = await peer.ModifyWithoutOffer(async theirs =>
        {
            request.Leg.LocalSdp = theirs;
            if (await request.Respond(200, null, MessageBody.Sdp(theirs)) is not null) return null;
            return await request.Leg.NextAnswer();
        });
        if (!request.IsAnswered) await Answer(request, outcome);
    }

    private static async Task Update(LegRequest request, Leg peer, string offer)
    {
        var outcome = await peer.Request("UPDATE", MessageBody.Sdp(offer));
        if (outcome is RequestOutcome.Final { Response.StatusCode: 405 or 501 })
        {
            await Answer(request, await peer.Modify(offer));
            return;
        }

        if (outcome is not RequestOutcome.Final { Response: { } response })
        {
            await request.Respond(outcome.Status);
            return;
        }

        var answer = SdpBody.In(response);
        if (response.IsSuccess) Commit(request.Leg, peer, offer, answer);
        await request.Respond(response.StatusCode, response.ReasonText, MessageBody.OfSdp(answer));
    }

    private static async Task Other(LegRequest request, Leg peer, HeaderPolicy policy)
    {
        var outcome = await peer.Request(request.Method, BodyOf(request.Message), HeaderFields.Of(Complete(policy, request.Message), request.Message));
        if (outcome is RequestOutcome.Final { Response: { } response })
            await request.Respond(response.StatusCode, response.ReasonText, BodyOf(response), HeaderFields.Of(policy, response));
        else await request.Respond(outcome.Status);
    }

    private static async Task Answer(LegRequest request, ModifyOutcome outcome)
    {
        switch (outcome)
        {
            case ModifyOutcome.Agreed agreed:
                request.Leg.RemoteSdp = request.Offer ?? request.Leg.RemoteSdp;
                request.Leg.LocalSdp = agreed.Sdp ?? request.Leg.LocalSdp;
                await request.Respond(200, null, MessageBody.OfSdp(agreed.Sdp));
                break;
            case ModifyOutcome.Refused refused: await request.Respond(refused.Code, refused.Reason); break;
            default: await request.Respond(outcome.Status); break;
        }
    }

    private static void Commit(Leg leg, Leg peer, string offer, string? answer)
    {
        leg.RemoteSdp = offer;
        peer.LocalSdp = offer;
        if (answer is null) return;
        peer.RemoteSdp = answer;
        leg.LocalSdp = answer;
    }

    // Without these a REFER or NOTIFY says nothing, whatever the policy is.
    private static HeaderPolicy Complete(HeaderPolicy policy, SipRequest request) => request.Method switch
    {
        SipMethod.Refer => policy.Copy("Refer-To", "Referred-By", "Refer-Sub", "Event"),
        SipMethod.Notify or SipMethod.Subscribe => policy.Copy("Event", "Subscription-State", "Expires", "Accept"),
        SipMethod.Info => policy.Copy("Info-Package"),
        _ => policy,
    };

    private static MessageBody? BodyOf(SipMessage message) =>
        message.Body.IsEmpty ? null : new MessageBody(System.Text.Encoding.UTF8.GetString(message.First(SipHeaderId.ContentType)), message.Body.ToArray());
}
