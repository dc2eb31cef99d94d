using System.Net;
using System.Net.Sockets;

namespace CallActors.Net.Udp;

/// <summary>A UDP socket with a thread of its own that receives until the socket is dry and then says that the batch has ended.</summary>
/// <remarks>
/// Only blocking calls touch the socket. A single asynchronous one would turn it non-blocking for good and make every later receive
/// four times as dear, because each would go through the runtime's epoll engine.
/// </remarks>
internal sealed class UdpSocket : IDatagramSocket
{
    private const int MaxDatagram = 65_536;
    private const int Attempts = 8;

    // A socket that is never dry must not keep waiting what was gathered.
    private const int MostInBatch = 64;

    private readonly Socket _socket;
    private readonly IDatagramReceiver _receiver;
    private readonly DatagramOptions _options;
    private readonly IcmpErrors? _icmp;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _closing;

    private UdpSocket(Socket socket, DatagramOptions options, IDatagramReceiver receiver)
    {
        (_socket, _options, _receiver) = (socket, options, receiver);
        Local = NetAddress.Of((IPEndPoint)socket.LocalEndPoint!);
        ReceiveBufferSize = SocketBuffers.Receive(socket);
        _icmp = options.HearsIcmp ? IcmpErrors.TryListen(socket) : null;
    }

    /// <inheritdoc/>
    public NetAddress Local { get; }

    /// <inheritdoc/>
    public int ReceiveBufferSize { get; }

    /// <summary>Binds and starts to receive.</summary>
    public static UdpSocket Open(IPEndPoint local, DatagramOptions options, IDatagramReceiver receiver)
    {
        var socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (local.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = false;
            SocketBuffers.Ask(socket, options.ReceiveBufferSize, options.SendBufferSize);

            // The shortest wait a blocking socket can be told: a send to a full buffer is dropped rather than waited for.
            socket.SendTimeout = 1;
            socket.Bind(local);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var opened = new UdpSocket(socket, options, receiver);
        NetworkThread.Start($"udp {opened.Local}", opened.Receive, options.OnFault);
        return opened;
    }

    /// <inheritdoc/>
    public SendOutcome Send(ReadOnlySpan<byte> datagram, NetAddress destination)
    {
        if (_closing) return SendOutcome.Closed;
        if (destination.Ip.AddressFamily != _socket.AddressFamily) return SendOutcome.Unreachable;
        for (var attempt = 1; ; attempt++)
        {
            if (_icmp is not null && _icmp.TryTake(destination, out var outcome)) return outcome;
            try
            {
                _socket.SendTo(datagram, SocketFlags.None, destination.SocketAddress);
                return SendOutcome.Sent;
            }
            catch (SocketException refusal)
            {
                // An error that waits on the socket fails whatever comes next, and may concern quite another peer.
                if (_icmp is null || !MayConcernAnother(refusal.SocketErrorCode)) return OutcomeOf(refusal.SocketErrorCode);
                _icmp.Collect();
                if (attempt == Attempts) return OutcomeAfterAll(refusal.SocketErrorCode);
            }
            catch (ObjectDisposedException)
            {
                return SendOutcome.Closed;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _closing = true;
        _socket.Dispose();
        await _ended.Task.ConfigureAwait(false);
    }

    private void Receive(NetworkThread thread)
    {
        var buffer = GC.AllocateUninitializedArray<byte>(MaxDatagram, pinned: true);
        var source = new SocketAddress(_socket.AddressFamily);
        var peers = new PeerCache(_options.PeerCacheSize);
        var inBatch = 0;
        try
        {
            while (!_closing)
            {
                try
                {
                    var length = _socket.ReceiveFrom(buffer, SocketFlags.None, source);
                    Deliver(buffer.AsSpan(0, length), peers.Find(source));
                    if (++inBatch < MostInBatch && _socket.Available > 0) continue;
                    inBatch = 0;
                    EndBatch();
                    if (!thread.Work()) return;
                }
                catch (SocketException)
                {
                    // What an ICMP message said about an earlier send concerns that send alone. The socket is as good as before.
                    _icmp?.Collect();
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // Disposed while receiving: the end.
        }

        _ended.SetResult();
    }

    private void Deliver(ReadOnlySpan<byte> datagram, NetAddress source)
    {
        try
        {
            _receiver.OnDatagram(this, datagram, source);
        }
        catch (Exception fault)
        {
            Report.To(_options.OnFault, fault);
        }
    }

    private void EndBatch()
    {
        try
        {
            _receiver.OnBatchEnd(this);
        }
        catch (Exception fault)
        {
            Report.To(_options.OnFault, fault);
        }
    }

    private static bool MayConcernAnother(SocketError error) =>
        error is SocketError.ConnectionRefused or SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.MessageSize
            or SocketError.ProtocolOption or SocketError.AccessDenied;

    // No send is refused by itself: the refusals were all of others, who come faster than they can be told apart. This datagram counts as lost.
    private static SendOutcome OutcomeAfterAll(SocketError error) => error == SocketError.ConnectionRefused ? SendOutcome.Congested : OutcomeOf(error);

    private static SendOutcome OutcomeOf(SocketError error) => error switch
    {
        SocketError.ConnectionRefused or SocketError.ConnectionReset => SendOutcome.Refused,
        SocketError.MessageSize => SendOutcome.TooLarge,
        SocketError.NoBufferSpaceAvailable or SocketError.TimedOut or SocketError.WouldBlock => SendOutcome.Congested,
        SocketError.OperationAborted or SocketError.Interrupted or SocketError.NotSocket or SocketError.Shutdown => SendOutcome.Closed,
        _ => SendOutcome.Unreachable,
    };
}
