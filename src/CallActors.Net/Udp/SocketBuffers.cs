using System.Net.Sockets;

namespace CallActors.Net.Udp;

/// <summary>The kernel's buffers of a socket, and how much of what was asked for it granted.</summary>
internal static class SocketBuffers
{
    private const int SolSocket = 1;
    private const int SndBufForce = 32;
    private const int RcvBufForce = 33;

    /// <summary>Asks for buffers. A process that may, goes beyond the system's limit; another gets what the limit allows.</summary>
    public static void Ask(Socket socket, int receive, int send)
    {
        socket.ReceiveBufferSize = receive;
        socket.SendBufferSize = send;
        if (!OperatingSystem.IsLinux()) return;
        if (Receive(socket) < receive) Force(socket, RcvBufForce, receive);
        if (Granted(socket.SendBufferSize) < send) Force(socket, SndBufForce, send);
    }

    /// <summary>Bytes of receive buffer that the kernel granted.</summary>
    public static int Receive(Socket socket) => Granted(socket.ReceiveBufferSize);

    // Linux reports twice what was granted, counting its own bookkeeping.
    private static int Granted(int reported) => OperatingSystem.IsLinux() ? reported / 2 : reported;

    private static void Force(Socket socket, int option, int size)
    {
        try
        {
            socket.SetRawSocketOption(SolSocket, option, BitConverter.GetBytes(size));
        }
        catch (SocketException)
        {
            // Needs CAP_NET_ADMIN; without it the system's limit stands.
        }
    }
}
