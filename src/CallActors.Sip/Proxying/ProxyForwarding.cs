using System.Collections.Immutable;
using System.Text;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Sip.Proxying;

/// <summary>What a forwarded request gets from this server, beside its route.</summary>
/// <param name="Via">The value of our Via.</param>
/// <param name="MaxForwards">From <see cref="ProxyForwarding.TryTakeHop"/>.</param>
/// <param name="Records">
/// Our Record-Route values, first one first; for a REGISTER they become Path. Empty to stay out of what follows.
/// </param>
/// <param name="Breadth">The Max-Breadth to send; null leaves the header as it came.</param>
public readonly record struct ProxyHeaders(Octets Via, int MaxForwards, ImmutableArray<Octets> Records, int? Breadth);

/// <summary>
/// How a proxy writes what it forwards (RFC 3261 §16.6, §16.7). Everything it need not touch keeps its bytes and its place.
/// </summary>
public static class ProxyForwarding
{
    /// <summary>What a request without Max-Forwards gets (RFC 3261 §16.6 step 3).</summary>
    public const int UsualHops = 70;

    /// <summary>
    /// The Max-Forwards to forward; false when the request may go no further and is answered 483 (RFC 3261 §16.3 step 3).
    /// </summary>
    public static bool TryTakeHop(SipRequest request, out int hops)
    {
        var isNumber = HeaderNumbers.TryMaxForwards(request.First(SipHeaderId.MaxForwards), out var left);
        hops = isNumber ? left - 1 : UsualHops;
        return hops >= 0;
    }

    /// <summary>
    /// Our Record-Route values between two interfaces: one, or two where they differ in address, port or protocol, because neither side can reach
    /// the other's (RFC 5658). The first is the one that the called side will use.
    /// </summary>
    /// <param name="inside">Our URI where the request came in.</param>
    /// <param name="outside">Our URI where it goes out.</param>
    public static ImmutableArray<Octets> Records(ReadOnlySpan<byte> inside, ReadOnlySpan<byte> outside) =>
        inside.SequenceEqual(outside) ? [Loose(outside)] : [Loose(outside), Loose(inside)];

    /// <summary>
    /// Begins the forwarded request and writes all its headers: our Via right before the others', our Record-Route before theirs, what is replaced in its
    /// place, and what was not there behind the Vias. The application's may follow, then the body.
    /// </summary>
    public static SipMessageBuilder BeginForward(this SipMessageBuilder builder, SipRequest request, in ProxyRoute route, in ProxyHeaders headers)
    {
        builder.Request(request.MethodName, route.RequestUri);
        var recordId = request.Method == SipMethod.Register ? SipHeaderId.Path : SipHeaderId.RecordRoute;
        var firstVia = request.IndexOf(SipHeaderId.Via, 0);
        var lastVia = LastOf(request, SipHeaderId.Via);
        var firstRecord = request.IndexOf(recordId, 0);
        var firstRoute = request.IndexOf(SipHeaderId.Route, 0);
        for (var index = 0; index < request.HeaderCount; index++)
        {
            var header = request.Header(index);
            if (index == firstVia) builder.Header(SipHeaderId.Via, headers.Via.Span);
            if (index == firstRecord) WriteRecords(builder, request, recordId, headers.Records);
            switch (header.Id)
            {
                case SipHeaderId.ContentLength: break;
                case SipHeaderId.MaxForwards: builder.Header(SipHeaderId.MaxForwards, headers.MaxForwards); break;
                case SipHeaderId.Unknown when headers.Breadth is { } breadth && IsBreadth(header.Name): WriteBreadth(builder, breadth); break;
                case SipHeaderId.Route:
                    if (index == firstRoute) route.WriteRoutes(builder, request);
                    break;
                default:
                    builder.Header(header.Name, header.Value);
                    break;
            }

            if (index != lastVia) continue;
            if (firstRecord < 0) WriteRecords(builder, request, recordId, headers.Records);
            if (!request.Has(SipHeaderId.MaxForwards)) builder.Header(SipHeaderId.MaxForwards, headers.MaxForwards);
            if (headers.Breadth is { } missing && !request.TryFind(MaxBreadth.HeaderName, out _)) WriteBreadth(builder, missing);
        }

        return builder;
    }

    /// <summary>
    /// Begins the response to forward upstream: all of it but our Via (RFC 3261 §16.7 step 3). False when no other Via is left: then it was for us.
    /// </summary>
    /// <param name="builder">Where to write.</param>
    /// <param name="response">The response as received.</param>
    /// <param name="challenges">Others whose challenges join it: <see cref="ForwardUpstream.Challenges"/>.</param>
    public static bool TryBeginUpstream(this SipMessageBuilder builder, SipResponse response, ImmutableArray<SipResponse> challenges)
    {
        builder.Response(response.StatusCode, response.ReasonPhrase);
        var vias = 0;
        foreach (var via in response.Values(SipHeaderId.Via))
        {
            if (vias++ > 0) builder.Header(SipHeaderId.Via, via);
        }

        for (var index = 0; index < response.HeaderCount; index++)
        {
            var header = response.Header(index);
            if (header.Id is not (SipHeaderId.Via or SipHeaderId.ContentLength)) builder.Header(header.Name, header.Value);
        }

        foreach (var other in challenges)
            builder.Copy(other, SipHeaderId.WwwAuthenticate).Copy(other, SipHeaderId.ProxyAuthenticate);
        return vias > 1;
    }

    private static void WriteRecords(SipMessageBuilder builder, SipRequest request, SipHeaderId id, ImmutableArray<Octets> records)
    {
        if (records.IsDefaultOrEmpty) return;
        foreach (var record in records) builder.Header(id, record.Span);
        if (id == SipHeaderId.Path && !RequiresPath(request)) builder.Header(SipHeaderId.Require, "path"u8);
    }

    private static void WriteBreadth(SipMessageBuilder builder, int breadth) => builder.BeginHeader(MaxBreadth.HeaderName).Append(breadth).EndHeader();

    private static bool IsBreadth(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(name, MaxBreadth.HeaderName);

    private static int LastOf(SipRequest request, SipHeaderId id)
    {
        var last = -1;
        for (var at = request.IndexOf(id, 0); at >= 0; at = request.IndexOf(id, at + 1)) last = at;
        return last;
    }

    private static bool RequiresPath(SipRequest request)
    {
        foreach (var option in request.Values(SipHeaderId.Require))
        {
            if (Ascii.EqualsIgnoreCase(option, "path"u8)) return true;
        }
        return false;
    }

    private static Octets Loose(ReadOnlySpan<byte> uri) => Octets.Of([.. "<"u8, .. uri, .. ";lr>"u8]);
}
