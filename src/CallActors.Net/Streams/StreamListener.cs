using System.Net;
using System.Net.Sockets;

namespace CallActors.Net.Streams;

/// <summary>Accepts connections at one address until it is disposed.</summary>
internal sealed class StreamListener : IStreamListener
{
    // How long accepting rests when the process has no descriptor left; the kernel keeps the connections meanwhile.
    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(200);

    private readonly Socket _socket;
    private readonly NetProtocol _protocol;
    private readonly StreamOptions _options;
    private readonly Func<IStreamConnection, IStreamReceiver> _accept;
    private readonly Heartbeat _heartbeat;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _accepting;
    private int _connections;

    public StreamListener(
        Socket socket,
        NetProtocol protocol,
        StreamOptions options,
        Func<IStreamConnection, IStreamReceiver> accept,
        Heartbeat heartbeat,
        TimeProvider time)
    {
        (_socket, _protocol, _options, _accept, _heartbeat, _time) = (socket, protocol, options, accept, heartbeat, time);
        Local = NetAddress.Of((IPEndPoint)socket.LocalEndPoint!);
        _accepting = Task.Run(AcceptAllAsync);
    }

    /// <inheritdoc/>
    public NetAddress Local { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        _socket.Dispose();
        await _accepting.ConfigureAwait(false);
    }

    private async Task AcceptAllAsync()
    {
        var resting = false;
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                var socket = await _socket.AcceptAsync().ConfigureAwait(false);
                resting = false;
                _ = ServeAsync(socket);
            }
            catch (Exception closed) when (closed is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException) when (_closing.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException passing) when (passing.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
            {
                // That peer left before it was accepted; the next is as welcome as ever.
            }
            catch (SocketException shortage)
            {
                if (!resting) _options.OnFault?.Invoke(shortage);
                resting = true;
                await Task.Delay(s_rest).ConfigureAwait(false);
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        if (Interlocked.Increment(ref _connections) > _options.MaxConnections && _options.MaxConnections > 0)
        {
            socket.Dispose();
        }
        else
        {
            await ServeAdmittedAsync(socket).ConfigureAwait(false);
        }

        Interlocked.Decrement(ref _connections);
    }

    private async Task ServeAdmittedAsync(Socket socket)
    {
        StreamConnection connection;
        try
        {
            connection = await StreamConnection.OpenAsync(
                socket,
                _protocol,
                _options,
                _heartbeat,
                _protocol == NetProtocol.Tls ? queue => TlsHandshake.AcceptAsync(socket, queue, _options, _time, _closing.Token) : null)
                .ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The peer left already, or could not agree on TLS; nobody of ours has been told of it.
            return;
        }

        connection.Start(_accept);
        await connection.Ended.ConfigureAwait(false);
    }
}
