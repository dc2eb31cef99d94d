using System.Net;
using System.Net.Sockets;
using CallActors.Net;
using CallActors.Sip;

namespace CallActors.Server.Transports;

/// <summary>One bound SIP transport: where it listens, by which names others reach it, and what it writes into Via and Contact.</summary>
internal sealed class SipTransport
{
    private readonly Identity _bound;
    private readonly Identity _external;
    private readonly IPNetwork? _declaredLocalNet;

    /// <summary>Creates the transport of one contact entry for one protocol.</summary>
    public SipTransport(SipTransportSettings settings, NetAddress local)
    {
        Settings = settings;
        Local = local;
        _declaredLocalNet = settings.LocalNet;
        _bound = new Identity(settings, local.Host, local.Port);
        _external = settings.ExternalIp is { } external ? new Identity(settings, external.ToString(), local.Port) : _bound;
        LocalNet = settings.LocalNet ?? LocalNetworks.Around(settings.ExternalIp ?? local.Ip);
    }

    /// <summary>What the operator configured for it.</summary>
    public SipTransportSettings Settings { get; }

    /// <summary>The protocol it speaks.</summary>
    public NetProtocol Protocol => Settings.Protocol;

    /// <summary>True for protocols that neither lose nor repeat (no transaction retransmissions: RFC 3261 §17).</summary>
    public bool IsReliable => Protocol != NetProtocol.Udp;

    /// <summary>The bound address; for a wildcard bind the machine's primary address of the family.</summary>
    public NetAddress Local { get; }

    /// <summary>Peers that reach us directly.</summary>
    public IPNetwork? LocalNet { get; }

    /// <summary>The address family this transport can send to.</summary>
    public bool IsIpv6 => Local.Ip.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>The UDP socket; null for streams.</summary>
    public IDatagramSocket? Socket { get; set; }

    /// <summary><c>proto/host:port</c> as advertised to the world.</summary>
    public string HostPort => $"{ProtocolName}/{_external.HostPortText}";

    /// <summary><c>proto/host:port</c> as bound.</summary>
    public string LocalHostPort => $"{ProtocolName}/{_bound.HostPortText}";

    /// <summary>The protocol in lower case.</summary>
    public string ProtocolName => Protocol switch
    {
        NetProtocol.Udp => "udp",
        NetProtocol.Tcp => "tcp",
        NetProtocol.Tls => "tls",
        NetProtocol.Ws => "ws",
        _ => "wss",
    };

    /// <summary>
    /// The names a peer is told: the external address, unless the peer lies in a local network that the operator declared.
    /// </summary>
    public Identity IdentityFor(IPAddress? peer) =>
        peer is not null && _declaredLocalNet is { } net && net.Contains(Unmapped(peer)) ? _bound : _external;

    /// <summary>Whether a host (no port) is one of this transport's own names.</summary>
    public bool IsOwnHost(ReadOnlySpan<byte> host)
    {
        if (Matches(host, _bound.HostText) || Matches(host, _external.HostText)) return true;
        if (IPAddress.IsLoopback(Local.Ip) && Matches(host, "localhost")) return true;
        foreach (var name in Settings.DnsNames)
        {
            if (Matches(host, name)) return true;
        }

        return false;
    }

    private static bool Matches(ReadOnlySpan<byte> host, string name) => System.Text.Ascii.EqualsIgnoreCase(host, name);

    private static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>A host and port of ours with the texts made of them.</summary>
    internal sealed class Identity
    {
        internal Identity(SipTransportSettings settings, string host, int port)
        {
            HostText = host;
            Port = port;
            var bracketed = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
            HostPortText = $"{bracketed}:{port}";
            HostPort = HostPortText;
            var transport = settings.Protocol switch
            {
                NetProtocol.Udp => "",
                NetProtocol.Tcp => ";transport=tcp",
                NetProtocol.Tls => ";transport=tls",
                NetProtocol.Ws => ";transport=ws",
                _ => ";transport=wss",
            };
            var user = settings.User is { Length: > 0 } name ? name + "@" : "";
            ContactUri = $"{settings.Scheme}:{user}{HostPortText}{transport}";
            PlainContactUri = $"sip:{user}{HostPortText}{transport}";
            Transport = transport;
        }

        /// <summary>The host without brackets.</summary>
        public string HostText { get; }

        /// <summary>The port.</summary>
        public int Port { get; }

        /// <summary><c>host:port</c>, IPv6 in brackets.</summary>
        public string HostPortText { get; }

        /// <summary>The same as bytes: Via's sent-by.</summary>
        public Octets HostPort { get; }

        /// <summary><c>scheme:[user@]host:port[;transport=]</c>, the URI of an automatic Contact.</summary>
        public Octets ContactUri { get; }

        /// <summary>The same with <c>sip:</c> whatever the scheme (DRACHTIO_SUPPORT_BEST_EFFORT_TLS).</summary>
        public Octets PlainContactUri { get; }

        /// <summary><c>;transport=…</c>, empty for UDP.</summary>
        public Octets Transport { get; }
    }
}

/// <summary>What a contact entry says of one transport.</summary>
internal sealed record SipTransportSettings(NetProtocol Protocol, string Scheme, string? User, IPAddress? ExternalIp, IPNetwork? LocalNet, IReadOnlyList<string> DnsNames);

/// <summary>The way a message came or goes: our transport, the peer's address and, for streams, the connection.</summary>
internal readonly record struct Flow(SipTransport Transport, NetAddress Peer, IStreamConnection? Connection = null);
