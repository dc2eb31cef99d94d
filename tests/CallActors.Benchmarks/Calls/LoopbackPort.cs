using System.Net;
using System.Net.Sockets;

namespace CallActors.Benchmarks.Calls;

/// <summary>Ports that are free on 127.0.0.1 for both UDP and TCP, chosen by the system.</summary>
internal static class LoopbackPort
{
    private static readonly HashSet<int> Given = [];

    public static int Free()
    {
        while (true)
        {
            using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            tcp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var port = ((IPEndPoint)tcp.LocalEndPoint!).Port;
            using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                udp.Bind(new IPEndPoint(IPAddress.Loopback, port));
            }
            catch (SocketException)
            {
                continue;
            }

            if (Given.Add(port)) return port;
        }
    }
}
