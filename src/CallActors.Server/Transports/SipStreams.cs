using System.Net.Sockets;
using CallActors.Net;

namespace CallActors.Server.Transports;

/// <summary>Told when bytes that were accepted for sending could not be sent after all. May be called on any thread.</summary>
internal interface ISendObserver
{
    /// <summary>The way to the peer is gone or never was.</summary>
    void SendFailed(string reason);

    /// <summary>The bytes were given to this connection.</summary>
    void SentOver(IStreamConnection connection)
    {
    }
}

/// <summary>
/// The open SIP stream connections by the peer's address, whoever opened them, and those being opened with what waits for them
/// (RFC 3261 §18, connection re-use).
/// </summary>
internal sealed class SipStreams(INetwork network, StreamOptions options, Func<SipTransport, IStreamConnection, SipStream> make)
{
    private const int MaxWaiting = 256;

    private readonly record struct Key(NetProtocol Protocol, NetAddress Remote);

    private sealed class Opening
    {
        public readonly List<(ReadOnlyMemory<byte> Bytes, ISendObserver? Observer)> Waiting = [];
    }

    private readonly Lock _gate = new();
    private readonly Dictionary<Key, IStreamConnection> _open = [];
    private readonly Dictionary<Key, Opening> _opening = [];
    private readonly HashSet<SipStream> _all = [];

    /// <summary>How many connections are open.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _all.Count;
        }
    }

    /// <summary>A connection was accepted or made.</summary>
    public IStreamReceiver Accept(SipTransport transport, IStreamConnection connection)
    {
        var stream = make(transport, connection);
        lock (_gate)
        {
            _open[new Key(connection.Protocol, connection.Remote)] = connection;
            _all.Add(stream);
        }

        return stream;
    }

    /// <summary>Ends connections on which a message began and does not go on.</summary>
    public void EndStalled(TimeSpan limit)
    {
        SipStream[] all;
        lock (_gate) all = [.. _all];
        foreach (var stream in all) stream.EndIfStalled(limit);
    }

    /// <summary>A connection has ended.</summary>
    public void Remove(SipStream stream, IStreamConnection connection)
    {
        var key = new Key(connection.Protocol, connection.Remote);
        lock (_gate)
        {
            _all.Remove(stream);
            if (_open.TryGetValue(key, out var current) && ReferenceEquals(current, connection)) _open.Remove(key);
        }
    }

    /// <summary>The open connection to a peer, or null.</summary>
    public IStreamConnection? Find(NetProtocol protocol, NetAddress remote)
    {
        lock (_gate) return _open.TryGetValue(new Key(protocol, remote), out var connection) && connection.IsOpen ? connection : null;
    }

    /// <summary>Sends over the connection to the peer, opening one first where there is none.</summary>
    public void Send(SipTransport transport, NetAddress remote, ReadOnlyMemory<byte> bytes, ISendObserver? observer)
    {
        var key = new Key(transport.Protocol, remote);
        Opening? started = null;
        IStreamConnection? connection;
        lock (_gate)
        {
            if (!_open.TryGetValue(key, out connection) || !connection.IsOpen)
            {
                connection = null;
                if (!_opening.TryGetValue(key, out var opening)) _opening[key] = started = opening = new Opening();
                if (opening.Waiting.Count < MaxWaiting)
                {
                    opening.Waiting.Add((bytes, observer));
                    observer = null;
                }
            }
        }

        if (connection is not null) Write(connection, bytes.Span, observer);
        else observer?.SendFailed("Too many messages wait for a connection");
        if (started is not null) _ = OpenAsync(transport, key, started);
    }

    /// <summary>Writes and remembers to flush when the batch ends.</summary>
    public static void Write(IStreamConnection connection, ReadOnlySpan<byte> bytes, ISendObserver? observer)
    {
        if (!connection.Write(bytes))
        {
            observer?.SendFailed("Broken pipe");
            return;
        }

        observer?.SentOver(connection);
        OutputBatch.Add(connection);
    }

    private async Task OpenAsync(SipTransport transport, Key key, Opening opening)
    {
        IStreamConnection? connection = null;
        var reason = "Connection refused";
        try
        {
            connection = await network.ConnectAsync(key.Remote, key.Protocol, options, c => Accept(transport, c)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or NotSupportedException or IOException)
        {
            reason = e.Message;
        }

        lock (_gate)
        {
            _opening.Remove(key);
        }

        foreach (var (bytes, observer) in opening.Waiting)
        {
            if (connection is not null) Write(connection, bytes.Span, observer);
            else observer?.SendFailed(reason);
        }

        OutputBatch.Flush();
    }
}
