using System.Net;
using CallActors.Net;
using CallActors.Server.Configuration;
using CallActors.Server.Transports;
using CallActors.Sip.Dialogs;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Calls;

/// <summary>Whether later requests of a dialog go to where its first message came from instead of where it says: specification 3.10.</summary>
internal static class Nat
{
    /// <summary>The next hop for a dialog that a received request makes; null follows the route set and the Contact.</summary>
    public static SipTarget? ForServer(SipRequest request, in Flow flow, ServerOptions options)
    {
        if (flow.Connection is not null) return SipTarget.Of(flow);
        if (options.DisableNat) return null;
        var recordRoute = First(request, SipHeaderId.RecordRoute);
        if (!recordRoute.IsEmpty) return options.AggressiveNat && SaysNat(recordRoute) ? SipTarget.Of(flow) : null;
        if (!ContactView.TryParse(request.First(SipHeaderId.Contact), out var contact) || !contact.Address.TryUri(out var uri)) return null;
        return !IsSame(uri.Host, flow.Peer) || (uri.Port > 0 && uri.Port != flow.Peer.Port) ? SipTarget.Of(flow) : null;
    }

    /// <summary>The next hop for a dialog that a received response makes.</summary>
    public static SipTarget? ForClient(SipRequest request, SipResponse response, Dialog dialog, in Flow flow, ServerOptions options)
    {
        if (SipUriView.TryParse(request.RequestUri, out var original) && original.Host.SequenceEqual("feature-server"u8)) return null;
        if (flow.Connection is not null && dialog.Routes.IsEmpty) return SipTarget.Of(flow);
        if (options.DisableNat) return null;

        if (!dialog.Routes.IsEmpty)
        {
            var isPrivate = SipUriView.TryParse(dialog.Routes.FirstUri, out var hop)
                && IPAddress.TryParse(hop.Host, out var address) && LocalNetworks.IsPrivate(address);
            return isPrivate || (options.AggressiveNat && SaysNat(Last(response, SipHeaderId.RecordRoute))) ? SipTarget.Of(flow) : null;
        }

        if (!ContactView.TryParse(response.First(SipHeaderId.Contact), out var contact) || !contact.Address.TryUri(out var uri)) return null;
        if (request.Method == SipMethod.Invite && !IsSame(uri.Host, flow.Peer)) return SipTarget.Of(flow);
        return options.AggressiveNat && SaysNat(contact.Uri) ? SipTarget.Of(flow) : null;
    }

    private static bool IsSame(ReadOnlySpan<byte> host, NetAddress peer) => host.SequenceEqual(peer.HostUtf8);

    private static bool SaysNat(ReadOnlySpan<byte> nameAddr) =>
        (NameAddrView.TryParse(nameAddr, out var address) ? address.TryUri(out var uri) : SipUriView.TryParse(nameAddr, out uri))
        && uri.TryParameter("nat"u8, out var value) && value.SequenceEqual("yes"u8);

    private static ReadOnlySpan<byte> First(SipMessage message, SipHeaderId id)
    {
        foreach (var value in message.Values(id)) return value;
        return default;
    }

    private static ReadOnlySpan<byte> Last(SipMessage message, SipHeaderId id)
    {
        ReadOnlySpan<byte> last = default;
        foreach (var value in message.Values(id)) last = value;
        return last;
    }
}
