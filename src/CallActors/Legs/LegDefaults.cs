using CallActors.Descriptions;
using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>What a leg answers to its far end's requests when the application has no wish of its own.</summary>
internal static class LegDefaults
{
    public static async Task Answer(Leg leg, LegRequest request)
    {
        // Whoever has answered may speak before the other side has heard of the answer: it is for them all the same.
        if (leg.Joining is { } joining) await joining;
        if (leg.Peer is { IsOver: false } peer)
        {
            await Bridges.Relay.Pass(request, peer, leg.PeerHeaders);
            return;
        }

        switch (request.Message.Method)
        {
            // The session answers for us, with what we would do if they let us.
            case SipMethod.Invite or SipMethod.Update when leg.Session.IsBegun || request.Offer is null: await request.Respond(200); break;
            case SipMethod.Invite or SipMethod.Update: await AnswerEarly(leg, request, request.Offer); break;
            case SipMethod.Refer: await request.Respond(603); break;
            case SipMethod.Subscribe when leg is IncomingSubscription subscription: await subscription.Repeat(); break;
            case SipMethod.Subscribe: await request.Respond(489); break;
            default: await request.Respond(200); break;
        }
    }

    // Before the INVITE is answered: its own offer must have an answer before there may be another (RFC 3311 §5.2).
    private static async Task AnswerEarly(Leg leg, LegRequest request, string offer)
    {
        if (leg is not { LocalSdp: { } local, RemoteSdp: not null })
        {
            await request.Respond(500, headers: new HeaderFields { { "Retry-After", "1" } });
            return;
        }

        var answer = SessionOffers.AnswerTo(offer, SessionOffers.Unrestricted(local, leg.RemoteSdp), local);
        (leg.LocalSdp, leg.RemoteSdp) = (answer, offer);
        await request.Respond(200, null, MessageBody.Sdp(answer));
    }
}
