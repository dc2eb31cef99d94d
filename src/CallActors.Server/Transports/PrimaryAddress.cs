using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace CallActors.Server.Transports;

/// <summary>The address that names a wildcard bind: the first that others can reach, else loopback.</summary>
internal static class PrimaryAddress
{
    /// <summary>The machine's primary address of a family.</summary>
    public static IPAddress Of(AddressFamily family)
    {
        foreach (var adapter in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (adapter.OperationalStatus != OperationalStatus.Up || adapter.NetworkInterfaceType == NetworkInterfaceType.Loopback) continue;
            foreach (var unicast in adapter.GetIPProperties().UnicastAddresses)
            {
                var address = unicast.Address;
                if (address.AddressFamily == family && !address.IsIPv6LinkLocal) return address;
            }
        }

        return family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback;
    }
}
