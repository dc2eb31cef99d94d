using System.Text;
using CallActors.Headers;
using CallActors.Ringing;
using CallActors.Sip.Headers;
using CallActors.Targets;

namespace CallActors.Node.Pbx;

/// <summary>What calls between phones have in common: how a phone is rung, and transfers, which go to phones and service numbers alike.</summary>
internal abstract class PbxCall(PhoneBook phones) : CallActor
{
    private static readonly TimeSpan s_ringing = TimeSpan.FromSeconds(60);

    /// <summary>The phones.</summary>
    protected PhoneBook Phones { get; } = phones;

    /// <summary>Rings places all at once, until one answers.</summary>
    /// <returns>Whether the caller is settled: connected, or gone.</returns>
    protected static async Task<bool> Ring(IncomingCall call, IReadOnlyList<Binding> places, TimeSpan? limit = null, FailureRule? failures = null)
    {
        if (places.Count == 0) return false;
        var plan = RingPlan.Parallel([.. places.Select(place => RingPlan.Of(TargetAt(place)))]).OnFailure(failures ?? FailureRule.Default);
        var bridge = await call.BridgeTo(plan, new BridgeOptions { RingTimeout = limit ?? s_ringing, RequestHeaders = HeaderPolicy.All });
        return bridge.IsConnected || call.IsSettled;
    }

    /// <summary>A place as a target: over the edge that its phone registered through.</summary>
    protected static CallTarget TargetAt(Binding place) => CallTarget.Parse(place.Uri) with { NextHop = place.NextHop };

    /// <inheritdoc/>
    protected override async Task OnRefer(Leg leg, LegRequest request)
    {
        // A user is called where the phone is, somebody elsewhere as the REFER names him.
        var target = SipAddress.Read(request.Header("Refer-To") ?? "");
        var place = await Phones.Find(target.User) is [var first, ..] ? first : null;
        if (place is null && IsHere(target.Uri, request) && !target.Uri.Contains("Replaces=", StringComparison.OrdinalIgnoreCase))
        {
            // Nobody's phone is here under that name, and the server sends nothing to itself: a service number is for dialling.
            await request.Respond(Phones.IsKnown(target.User) ? 480 : 404);
            return;
        }

        await Transfer(request, where: named => (place is null ? named : TargetAt(place)) with { RingTimeout = s_ringing });
    }

    // Where the REFER itself was sent, or where the call was.
    private bool IsHere(string uri, LegRequest refer)
    {
        if (!SipUriView.TryParse(Encoding.UTF8.GetBytes(uri), out var named)) return false;
        return IsSame(named, refer.Message.RequestUri) || (Caller is { } caller && IsSame(named, caller.Invite.Message.RequestUri));
    }

    private static bool IsSame(SipUriView named, ReadOnlySpan<byte> ours) =>
        SipUriView.TryParse(ours, out var here) && Ascii.EqualsIgnoreCase(named.Host, here.Host) && PortOf(named) == PortOf(here);

    private static int PortOf(SipUriView uri) => uri.Port > 0 ? uri.Port : 5060;
}
