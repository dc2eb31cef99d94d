using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using CallActors.Net;

namespace CallActors.Server.Transports;

/// <summary>Host names to addresses, remembered for a short while so that a busy next hop costs no query per call.</summary>
/// <remarks>Thread-safe and bounded. RFC 3263's NAPTR and SRV records are not asked for; A and AAAA are.</remarks>
internal sealed class AddressBook(INetwork network, TimeProvider time)
{
    private const int Capacity = 10_000;
    private static readonly TimeSpan s_found = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_missing = TimeSpan.FromSeconds(2);

    private readonly record struct Entry(IPAddress[] Addresses, DateTimeOffset Expires);

    private readonly ConcurrentDictionary<string, Entry> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// An address literal or a remembered name, at once. False means that somebody has to ask: <see cref="ResolveAsync"/>.
    /// A null address means that the name is known to have none of this family.
    /// </summary>
    public bool TryFind(string host, bool ipv6, out IPAddress? address)
    {
        if (IPAddress.TryParse(host, out address)) return true;
        if (_known.TryGetValue(host, out var entry) && entry.Expires > time.GetUtcNow())
        {
            address = Pick(entry.Addresses, ipv6);
            return true;
        }

        return false;
    }

    /// <summary>Asks for a name's address of one family; null when there is none. Never throws.</summary>
    public async Task<IPAddress?> ResolveAsync(string host, bool ipv6, CancellationToken cancel)
    {
        IPAddress[] addresses;
        try
        {
            addresses = await network.ResolveAsync(host, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ArgumentException)
        {
            addresses = [];
        }

        if (_known.Count >= Capacity) _known.Clear();
        _known[host] = new Entry(addresses, time.GetUtcNow() + (addresses.Length > 0 ? s_found : s_missing));
        return Pick(addresses, ipv6);
    }

    private static IPAddress? Pick(IPAddress[] addresses, bool ipv6)
    {
        var family = ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        foreach (var address in addresses)
        {
            if (address.AddressFamily == family) return address;
        }

        return null;
    }
}
