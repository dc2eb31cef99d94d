using CallActors.Headers;
using CallActors.Ringing;
using CallActors.Targets;

namespace CallActors.Node.Pbx;

/// <summary>What calls between phones have in common: how a phone is rung, and transfers, which go to phones and service numbers alike.</summary>
internal abstract class PbxCall(PhoneBook phones) : CallActor
{
    private static readonly TimeSpan s_ringing = TimeSpan.FromSeconds(60);

    /// <summary>The phones.</summary>
    protected PhoneBook Phones { get; } = phones;

    /// <summary>Rings the places of a user, all at once.</summary>
    protected static async Task<bool> Ring(IncomingCall call, IReadOnlyList<Binding> places, TimeSpan? limit = null)
    {
        if (places.Count == 0) return false;
        var plan = RingPlan.Parallel([.. places.Select(place => RingPlan.Of(TargetAt(place)))]);
        var bridge = await call.BridgeTo(plan, new BridgeOptions { RingTimeout = limit ?? s_ringing, RequestHeaders = HeaderPolicy.All });
        return bridge.IsConnected || call.IsSettled;
    }

    /// <summary>A place as a target: over the edge that its phone registered through.</summary>
    protected static CallTarget TargetAt(Binding place) => CallTarget.Parse(place.Uri) with { NextHop = place.NextHop };

    /// <inheritdoc/>
    protected override async Task OnRefer(Leg leg, LegRequest request)
    {
        // A user is called where the phone is. A service number, or somebody elsewhere, is called as the REFER names it: our own numbers come back to us as a new call.
        var target = SipAddress.Read(request.Header("Refer-To") ?? "").User;
        var place = await Phones.Find(target) is [var first, ..] ? first : null;
        await Transfer(request, where: named => (place is null ? named : TargetAt(place)) with { RingTimeout = s_ringing });
    }
}
