using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using CallActors.Net.Memory;

namespace CallActors.Net;

/// <summary>A network in memory whose every whim is a function of a seed: for simulations and tests.</summary>
/// <remarks>
/// It belongs to one thread. Whatever is sent arrives in a timer callback of the time provider, never within the call that sends it, so with a
/// fake provider everything happens on the thread that moves the time, and a run with the same seed is the same run. A fake provider shows
/// every callback the time it was moved to: move it by no more than the links' delay, or by <see cref="UntilNext"/>.
/// </remarks>
public sealed class MemoryNetwork : INetwork
{
    private const int FirstEphemeralPort = 49_152;

    private readonly Dictionary<NetAddress, MemoryDatagramSocket> _sockets = [];
    private readonly Dictionary<NetAddress, MemoryListener> _listeners = [];
    private readonly Dictionary<(IPAddress From, IPAddress To), LinkOptions> _links = [];
    private readonly Dictionary<string, IPAddress[]> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<MemoryConnection> _connections = [];
    private readonly Dice _dice;
    private readonly MemoryHost _loopback;
    private LinkOptions _link = LinkOptions.Perfect;
    private int _nextPort = FirstEphemeralPort;

    /// <summary>An empty network.</summary>
    /// <param name="seed">Decides everything that is left to chance.</param>
    /// <param name="time">The clock and the only source of action.</param>
    public MemoryNetwork(int seed, TimeProvider time)
    {
        _dice = new Dice((ulong)seed);
        Agenda = new Agenda(time);
        _loopback = new MemoryHost(this, IPAddress.Loopback);
    }

    /// <summary>What links do that were given no options of their own.</summary>
    public LinkOptions Link
    {
        get => _link;
        set
        {
            _link = value;
            ResumeAll();
        }
    }

    /// <summary>Who sees what is sent; null for nobody.</summary>
    public IMemoryWatch? Watch { get; set; }

    /// <summary>What happened so far.</summary>
    public NetworkCounters Counters => Tally with { };

    /// <summary>How long until something arrives somewhere; null when nothing is under way.</summary>
    public TimeSpan? UntilNext => Agenda.UntilNext;

    /// <summary>What is still to happen.</summary>
    internal Agenda Agenda { get; }

    /// <summary>The counters that grow.</summary>
    internal NetworkCounters Tally { get; } = new();

    /// <summary>The network as the host of an address sees it: what it binds to any address, and connects from, is there.</summary>
    public INetwork At(IPAddress address) => new MemoryHost(this, address);

    /// <summary>Gives one direction between two addresses options of its own.</summary>
    public void SetLink(IPAddress from, IPAddress to, LinkOptions options)
    {
        _links[(from, to)] = options;
        ResumeAll();
    }

    /// <summary>Makes a host name known.</summary>
    public void AddName(string host, params IPAddress[] addresses) => _names[host] = addresses;

    /// <summary>Breaks every stream connection between two addresses; both ends hear of it.</summary>
    public void Cut(IPAddress one, IPAddress other)
    {
        foreach (var connection in _connections.ToArray())
        {
            if (Joins(connection, one, other)) Agenda.Add(Agenda.Now, () => connection.Break("The connection was cut."));
        }
    }

    /// <inheritdoc/>
    public IDatagramSocket OpenDatagram(IPEndPoint local, DatagramOptions options, IDatagramReceiver receiver) =>
        _loopback.OpenDatagram(local, options, receiver);

    /// <inheritdoc/>
    public Task<IStreamListener> ListenAsync(
        IPEndPoint local,
        NetProtocol protocol,
        StreamOptions options,
        Func<IStreamConnection, IStreamReceiver> accept,
        CancellationToken cancel = default) => _loopback.ListenAsync(local, protocol, options, accept, cancel);

