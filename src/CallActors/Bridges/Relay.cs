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

        // Dialogs come back one after the other, and whoever is shown first speaks to one that comes right behind.
        await peer.Back;
        switch (request.Message.Method)
        {
            // Both sides asked at once, and each would wait for the other: one of them tries again (RFC 3261 §14.2).
            case SipMethod.Invite or SipMethod.Update when request.IsSessionChange && peer.Session.IsAsked: await request.Respond(491); break;
            // An offer of an UPDATE goes on as a re-INVITE, which everybody understands and which may take its time.
            case SipMethod.Invite or SipMethod.Update when request.Offer is { } offer: await Answer(request, await peer.Modify(offer)); break;
            case SipMethod.Invite: await AskForOffer(request, peer); break;
            default: await Other(request, peer, policy); break;
        }
    }

    // Without an offer the other side is asked for one; the answer comes with the ACK and goes back the same way.
    private static async Task AskForOffer(LegRequest request, Leg peer)
    {
        var outcome = await peer.ModifyWithoutOffer(async theirs =>
        {
            var answer = request.Leg.Session.NextAnswer();
            return await request.Respond(200, null, MessageBody.Sdp(theirs)) is null ? await answer : null;
        });
        if (!request.IsAnswered) await Answer(request, outcome);
    }

    private static async Task Other(LegRequest request, Leg peer, HeaderPolicy policy)
    {
        var outcome = await peer.Relay(request, BodyOf(request.Message), HeaderFields.Of(Complete(policy, request.Message), request.Message));
        if (outcome is RequestOutcome.Final { Response: { } response })
            await request.Respond(response.StatusCode, response.ReasonText, BodyOf(response), HeaderFields.Of(policy, response));
        else if (outcome is RequestOutcome.ServerLost && !request.Connection.IsUp) request.Abandon();
        else await request.Respond(outcome.Status);
    }

    private static Task<string?> Answer(LegRequest request, ModifyOutcome outcome) => outcome switch
    {
        ModifyOutcome.Agreed agreed => request.Respond(200, null, MessageBody.OfSdp(agreed.Sdp)),
        ModifyOutcome.Refused refused => request.Respond(refused.Code, refused.Reason.Length == 0 ? null : refused.Reason),
        _ => request.Respond(outcome.Status),
    };

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
