using System.Net;
using CallActors.Net;
using CallActors.Sip.Headers;

namespace CallActors.Server.Transports;

/// <summary>All bound SIP transports: choosing one for a destination (specification 3.3), and knowing our own names.</summary>
internal sealed class SipTransports(IReadOnlyList<SipTransport> all, string? localDomain)
{
    /// <summary>Every transport, in the order configured.</summary>
    public IReadOnlyList<SipTransport> All => all;

    /// <summary>What an application is told: comma-joined <c>proto/host:port</c> as advertised.</summary>
    public string HostPorts { get; } = string.Join(',', all.Select(t => t.HostPort));

    /// <summary>The same as bound.</summary>
    public string LocalHostPorts { get; } = string.Join(',', all.Select(t => t.LocalHostPort));

    /// <summary>
    /// The transport for a URI: its protocol and address family first; then a local network that holds the peer, the longest
    /// common prefix, an external address, and anything but loopback.
    /// </summary>
    /// <returns>Null when no bound transport can reach it.</returns>
    public SipTransport? Select(in SipUriView uri)
    {
        var address = IPAddress.TryParse(uri.Host, out var literal) ? literal : null;
        if (!uri.Transport.IsEmpty)
            return SipProtocols.TryParse(uri.Transport, out var named) ? Best(named, uri.IsIpv6, address) : null;

        // Nothing explicit: a secure scheme asks for TLS, else UDP; a server without it falls back to what it has.
        if (uri.Scheme == UriScheme.Sips) return Best(NetProtocol.Tls, uri.IsIpv6, address);
        return Best(NetProtocol.Udp, uri.IsIpv6, address)
            ?? Best(NetProtocol.Tcp, uri.IsIpv6, address)
            ?? Best(NetProtocol.Tls, uri.IsIpv6, address);
    }

    /// <summary>The best transport of a protocol and family; null when there is none.</summary>
    public SipTransport? Best(NetProtocol protocol, bool ipv6, IPAddress? peer)
    {
        SipTransport? best = null;
        var bestScore = -1;
        foreach (var transport in all)
        {
            if (transport.Protocol != protocol || transport.IsIpv6 != ipv6) continue;
            var score = Score(transport, peer);
            if (score <= bestScore) continue;
            best = transport;
            bestScore = score;
        }

        return best;
    }

    /// <summary>The transport bound for exactly this protocol and local address, for answering on the way a message came.</summary>
    public SipTransport? Bound(NetProtocol protocol, NetAddress local)
    {
        foreach (var transport in all)
        {
            if (transport.Protocol == protocol && transport.Local.Equals(local)) return transport;
        }

        return null;
    }

    /// <summary>
    /// The own-address guard of specification 3.3: host and port of a URI name this server. A missing port is the scheme's default.
    /// </summary>
    public bool IsOurs(in SipUriView uri)
    {
        if (uri.Scheme is not (UriScheme.Sip or UriScheme.Sips)) return false;
        if (IsLocalDomain(uri.Host)) return true;

        return IsOurs(uri.Host, uri.Port);
    }

    /// <summary>Whether a host and port, 0 for none written, are ours.</summary>
    public bool IsOurs(ReadOnlySpan<byte> host, int port)
    {
        foreach (var transport in all)
        {
            var own = port == 0 ? transport.Local.Port is 5060 or 5061 : transport.Local.Port == port;
            if (own && transport.IsOwnHost(host)) return true;
        }

        return false;
    }

    /// <summary>Whether a host alone, whatever the port, is one of our names (specification 3.1, item 6d).</summary>
    public bool IsOwnHost(ReadOnlySpan<byte> host)
    {
        foreach (var transport in all)
        {
            if (transport.IsOwnHost(host)) return true;
        }

        return IsLocalDomain(host);
    }

    private bool IsLocalDomain(ReadOnlySpan<byte> host)
    {
        if (localDomain is null || host.Length < localDomain.Length) return false;
        if (!System.Text.Ascii.EqualsIgnoreCase(host[^localDomain.Length..], localDomain)) return false;
        return host.Length == localDomain.Length || host[^(localDomain.Length + 1)] == '.';
    }

    private static int Score(SipTransport transport, IPAddress? peer)
    {
        var score = 0;
        if (peer is not null)
        {
            if (transport.LocalNet is { } net && net.BaseAddress.AddressFamily == peer.AddressFamily && net.Contains(peer)) score += 1000;
            score += 100 * LocalNetworks.CommonOctets(transport.Local.Ip, peer);
        }

        if (transport.Settings.ExternalIp is not null) score += 10;
        if (!IPAddress.IsLoopback(transport.Local.Ip)) score++;
        return score;
    }
}
