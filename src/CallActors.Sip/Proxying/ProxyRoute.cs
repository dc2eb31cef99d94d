using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Sip.Proxying;

/// <summary>Whether a URI names this server: one of its addresses, external addresses or DNS names.</summary>
/// <param name="uri">The URI without &lt;&gt;.</param>
public delegate bool OwnUri(ReadOnlySpan<byte> uri);

/// <summary>
/// Where a proxied request goes and what happens to its Request-URI and Route on the way (RFC 3261 §16.4, §16.6 steps 2, 4, 6 and 7).
/// A view of the request and of the target it was made from.
/// </summary>
public readonly ref struct ProxyRoute
{
    private ProxyRoute(ReadOnlySpan<byte> requestUri, ReadOnlySpan<byte> nextHop, int first, int end, ReadOnlySpan<byte> last)
    {
        RequestUri = requestUri;
        NextHop = nextHop;
        First = first;
        End = end;
        Last = last;
    }

    /// <summary>The Request-URI to forward.</summary>
    public ReadOnlySpan<byte> RequestUri { get; }

    /// <summary>The URI that says where it is sent.</summary>
    public ReadOnlySpan<byte> NextHop { get; }

    // Of the Route values those from First up to End are kept; Last, a URI, follows them.
    private int First { get; }

    private int End { get; }

    private ReadOnlySpan<byte> Last { get; }

    /// <summary>
    /// A request that an application sends on to <paramref name="target"/>. A preloaded first Route is taken off whoever it names, and so are further
    /// ones that name us. The target replaces the Request-URI only where that named us; otherwise it is the next hop alone, which also leaves a
    /// tel URI as it is.
    /// </summary>
    public static ProxyRoute ToTarget(SipRequest request, ReadOnlySpan<byte> target, OwnUri isOurs)
    {
        var count = CountRoutes(request);
        var first = SkipOwn(request, Math.Min(1, count), isOurs);
        return new(IsOwnSip(request.RequestUri, isOurs) ? target : request.RequestUri, target, first, count, default);
    }

    /// <summary>
    /// Whether a request is for a dialog that was proxied with Record-Route and so goes on by itself: it has a To tag, and its first Route is
    /// loose and ours.
    /// </summary>
    public static bool IsWithinDialog(SipRequest request, OwnUri isOurs)
    {
        if (request.ToTag.IsEmpty) return false;
        foreach (var route in request.Values(SipHeaderId.Route))
            return NameAddrView.TryParse(route, out var first) && first.TryUri(out var uri) && uri.Lr && isOurs(first.Uri);
        return false;
    }

    /// <summary>
    /// A request within such a dialog, ACK too. Our own routes are taken off, both of them after double record-routing. What a strict router before
    /// us did to the Request-URI is undone (RFC 3261 §16.4), and what one behind us needs is done (§16.6 step 6).
    /// </summary>
    public static ProxyRoute WithinDialog(SipRequest request, OwnUri isOurs)
    {
        var end = CountRoutes(request);
        var requestUri = request.RequestUri;
        var lastUri = UriOfRoute(request, end - 1);

        // A strict router before us put our Record-Route value into the Request-URI and the true one behind all routes.
        if (!lastUri.IsEmpty && IsOwnSip(requestUri, isOurs) && HasLr(requestUri))
        {
            requestUri = lastUri;
            end--;
        }

        var first = SkipOwn(request, 0, isOurs, end);
        if (first == end) return new(requestUri, requestUri, first, end, default);
        var next = UriOfRoute(request, first);
        return HasLr(next) || !SipUriView.TryParse(next, out _)
            ? new(requestUri, next.IsEmpty ? requestUri : next, first, end, default)
            : new(next, next, first + 1, end, requestUri);
    }

    /// <summary>Writes what is left of the Route header, if anything.</summary>
    public void WriteRoutes(SipMessageBuilder builder, SipRequest request)
    {
        var index = 0;
        foreach (var route in request.Values(SipHeaderId.Route))
        {
            if (index >= First && index < End) builder.Header(SipHeaderId.Route, route);
            index++;
        }
        if (!Last.IsEmpty) builder.BeginHeader(SipHeaderId.Route).Append("<"u8).Append(Last).Append(">"u8).EndHeader();
    }

    private static int CountRoutes(SipRequest request)
    {
        var count = 0;
        foreach (var _ in request.Values(SipHeaderId.Route)) count++;
        return count;
    }

    private static ReadOnlySpan<byte> UriOfRoute(SipRequest request, int index)
    {
        foreach (var route in request.Values(SipHeaderId.Route))
        {
            if (index-- == 0) return NameAddrView.TryParse(route, out var found) ? found.Uri : default;
        }
        return default;
    }

    private static int SkipOwn(SipRequest request, int from, OwnUri isOurs, int end = int.MaxValue)
    {
        var index = 0;
        foreach (var route in request.Values(SipHeaderId.Route))
        {
            if (index >= from && (index >= end || !NameAddrView.TryParse(route, out var own) || !isOurs(own.Uri))) return index;
            index++;
        }
        return index;
    }

    private static bool IsOwnSip(ReadOnlySpan<byte> uri, OwnUri isOurs) =>
        SipUriView.TryParse(uri, out var view) && view.IsSip && isOurs(uri);

    private static bool HasLr(ReadOnlySpan<byte> uri) => SipUriView.TryParse(uri, out var view) && view.Lr;
}
