using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>What a leg answers to its far end's requests when the application has no wish of its own.</summary>
internal static class LegDefaults
{
    public static async Task Answer(Leg leg, LegRequest request)
    {
        if (leg.Peer is { IsOver: false } peer)
        {
            await Bridges.Relay.Pass(request, peer, leg.PeerHeaders);
            return;
        }

        switch (request.Message.Method)
        {
            case SipMethod.Invite or SipMethod.Update:
                if (request.Offer is { } offer) leg.RemoteSdp = offer;
                var describe = request.Offer is not null || request.Message.Method == SipMethod.Invite;
                await request.Respond(200, null, describe ? MessageBody.OfSdp(leg.LocalSdp) : null);
                break;
            case SipMethod.Refer: await request.Respond(603); break;
            case SipMethod.Subscribe when leg is IncomingSubscription subscription: await subscription.Repeat(); break;
            case SipMethod.Subscribe: await request.Respond(489); break;
            default: await request.Respond(200); break;
        }
    }
}
