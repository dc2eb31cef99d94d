using System.Net;
using System.Net.Sockets;

namespace CallActors.Net.Streams;

/// <summary>Makes and sets up the sockets of stream connections.</summary>
internal static class StreamSockets
{
    /// <summary>A bound, listening socket.</summary>
    public static Socket Listen(IPEndPoint local, int backlog)
    {
        var socket = New(local.AddressFamily);
        try
        {
            socket.Bind(local);
            socket.Listen(backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A socket connected in time.</summary>
    public static async Task<Socket> ConnectAsync(NetAddress remote, StreamOptions options, TimeProvider time, CancellationToken cancel)
    {
        var socket = New(remote.Ip.AddressFamily);
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            if (options.HasOwnThread) await ConnectElsewhereAsync(socket, remote, limit.Token).ConfigureAwait(false);
            else await socket.ConnectAsync(remote.ToEndPoint(), limit.Token).ConfigureAwait(false);
            return socket;
        }
        catch (Exception failure)
        {
            socket.Dispose();
            if (failure is OperationCanceledException && !cancel.IsCancellationRequested) throw new SocketException((int)SocketError.TimedOut);
            throw;
        }
    }

    /// <summary>Makes a connected socket ready for a connection.</summary>
    public static void Prepare(Socket socket, StreamOptions options)
    {
        socket.Blocking = false;
        socket.NoDelay = true;
        if (options.KeepAliveInterval <= TimeSpan.Zero) return;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 1);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Math.Max(1, (int)options.KeepAliveInterval.TotalSeconds));
    }

    // Once connected asynchronously, a socket wakes the thread of all sockets for whatever arrives, also when another thread reads it.
    private static async Task ConnectElsewhereAsync(Socket socket, NetAddress remote, CancellationToken limit)
    {
        try
        {
            await using var _ = limit.Register(socket.Dispose).ConfigureAwait(false);
            await Task.Factory.StartNew(() => socket.Connect(remote.ToEndPoint()), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        }
        catch (Exception end) when (limit.IsCancellationRequested && end is SocketException or ObjectDisposedException)
        {
            throw new OperationCanceledException(end.Message, end, limit);
        }
    }

    private static Socket New(AddressFamily family)
    {
        var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp);
        if (family == AddressFamily.InterNetworkV6) socket.DualMode = false;
        return socket;
    }
}