    /// <inheritdoc/>
    /// <remarks>Completes within the call, but on a link that is down, where it times out.</remarks>
    public Task<IStreamConnection> ConnectAsync(
        NetAddress remote,
        NetProtocol protocol,
        StreamOptions options,
        Func<IStreamConnection, IStreamReceiver> accept,
        CancellationToken cancel = default) => _loopback.ConnectAsync(remote, protocol, options, accept, cancel);

    /// <inheritdoc/>
    public ValueTask<IPAddress[]> ResolveAsync(string host, CancellationToken cancel = default) =>
        ValueTask.FromResult(IPAddress.TryParse(host, out var address) ? [address] : _names.GetValueOrDefault(host, []));

    internal MemoryDatagramSocket Open(IPEndPoint local, DatagramOptions options, IDatagramReceiver receiver)
    {
        var socket = new MemoryDatagramSocket(this, Bind(local, _sockets.ContainsKey), options, receiver);
        _sockets.Add(socket.Local, socket);
        return socket;
    }

    internal Task<IStreamListener> Listen(
        IPEndPoint local, NetProtocol protocol, StreamOptions options, Func<IStreamConnection, IStreamReceiver> accept)
    {
        var listener = new MemoryListener(this, Bind(local, _listeners.ContainsKey), protocol, options, accept);
        _listeners.Add(listener.Local, listener);
        return Task.FromResult<IStreamListener>(listener);
    }

    internal Task<IStreamConnection> Connect(
        IPAddress from,
        NetAddress remote,
        NetProtocol protocol,
        StreamOptions options,
        Func<IStreamConnection, IStreamReceiver> accept,
        CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested) return Task.FromCanceled<IStreamConnection>(cancel);
        var local = Bind(new IPEndPoint(from, 0), _listeners.ContainsKey);
        if (IsDown(local, remote) || IsDown(remote, local)) return TimeOut(options.ConnectTimeout, cancel);
        if (!_listeners.TryGetValue(remote, out var listener)) return Refuse(new SocketException((int)SocketError.ConnectionRefused));
        if (listener.Protocol != protocol) return Refuse(new AuthenticationException($"{remote} speaks {listener.Protocol}, not {protocol}."));

