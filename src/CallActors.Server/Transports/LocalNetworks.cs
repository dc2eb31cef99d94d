using System.Net;

namespace CallActors.Server.Transports;

/// <summary>Which peers see us by our bound address: <c>local-net</c> and its defaults.</summary>
internal static class LocalNetworks
{
    /// <summary>The network assumed for an address when none is configured (specification 3.3); null for public addresses.</summary>
    public static IPNetwork? Around(IPAddress address)
    {
        if (address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetwork) return null;
        var bytes = address.GetAddressBytes();
        return bytes switch
        {
            [127, 0, 0, 1] => new IPNetwork(address, 32),
            [192, 168, 0, _] => IPNetwork.Parse("192.168.0.0/24"),
            [172, 16, _, _] => IPNetwork.Parse("172.16.0.0/16"),
            [10, ..] => IPNetwork.Parse("10.0.0.0/8"),
            _ => null,
        };
    }

    /// <summary>RFC 1918: the addresses that a peer behind a NAT shows by mistake.</summary>
    public static bool IsPrivate(IPAddress address)
    {
        if (address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetwork) return false;
        return address.GetAddressBytes() is [10, ..] or [172, >= 16 and <= 31, ..] or [192, 168, ..];
    }

    /// <summary>How many leading octets two IPv4 addresses share, 0 to 4.</summary>
    public static int CommonOctets(IPAddress left, IPAddress right)
    {
        if (left.AddressFamily != right.AddressFamily) return 0;
        var a = left.GetAddressBytes();
        var b = right.GetAddressBytes();
        var same = 0;
        while (same < a.Length && a[same] == b[same]) same++;
        return same;
    }
}
