using System.Net;
using System.Net.Sockets;

namespace CallActors.EndToEnd.Harness;

/// <summary>Ports for programs that cannot say which one the system chose for them.</summary>
internal static class Ports
{
    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Given = [];

    /// <summary>A port of 127.0.0.1 that was free for UDP and TCP a moment ago and is handed out only once.</summary>
    internal static int Free()
    {
        while (true)
        {
            using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var port = ((IPEndPoint)udp.LocalEndPoint!).Port;
            try
            {
                tcp.Bind(new IPEndPoint(IPAddress.Loopback, port));
            }
            catch (SocketException)
            {
                continue;
            }

            lock (Gate)
            {
                if (Given.Add(port))
                    return port;
            }
        }
    }
}