        var ours = new MemoryConnection(this, protocol, local, remote, options);
        var theirs = new MemoryConnection(this, protocol, remote, local, listener.Options);
        MemoryConnection.Join(ours, theirs);
        Keep(ours, () => Tally.ConnectionsEnded++);
        Keep(theirs, () => listener.Connections--);
        Tally.ConnectionsMade++;
        var full = listener.IsFull;
        listener.Connections++;
        if (full) theirs.Close("The listener serves enough already.");
        else theirs.Start(listener.Accept);
        ours.Start(accept);
        return Task.FromResult<IStreamConnection>(ours);
    }

    /// <summary>Takes a datagram from a socket.</summary>
    internal SendOutcome Send(ReadOnlySpan<byte> datagram, MemoryDatagramSocket from, NetAddress to)
    {
        var link = LinkOf(from.Local, to);
        // All the dice are thrown for every datagram, so that a changed option does not change the fate of the others.
        var lost = _dice.Says(link.Loss);
        var doubled = _dice.Says(link.Duplication);
        var heldBack = _dice.Says(link.Reordering);
        var due = Agenda.Now + link.Delay + _dice.PartOf(link.Jitter);
        var dueAgain = Agenda.Now + link.Delay + _dice.PartOf(link.Jitter);
        Tally.DatagramsSent++;
        if (Watch is { } watch)
        {
            lost |= watch.Loses(from.Local, to, datagram);
            watch.OnSent(from.Local, to, NetProtocol.Udp, datagram, FateOf(link.IsDown || lost, doubled, to));
        }

        if (link.IsDown || lost)
        {
            Tally.DatagramsLost++;
            return SendOutcome.Sent;
        }

        if (!_sockets.ContainsKey(to))
        {
            Tally.DatagramsRefused++;
            return SendOutcome.Refused;
        }

        var bytes = datagram.ToArray();
        var source = from.Local;
        if (heldBack)
        {
            Tally.DatagramsReordered++;
            due += link.ReorderingDelay;
        }

        Agenda.Add(due, () => Deliver(bytes, source, to));
        if (!doubled) return SendOutcome.Sent;
        Tally.DatagramsDuplicated++;
        Agenda.Add(dueAgain, () => Deliver(bytes, source, to));
        return SendOutcome.Sent;
    }

    /// <summary>When something that starts now to travel a link arrives.</summary>
    internal TimeSpan DueOn(NetAddress from, NetAddress to)
    {
        var link = LinkOf(from, to);
        return Agenda.Now + link.Delay + _dice.PartOf(link.Jitter);
    }

    /// <summary>How many of a stream's bytes travel together.</summary>
    internal int PieceOf(int length, NetAddress from, NetAddress to) => LinkOf(from, to).SplitsStreams ? _dice.UpTo(length) : length;

    /// <summary>Whether nothing passes from one address to another.</summary>
    internal bool IsDown(NetAddress from, NetAddress to) => LinkOf(from, to).IsDown;

    internal void Forget(MemoryDatagramSocket socket) => _sockets.Remove(socket.Local);

    internal void Forget(MemoryListener listener) => _listeners.Remove(listener.Local);

    private void Deliver(byte[] datagram, NetAddress source, NetAddress to)
    {
        if (_sockets.TryGetValue(to, out var socket))
        {
            Tally.DatagramsDelivered++;
            socket.Deliver(datagram, source);
        }
        else
        {
            Tally.DatagramsRefused++;
        }
    }

    private MemoryFate FateOf(bool isLost, bool isDoubled, NetAddress to) =>
        isLost ? MemoryFate.Lost
        : !_sockets.ContainsKey(to) ? MemoryFate.Refused
        : isDoubled ? MemoryFate.Doubled
        : MemoryFate.Travels;

    private LinkOptions LinkOf(NetAddress from, NetAddress to) => _links.GetValueOrDefault((from.Ip, to.Ip), _link);

    private NetAddress Bind(IPEndPoint local, Func<NetAddress, bool> isTaken)
    {
        if (local.Port != 0)
        {
            var address = NetAddress.Of(local);
            return isTaken(address) ? throw new SocketException((int)SocketError.AddressAlreadyInUse) : address;
        }

        while (true)
        {
            var address = NetAddress.Of(local.Address, _nextPort);
            _nextPort = _nextPort == ushort.MaxValue ? FirstEphemeralPort : _nextPort + 1;
            if (!isTaken(address)) return address;
        }
    }

    private void Keep(MemoryConnection connection, Action ended)
    {
        _connections.Add(connection);
        connection.Ended = () =>
        {
            _connections.Remove(connection);
            ended();
        };
    }

    private void ResumeAll()
    {
        foreach (var connection in _connections) connection.Resume();
    }

    private Task<IStreamConnection> TimeOut(TimeSpan after, CancellationToken cancel)
    {
        // Whoever waits goes on within the timer callback, like everything else here.
        var attempt = new TaskCompletionSource<IStreamConnection>();
        var given = cancel.UnsafeRegister(_ => attempt.TrySetCanceled(cancel), null);
        Agenda.Add(Agenda.Now + after, () =>
        {
            given.Dispose();
            attempt.TrySetException(new SocketException((int)SocketError.TimedOut));
        });
        return attempt.Task;
    }

    private static Task<IStreamConnection> Refuse(Exception why) => Task.FromException<IStreamConnection>(why);

    private static bool Joins(MemoryConnection connection, IPAddress one, IPAddress other) =>
        (connection.Local.Ip.Equals(one) && connection.Remote.Ip.Equals(other)) || (connection.Local.Ip.Equals(other) && connection.Remote.Ip.Equals(one));
}
