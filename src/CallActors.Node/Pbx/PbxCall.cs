using CallActors.Headers;

namespace CallActors.Node.Pbx;

/// <summary>What calls between phones have in common: how a phone is rung, and transfers, which go to phones and service numbers alike.</summary>
internal abstract class PbxCall(PhoneBook phones) : CallActor
{
    private static readonly TimeSpan s_ringing = TimeSpan.FromSeconds(60);

    /// <summary>The phones.</summary>
    protected PhoneBook Phones { get; } = phones;

    /// <summary>Rings the places of a user, the preferred one first, until one answers.</summary>
    /// <returns>Whether the caller is settled: connected, or gone.</returns>
    protected static async Task<bool> Ring(IncomingCall call, IReadOnlyList<Binding> places, TimeSpan? limit = null)
    {
        foreach (var place in places)
        {
            var bridge = await call.BridgeTo(place.Uri, new BridgeOptions { NextHop = place.NextHop, RingTimeout = limit ?? s_ringing, RequestHeaders = HeaderPolicy.All });
            if (bridge.IsConnected || call.IsSettled) return true;
        }

        return false;
    }

    /// <inheritdoc/>
    protected override async Task OnRefer(Leg leg, LegRequest request)
    {
        // A user is called where the phone is. A service number, or somebody elsewhere, is called as the REFER names it: our own numbers come back to us as a new call.
        var target = SipAddress.Read(request.Header("Refer-To") ?? "").User;
        var place = await Phones.Find(target) is [var first, ..] ? first : null;
        await Transfer(request, new CallOptions { RingTimeout = s_ringing, NextHop = place?.NextHop }, place?.Uri);
    }
}
