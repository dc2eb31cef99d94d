using System.Net;
using CallActors.Net;
using CallActors.Sip.Headers;

namespace CallActors.Server.Transports;

/// <summary>Where a request is to go: our transport, and the peer as an address or still as a name.</summary>
/// <param name="Transport">The transport that was chosen.</param>
/// <param name="Address">The peer's address; null while only its name is known.</param>
/// <param name="Host">The peer's name or address text.</param>
/// <param name="Port">The peer's port.</param>
/// <param name="Connection">The connection to use, where one is forced.</param>
internal sealed record SipTarget(SipTransport Transport, NetAddress? Address, string Host, int Port, IStreamConnection? Connection = null)
{
    /// <summary>The flow as far as known: towards the peer, or towards ourselves while the name is unresolved.</summary>
    public Flow Provisional => new(Transport, Address ?? Transport.Local, Connection);

    /// <summary>Along a known way.</summary>
    public static SipTarget Of(in Flow flow) => new(flow.Transport, flow.Peer, flow.Peer.Host, flow.Peer.Port, flow.Connection);

    /// <summary>To a URI over a transport chosen for it: <c>maddr</c>, port and the scheme's default port (RFC 3263 §4.2).</summary>
    public static SipTarget Of(SipTransport transport, in SipUriView uri)
    {
        var host = System.Text.Encoding.UTF8.GetString(uri.Maddr.IsEmpty ? uri.Host : uri.Maddr);
        var port = uri.Port > 0 ? uri.Port : SipProtocols.DefaultPort(transport.Protocol);
        var address = IPAddress.TryParse(host, out var ip) ? NetAddress.Of(ip, port) : null;
        return new SipTarget(transport, address, host, port);
    }
}
