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
    private readonly Descriptors _descriptors;
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
        Descriptors descriptors,
        TimeProvider time)
    {
        (_socket, _protocol, _options, _accept) = (socket, protocol, options, accept);
        (_heartbeat, _descriptors, _time) = (heartbeat, descriptors, time);
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
                if (!resting) Report.To(_options.OnFault, shortage);
                resting = true;
                await Task.Delay(s_rest).ConfigureAwait(false);
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        if (!TryAdmit())
        {
            socket.Dispose();
            return;
        }

        await ServeAdmittedAsync(socket).ConfigureAwait(false);
        Interlocked.Decrement(ref _connections);
        _descriptors.GiveBack();
    }

    private bool TryAdmit()
    {
        var limit = _options.MaxConnections > 0 ? _options.MaxConnections : int.MaxValue;
        if (Interlocked.Increment(ref _connections) <= limit && _descriptors.TryTake()) return true;
        Interlocked.Decrement(ref _connections);
        return false;
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
