using System.Collections.Immutable;
using CallActors.Control;
using CallActors.Server.Partitions;
using CallActors.Server.Transports;
using CallActors.Sip;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;
using CallActors.Sip.Proxying;

namespace CallActors.Server.Composition;

/// <summary>Requests as the proxy passes them on: the rules are <see cref="ProxyForwarding"/>'s, the names are this server's.</summary>
internal sealed class ForwardedRequests(AppHeaderRules rules, SipIdentity identity, SipTransports transports)
{
    /// <summary>Whether a URI names this server, host and port.</summary>
    public bool IsOurs(ReadOnlySpan<byte> uri) => SipUriView.TryParse(uri, out var view) && transports.IsOurs(view);

    /// <summary>Whether a request has been here before and would go the same way for ever (RFC 5393 §4.2).</summary>
    public bool IsLoop(SipRequest request) => LoopCheck.IsLoop(request, LoopCheck.Fingerprint(request), IsOurs);

    /// <summary>The copy of a request for one branch.</summary>
    /// <param name="request">As received.</param>
    /// <param name="route">Its Request-URI and Route from here on.</param>
    /// <param name="hops">Its Max-Forwards from here on.</param>
    /// <param name="arrived">The transport it came over.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="recordRoute">Stay in the path of what follows.</param>
    /// <param name="breadth">Max-Breadth for the branch; null leaves the header as it came.</param>
    /// <param name="added">The application's headers.</param>
    public SipRequest Forward(
        SipRequest request, in ProxyRoute route, int hops, SipTransport arrived, SipTarget target, bool recordRoute, int? breadth, AppMessage added)
    {
        var self = target.Transport.IdentityFor(target.Address?.Ip);
        ImmutableArray<Octets> records = recordRoute ? ProxyForwarding.Records(arrived.IdentityFor(null).ContactUri, self.ContactUri) : [];
        var headers = new ProxyHeaders(Via(request, target.Transport, self), hops, records, breadth);
        var builder = NewRequests.Builder.BeginForward(request, route, headers);
        rules.TryWrite(builder, added, self, static id => IsFixed(id), out _);
        return builder.ToRequest(request.Body);
    }

    // The branch ends in the fingerprint, by which a loop is told.
    private Octets Via(SipRequest request, SipTransport transport, SipTransport.Identity self)
    {
        Span<byte> fingerprint = stackalloc byte[LoopCheck.Length];
        LoopCheck.Write(LoopCheck.Fingerprint(request), fingerprint);
        return Octets.Of([.. "SIP/2.0/"u8, .. SipProtocols.ViaName(transport.Protocol), .. " "u8, .. self.HostPort.Span,
            .. ";branch="u8, .. identity.NewBranch().Span, .. fingerprint, .. ";rport"u8]);
    }

    // Only sent-bys are compared: host and port.
    private bool IsOurs(ReadOnlySpan<byte> host, int port) => transports.IsOurs(host, port);

    private static bool IsFixed(SipHeaderId id) => id is SipHeaderId.From or SipHeaderId.To or SipHeaderId.CallId or SipHeaderId.CSeq or SipHeaderId.Contact
        or SipHeaderId.MaxForwards or SipHeaderId.ContentType;
}
