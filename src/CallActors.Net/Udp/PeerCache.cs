using System.Net;

namespace CallActors.Net.Udp;

/// <summary>The addresses of the peers seen lately, found by the bytes the kernel names them with, so that a known peer costs no allocation.</summary>
/// <remarks>
/// Two generations bound it: a full young one becomes the old one, and an old peer that is seen again is young again.
/// So a flood of forged sources ages the cache but never grows it. Used by one thread.
/// </remarks>
internal sealed class PeerCache(int capacity)
{
    private Dictionary<SocketAddress, NetAddress> _young = [];
    private Dictionary<SocketAddress, NetAddress> _old = [];

    /// <summary>How many addresses are remembered.</summary>
    public int Count => _young.Count + _old.Count;

    /// <summary>The address of a peer.</summary>
    /// <param name="source">What the kernel wrote; the caller's to use again afterwards.</param>
    public NetAddress Find(SocketAddress source) => _young.TryGetValue(source, out var address) ? address : Refresh(source);

    private NetAddress Refresh(SocketAddress source)
    {
        if (_young.Count >= Math.Max(1, capacity / 2))
        {
            // The dictionary that is dropped is used again, so that a flood does not allocate tables.
            (_old, _young) = (_young, _old);
            _young.Clear();
        }

        if (!_old.Remove(source, out var address))
        {
            address = NetAddress.Of((IPEndPoint)Prototype(source).Create(source));
        }

        var key = new SocketAddress(source.Family, source.Size);
        source.Buffer.Span[..source.Size].CopyTo(key.Buffer.Span);
        _young.Add(key, address);
        return address;
    }

    private static IPEndPoint Prototype(SocketAddress source) =>
        source.Family == System.Net.Sockets.AddressFamily.InterNetworkV6 ? s_ipv6 : s_ipv4;

    private static readonly IPEndPoint s_ipv4 = new(IPAddress.Any, 0);
    private static readonly IPEndPoint s_ipv6 = new(IPAddress.IPv6Any, 0);
}
