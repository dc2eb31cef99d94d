using System.Net;
using System.Net.Sockets;
using CallActors.Net.Streams;
using CallActors.Net.Udp;

namespace CallActors.Net;

/// <summary>The network of this host: UDP, TCP and TLS on the system's sockets.</summary>
/// <remarks>Disposing it ends everything that was opened on it: sockets, listeners and, by a reset, connections.</remarks>
public sealed class SystemNetwork : INetwork, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<IAsyncDisposable> _opened = [];
    private readonly TimeProvider _time;
    private readonly Heartbeat _heartbeat;
    private readonly Descriptors _descriptors = Descriptors.OfProcess();

    /// <summary>A network whose time limits follow a clock.</summary>
    /// <param name="time">The clock; null for the system's.</param>
    public SystemNetwork(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _heartbeat = new Heartbeat(_time);
    }

    /// <summary>How many stream connections are open, in both directions, those being closed included.</summary>
    public int OpenConnections => _heartbeat.Count;

    /// <inheritdoc/>
    public IDatagramSocket OpenDatagram(IPEndPoint local, DatagramOptions options, IDatagramReceiver receiver) =>
        Keep(UdpSocket.Open(local, options, receiver));

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">TLS was asked for without a certificate.</exception>
    /// <exception cref="NotSupportedException">No stream, or WebSocket.</exception>
    public Task<IStreamListener> ListenAsync(
        IPEndPoint local,
        NetProtocol protocol,
        StreamOptions options,
        Func<IStreamConnection, IStreamReceiver> accept,
        CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        RequireStream(protocol);
        if (protocol == NetProtocol.Tls && options.Tls is not { Certificate: not null } and not { CertificateFor: not null })
        {
            throw new ArgumentException("A TLS listener needs a certificate.", nameof(options));
        }

        var socket = StreamSockets.Listen(local, options.ListenBacklog);
        return Task.FromResult<IStreamListener>(Keep(new StreamListener(socket, protocol, options, accept, _heartbeat, _descriptors, _time)));
    }

    /// <inheritdoc/>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The two ends could not agree on TLS.</exception>
    /// <exception cref="NotSupportedException">No stream, or WebSocket.</exception>
    public async Task<IStreamConnection> ConnectAsync(
        NetAddress remote,
        NetProtocol protocol,
        StreamOptions options,
        Func<IStreamConnection, IStreamReceiver> accept,
        CancellationToken cancel = default)
    {
        RequireStream(protocol);
        try
        {
            return await OpenAsync(remote, protocol, options, accept, cancel).ConfigureAwait(false);
        }
        finally
        {
            // With inline completions this may be the thread that serves every socket. What the caller does next may take its time.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IPAddress[]> ResolveAsync(string host, CancellationToken cancel = default)
    {
        if (IPAddress.TryParse(host, out var address)) return [address];
        try
        {
            return await Dns.GetHostAddressesAsync(host, cancel).ConfigureAwait(false);
        }
        catch (SocketException unknown) when (unknown.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain)
        {
            return [];
        }
        catch (ArgumentException)
        {
            // No host has a name like that.
            return [];
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        IAsyncDisposable[] opened;
        lock (_gate)
        {
            opened = [.. _opened];
            _opened.Clear();
        }

        foreach (var one in opened) await one.DisposeAsync().ConfigureAwait(false);
        while (_heartbeat.Connections is { Length: > 0 } connections)
        {
            // Both ends of a connection may be among them: each is to know why before it hears of the other's end.
            foreach (var connection in connections) connection.EndsFor("The network was shut down.");
            foreach (var connection in connections) connection.Abort("The network was shut down.");
            foreach (var connection in connections) await connection.Ended.ConfigureAwait(false);
        }
    }

    private async Task<StreamConnection> OpenAsync(
        NetAddress remote,
        NetProtocol protocol,
        StreamOptions options,
        Func<IStreamConnection, IStreamReceiver> accept,
        CancellationToken cancel)
    {
        var socket = await StreamSockets.ConnectAsync(remote, options, _time, cancel).ConfigureAwait(false);
        var connection = await StreamConnection.OpenAsync(
            socket,
            protocol,
            options,
            _heartbeat,
            protocol == NetProtocol.Tls ? queue => TlsHandshake.ConnectAsync(socket, queue, remote, options, _time, cancel) : null)
            .ConfigureAwait(false);
        connection.Start(accept);
        return connection;
    }

    private static void RequireStream(NetProtocol protocol)
    {
        if (protocol is NetProtocol.Ws or NetProtocol.Wss) throw new NotSupportedException("This version does not speak WebSocket (RFC 7118) yet.");
        if (protocol is not (NetProtocol.Tcp or NetProtocol.Tls)) throw new NotSupportedException($"{protocol} makes no streams.");
    }

    private T Keep<T>(T opened) where T : IAsyncDisposable
    {
        lock (_gate) _opened.Add(opened);
        return opened;
    }
}
