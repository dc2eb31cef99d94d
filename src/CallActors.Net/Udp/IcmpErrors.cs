using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace CallActors.Net.Udp;

/// <summary>What ICMP said about datagrams that left a socket: kept for a moment, for the next datagram to the same address.</summary>
/// <remarks>
/// Linux tells an unconnected socket of ICMP errors only when asked to (IP_RECVERR), and then which address they concern only through the
/// socket's error queue. A retransmission comes soon enough to learn of it; what nobody asks about is forgotten.
/// </remarks>
internal sealed partial class IcmpErrors
{
    private const int MaxKept = 1024;
    private const int KeptMilliseconds = 2000;

    private const int ProtocolIp = 0;
    private const int ProtocolIpv6 = 41;
    private const int IpReceiveErrors = 11;
    private const int Ipv6ReceiveErrors = 25;
    private const int ErrorQueueWithoutWaiting = 0x2000 | 0x40;
    private const byte Icmp = 2;
    private const byte Icmp6 = 3;

    private readonly ConcurrentDictionary<NetAddress, (SendOutcome Outcome, long Since)> _kept = new();
    private readonly Socket _socket;
    private readonly IPEndPoint _prototype;
    private volatile bool _any;

    private IcmpErrors(Socket socket)
    {
        _socket = socket;
        _prototype = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
    }

    /// <summary>Asks the kernel for a socket's ICMP errors; null where it knows no such thing.</summary>
    public static IcmpErrors? TryListen(Socket socket)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess) return null;
        var ipv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        try
        {
            socket.SetRawSocketOption(ipv6 ? ProtocolIpv6 : ProtocolIp, ipv6 ? Ipv6ReceiveErrors : IpReceiveErrors, BitConverter.GetBytes(1));
            return new IcmpErrors(socket);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>What was said lately about an address; it is said once.</summary>
    public bool TryTake(NetAddress destination, out SendOutcome outcome)
    {
        outcome = SendOutcome.Sent;
        if (!_any || !_kept.TryRemove(destination, out var said)) return false;
        outcome = said.Outcome;

        // In this order: whoever keeps one meanwhile sets the mark after us, or is seen by us.
        _any = false;
        if (!_kept.IsEmpty) _any = true;
        return Environment.TickCount64 - said.Since < KeptMilliseconds;
    }

    /// <summary>Empties the kernel's error queue, which also clears the error that waits on the socket.</summary>
    public void Collect()
    {
        try
        {
            while (TryReceive(out var destination, out var outcome))
            {
                if (destination is not null) Keep(destination, outcome);
            }
        }
        catch (ObjectDisposedException)
        {
            // The socket was closed meanwhile.
        }
    }

    private void Keep(NetAddress destination, SendOutcome outcome)
    {
        if (_kept.Count >= MaxKept) _kept.Clear();
        _kept[destination] = (outcome, Environment.TickCount64);
        _any = true;
    }

    private unsafe bool TryReceive(out NetAddress? destination, out SendOutcome outcome)
    {
        (destination, outcome) = (null, SendOutcome.Sent);
        var name = stackalloc byte[128];
        var control = stackalloc byte[512];
        var message = new MessageHeader { Name = name, NameLength = 128, Control = control, ControlLength = 512 };
        if (ReceiveMessage(_socket.SafeHandle, &message, ErrorQueueWithoutWaiting) < 0) return false;
        if (OutcomeOf(new ReadOnlySpan<byte>(control, (int)message.ControlLength)) is not { } said) return true;

        var address = new SocketAddress(_socket.AddressFamily, (int)message.NameLength);
        new ReadOnlySpan<byte>(name, (int)message.NameLength).CopyTo(address.Buffer.Span);
        destination = NetAddress.Of((IPEndPoint)_prototype.Create(address));
        outcome = said;
        return true;
    }

    // A sock_extended_err (linux/errqueue.h) behind a cmsghdr of 16 bytes. RFC 3261 §18.4: destination unreachable counts in all its forms but
    // "fragmentation needed"; time exceeded and the rest do not.
    private static SendOutcome? OutcomeOf(ReadOnlySpan<byte> control) => control.Length < 32
        ? null
        : (Origin: control[20], Type: control[21], Code: control[22]) switch
        {
            (Icmp, 3, 3) or (Icmp6, 1, 4) => SendOutcome.Refused,
            (Icmp, 3, not 4) or (Icmp6, 1, _) => SendOutcome.Unreachable,
            _ => null,
        };

    [LibraryImport("libc", EntryPoint = "recvmsg")]
    private static unsafe partial nint ReceiveMessage(SafeHandle socket, MessageHeader* message, int flags);

    // struct msghdr of 64-bit Linux.
    private unsafe struct MessageHeader
    {
        public byte* Name;
        public uint NameLength;
        public void* Parts;
        public nuint PartCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
