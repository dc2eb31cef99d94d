namespace CallActors.Sip.Headers;

/// <summary>One value of Route, Record-Route, Path or Service-Route: always in &lt;&gt; (RFC 3261 §20.34, RFC 3327, RFC 3608).</summary>
public readonly ref struct RouteView
{
    private RouteView(NameAddrView address) => Address = address;

    /// <summary>The address.</summary>
    public NameAddrView Address { get; }

    /// <summary>The URI without &lt;&gt;.</summary>
    public ReadOnlySpan<byte> Uri => Address.Uri;

    /// <summary>Reads the URI.</summary>
    public bool TryUri(out SipUriView uri) => Address.TryUri(out uri);

    /// <summary>Reads one value; false when it is broken or its URI is not in &lt;&gt;.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out RouteView route)
    {
        var isRoute = NameAddrView.TryParse(text, out var address) && address.IsBracketed;
        route = isRoute ? new(address) : default;
        return isRoute;
    }
}
