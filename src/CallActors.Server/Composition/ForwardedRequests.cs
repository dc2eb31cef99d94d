using CallActors.Control;
using CallActors.Server.Partitions;
using CallActors.Server.Transports;
using CallActors.Sip;
using CallActors.Sip.Messages;

namespace CallActors.Server.Composition;

/// <summary>Requests and responses as a proxy passes them on: RFC 3261 §16.6, §16.7, specification 3.13.</summary>
internal sealed class ForwardedRequests(AppHeaderRules rules, SipIdentity identity)
{
    /// <summary>The copy of a request for one branch.</summary>
    /// <param name="request">As received.</param>
    /// <param name="uri">Its Request-URI from here on.</param>
    /// <param name="arrived">The transport it came over.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="recordRoute">Stay in the dialog's path: Record-Route, or Path for REGISTER.</param>
    /// <param name="breadth">Max-Breadth for the branch, where the request or we limit it; null writes none (RFC 5393 §5).</param>
    /// <param name="added">The application's headers.</param>
    public SipRequest Forward(
        SipRequest request, ReadOnlySpan<byte> uri, SipTransport arrived, SipTarget target, bool recordRoute, int? breadth, AppMessage added)
    {
        var self = target.Transport.IdentityFor(target.Address?.Ip);
        var builder = NewRequests.Builder.Request(request.MethodName, uri);
        NewRequests.WriteVia(builder, target.Transport, self, identity.NewBranch());
        builder.Copy(request, SipHeaderId.Via);
        builder.Header(SipHeaderId.MaxForwards, HopsOf(request) - 1);
        if (recordRoute) WriteRecordRoute(builder, request, arrived, target.Transport, self);
        WriteRoutes(builder, request, skip: 1);
        CopyRest(builder, request, recordRoute);
        if (recordRoute && request.Method == SipMethod.Register && !Sip.Headers.TokenList.Contains(request, SipHeaderId.Require, "path"u8)) builder.Header(SipHeaderId.Require, "path"u8);
        if (breadth is { } limit) builder.Header("Max-Breadth"u8, System.Text.Encoding.ASCII.GetBytes(limit.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        rules.TryWrite(builder, added, self, static id => IsFixed(id), out _);
        return builder.ToRequest(request.Body);
    }

    /// <summary>A request in a dialog that we stay in, or its ACK: our own Route is taken off, the rest decides (RFC 3261 §16.4, §16.12).</summary>
    /// <param name="request">As received.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="ownRoutes">How many of the first routes are ours.</param>
    /// <param name="branch">The branch to use: an ACK has that of no transaction, a repeated request the same again.</param>
    public static SipRequest PassOn(SipRequest request, SipTarget target, int ownRoutes, Octets branch)
    {
        var self = target.Transport.IdentityFor(target.Address?.Ip);
        var builder = NewRequests.Builder.Request(request.MethodName, request.RequestUri);
        NewRequests.WriteVia(builder, target.Transport, self, branch);
        builder.Copy(request, SipHeaderId.Via);
        builder.Header(SipHeaderId.MaxForwards, HopsOf(request) - 1);
        WriteRoutes(builder, request, ownRoutes);
        builder.Copy(request, SipHeaderId.RecordRoute);
        CopyRest(builder, request, recordRoute: false);
        return builder.ToRequest(request.Body);
    }

    /// <summary>A response on its way upstream: our own Via is taken off; other challenges are added to the one chosen (RFC 3261 §16.7).</summary>
    public static SipResponse Back(SipResponse response, IReadOnlyList<SipResponse> challenges)
    {
        var builder = NewRequests.Builder.Response(response.StatusCode, response.ReasonPhrase);
        var isFirst = true;
        foreach (var via in response.Values(SipHeaderId.Via))
        {
            if (!isFirst) builder.Header(SipHeaderId.Via, via);
            isFirst = false;
        }

        for (var index = 0; index < response.HeaderCount; index++)
        {
            var header = response.Header(index);
            if (header.Id is not (SipHeaderId.Via or SipHeaderId.ContentLength)) builder.Header(header.Name, header.Value);
        }

        foreach (var challenge in challenges) builder.Copy(challenge, SipHeaderId.WwwAuthenticate).Copy(challenge, SipHeaderId.ProxyAuthenticate);
        return builder.ToResponse(response.Body);
    }

    /// <summary>How many hops a request may still take; 70 where it does not say (RFC 3261 §16.6 step 3).</summary>
    public static int HopsOf(SipRequest request) =>
        System.Buffers.Text.Utf8Parser.TryParse(request.First(SipHeaderId.MaxForwards), out int hops, out var read) && read > 0 ? Math.Min(hops, 255) : 71;

    // Two values where the interfaces differ, so that each side sees one it can reach (RFC 5658).
    private static void WriteRecordRoute(SipMessageBuilder builder, SipRequest request, SipTransport arrived, SipTransport leaves, SipTransport.Identity self)
    {
        var id = request.Method == SipMethod.Register ? SipHeaderId.Path : SipHeaderId.RecordRoute;
        WriteOwn(builder, id, self);
        if (!ReferenceEquals(arrived, leaves) && id == SipHeaderId.RecordRoute) WriteOwn(builder, id, arrived.IdentityFor(null));
        builder.Copy(request, id);
    }

    private static void WriteOwn(SipMessageBuilder builder, SipHeaderId id, SipTransport.Identity self) =>
        builder.BeginHeader(id).Append("<"u8).Append(self.ContactUri.Span).Append(";lr>"u8).EndHeader();

    private static void WriteRoutes(SipMessageBuilder builder, SipRequest request, int skip)
    {
        foreach (var route in request.Values(SipHeaderId.Route))
        {
            if (skip-- <= 0) builder.Header(SipHeaderId.Route, route);
        }
    }

    private static void CopyRest(SipMessageBuilder builder, SipRequest request, bool recordRoute)
    {
        var written = request.Method == SipMethod.Register ? SipHeaderId.Path : SipHeaderId.RecordRoute;
        for (var index = 0; index < request.HeaderCount; index++)
        {
            var header = request.Header(index);
            if (header.Id is SipHeaderId.Via or SipHeaderId.MaxForwards or SipHeaderId.Route or SipHeaderId.ContentLength) continue;
            if (header.Id == SipHeaderId.RecordRoute && (recordRoute || request.ToTag.Length > 0) && written == SipHeaderId.RecordRoute) continue;
            if (recordRoute && header.Id == written) continue;
            if (header.Id == SipHeaderId.Unknown && System.Text.Ascii.EqualsIgnoreCase(header.Name, "Max-Breadth"u8)) continue;
            builder.Header(header.Name, header.Value);
        }
    }

    private static bool IsFixed(SipHeaderId id) => id is SipHeaderId.From or SipHeaderId.To or SipHeaderId.CallId or SipHeaderId.CSeq or SipHeaderId.Contact
        or SipHeaderId.MaxForwards or SipHeaderId.ContentType;
}
