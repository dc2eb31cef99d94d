using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CallActors.Net;

/// <summary>An IP address and port with its text made once: immutable, shared by everything that concerns one peer.</summary>
/// <remarks>An IPv4 address inside an IPv6 one is unwrapped, so the same peer has one form whatever socket it was seen on.</remarks>
public sealed class NetAddress : IEquatable<NetAddress>
{
    private readonly byte[] _hostUtf8;
    private readonly int _hash;
    private SocketAddress? _socketAddress;

    private NetAddress(IPAddress ip, int port)
    {
        Ip = ip;
        Port = port;
        Host = TextOf(ip);
        _hostUtf8 = Encoding.ASCII.GetBytes(Host);
        _hash = HashCode.Combine(ip, port);
    }

    /// <summary>The address; never an IPv4 address mapped into IPv6.</summary>
    public IPAddress Ip { get; }

    /// <summary>The port, 0 to 65,535.</summary>
    public int Port { get; }

    /// <summary>The address as text, without brackets and without a zone.</summary>
    public string Host { get; }

    /// <summary><see cref="Host"/> as bytes.</summary>
    public ReadOnlySpan<byte> HostUtf8 => _hostUtf8;

    /// <summary>Whether this is an IPv6 address.</summary>
    public bool IsIpv6 => Ip.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>The form that a socket's send wants, made when first asked for. Nobody may write to it.</summary>
    internal SocketAddress SocketAddress => _socketAddress ??= ToEndPoint().Serialize();

    /// <summary>The address of an end point.</summary>
    public static NetAddress Of(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return Of(endPoint.Address, endPoint.Port);
    }

    /// <summary>The address made of its two parts.</summary>
    public static NetAddress Of(IPAddress ip, int port)
    {
        ArgumentNullException.ThrowIfNull(ip);
        return new NetAddress(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip, port);
    }

    /// <summary>A new end point for this address.</summary>
    public IPEndPoint ToEndPoint() => new(Ip, Port);

    /// <inheritdoc/>
    public bool Equals(NetAddress? other) =>
        ReferenceEquals(this, other) || (other is not null && Port == other.Port && _hash == other._hash && Ip.Equals(other.Ip));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NetAddress);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>host:port, an IPv6 host in brackets.</summary>
    public override string ToString() =>
        IsIpv6 ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}") : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    // The zone of a link-local address means something on this host alone, and no SIP grammar has a place for it.
    private static string TextOf(IPAddress ip)
    {
        var text = ip.ToString();
        var zone = text.IndexOf('%', StringComparison.Ordinal);
        return zone < 0 ? text : text[..zone];
    }
}
