using System.Net;
using CallActors.Net;
using CallActors.Server;
using CallActors.Server.Configuration;
using CallActors.Server.Partitions;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors.TestKit;

/// <summary>
/// A signalling server, scripted phones and a runtime on a network in memory, in time that passes only when a test waits for something: a whole
/// call with every time-out of SIP's takes milliseconds, and the same seed is the same run.
/// </summary>
/// <remarks>
/// Everything happens on the thread that expects something, so a step of a phone is complete when it returns, awaited or not. Each net is a
/// world of its own; as many as one likes may live at once.
/// </remarks>
public sealed class TestNet : IMemoryWatch, IAsyncDisposable, IDisposable
{
    private const int SipPort = 5060;
    private const int ControlPort = 9022;

    // Long enough for every timer of SIP's that may follow the last message, timer C included.
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(320);

    private static readonly IPAddress s_server = IPAddress.Parse("10.0.0.1");

    private readonly Dictionary<string, Phone> _phones = [];
    private readonly Dictionary<string, TestNode> _nodes = [];
    private readonly LossRules _losses = new();
    private readonly VirtualLoop _loop = new();
    private readonly VirtualActors _actors;
    private readonly NetLog _log;
    private readonly Pump _pump;
    private ControlWatch? _control;
    private int _restarts;
    private bool _disposed;

    /// <summary>A net with a server that listens.</summary>
    public TestNet(TestNetOptions? options = null)
    {
        Options = options ?? new TestNetOptions();
        _actors = new VirtualActors(Time, _loop);
        _pump = new Pump(Time, _loop, Options.RealPatience);
        _log = new NetLog(Time, Options.LogTo);
        Ladder = new Ladder(Time);
        Ladder.Name(s_server, "server", 0);
        Network = new MemoryNetwork(Options.Seed, Time) { Link = Options.Link, Watch = this };
        Server = Start(Options.Seed);
    }

    /// <summary>What it was made of.</summary>
    public TestNetOptions Options { get; }

    /// <summary>The time.</summary>
    public VirtualTime Time { get; } = new();

    /// <summary>How much time has passed.</summary>
    public TimeSpan Now => Time.Now;

    /// <summary>The network.</summary>
    public MemoryNetwork Network { get; }

    /// <summary>The server.</summary>
    public SignallingServer Server { get; private set; }

    /// <summary>What was sent so far.</summary>
    public Ladder Ladder { get; }

    /// <summary>Where the server takes SIP.</summary>
    public NetAddress Sip { get; } = NetAddress.Of(s_server, SipPort);

    /// <summary>Where the server takes applications.</summary>
    public NetAddress Control { get; } = NetAddress.Of(s_server, ControlPort);

    /// <summary>What the server holds at this moment.</summary>
    public ServerCensus Census => Server.Census;

    /// <summary>The phones by their names.</summary>
    public IReadOnlyDictionary<string, Phone> Phones => _phones;

    /// <summary>The nodes by their names.</summary>
    public IReadOnlyDictionary<string, TestNode> Nodes => _nodes;

    /// <summary>The phone of a name, made when first asked for.</summary>
    /// <param name="name">Its name, the user of its address and its column in the ladder.</param>
    /// <param name="protocol">What it sends its requests over; it listens on UDP and TCP.</param>
    public Phone Phone(string name, NetProtocol protocol = NetProtocol.Udp)
    {
        if (_phones.TryGetValue(name, out var known)) return known;
        var address = new IPAddress([10, 1, (byte)(_phones.Count / 250), (byte)(_phones.Count % 250 + 1)]);
        // The server stands between the first phone and the others, as in most ladders that people draw.
        Ladder.Name(address, name, _phones.Count == 0 ? 0 : int.MaxValue);
        Network.AddName(name, address);
        return _phones[name] = new Phone(this, name, address, protocol);
    }

    /// <summary>The node of a name, made when first asked for: a host with an actor system, which serves nothing yet.</summary>
    public TestNode Node(string name = "node")
    {
        if (_nodes.TryGetValue(name, out var known)) return known;
        return _nodes[name] = new TestNode(this, _actors, _log, name, new IPAddress([10, 0, 2, (byte)(_nodes.Count + 1)]));
    }

    /// <summary>Starts the runtime on a node and waits until the server takes its commands.</summary>
    /// <param name="routes">Which requests lead to which flows.</param>
    /// <param name="services">What flows are given by injection, beside the time and the log.</param>
    /// <param name="configure">Changes what the runtime is started with.</param>
    /// <param name="node">The node's name.</param>
    public TestNode Serves(
        Action<CallRoutes> routes, Action<IServiceCollection>? services = null, Func<CallActorsOptions, CallActorsOptions>? configure = null, string node = "node")
    {
        ArgumentNullException.ThrowIfNull(routes);
        var host = Node(node);
        host.Serve(routes, services, configure, _log);
        RunUntil(() => host.IsUp, null, $"{node} to reach the server");
        return host;
    }

    /// <summary>The server dies as a process does that is killed, and another one is started at the same addresses, which knows nothing of what was.</summary>
    /// <param name="after">How long nobody is there.</param>
    public void RestartServer(TimeSpan after = default)
    {
        Ladder.Remark("server: dies");
        foreach (var address in Addresses()) Link(address, Options.Link with { IsDown = true });
        foreach (var address in Addresses()) Network.Cut(s_server, address);
        Settle(Server.DisposeAsync().AsTask());
        foreach (var address in Addresses()) Link(address, Options.Link);
        Run(after);
        Ladder.Remark("server: starts");
        Server = Start(Options.Seed + ++_restarts);
    }

    /// <summary>Does something once the n-th piece has been written on a node's control connections, whichever end wrote it.</summary>
    /// <param name="count">How many, from now on.</param>
    /// <param name="act">What. It happens at that instant, behind all that happens then anyway.</param>
    /// <returns>How many pieces there have been, when asked.</returns>
    public Func<int> AfterPieces(int count, Action<TestNode> act)
    {
        TestNode? first = null;
        var seen = 0;
        _control = (address, bytes) =>
        {
            // The node that the first call goes to.
            if (first is null && bytes.IndexOf("INVITE sip:"u8) >= 0) first = _nodes.Values.FirstOrDefault(node => node.Address.Equals(address));
            if (first is null || !first.Address.Equals(address) || ++seen != count) return;
            After(TimeSpan.Zero, () => act(first));
        };
        return () => seen;
    }

    /// <summary>Lets time pass.</summary>
    public void Run(TimeSpan duration) => _pump.Run(duration);

    /// <summary>Lets time pass until something is so.</summary>
    /// <param name="isSo">What.</param>
    /// <param name="atMost">How long at most; null for <see cref="TestNetOptions.Patience"/>.</param>
    /// <param name="what">What a failure says was expected.</param>
    /// <exception cref="LadderException">It never was.</exception>
    public void RunUntil(Func<bool> isSo, TimeSpan? atMost = null, string what = "the condition to hold")
    {
        if (!Holds(isSo, atMost)) throw Fault($"Expected {what} within {(atMost ?? Options.Patience).TotalSeconds:0.###} s; it did not happen.");
    }

    /// <summary>Lets time pass until a task is over.</summary>
    public void RunUntil(Task task, TimeSpan? atMost = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        RunUntil(() => task.IsCompleted, atMost, "the task to be over");
        task.GetAwaiter().GetResult();
    }

    /// <summary>Lets time pass until a task is over, and gives its result.</summary>
    public T RunUntil<T>(Task<T> task, TimeSpan? atMost = null)
    {
        RunUntil((Task)task, atMost);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Waits in real time for a task that does not depend on virtual time, such as real input or output of a flow. Virtual time stands still.</summary>
    /// <exception cref="TimeoutException">It did not end within <see cref="TestNetOptions.RealPatience"/>.</exception>
    public void Settle(Task task)
    {
        ArgumentNullException.ThrowIfNull(task);
        _pump.Settle(() => task.IsCompleted);
        task.GetAwaiter().GetResult();
    }

    /// <summary>The same for a task with a result.</summary>
    public T Settle<T>(Task<T> task)
    {
        Settle((Task)task);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>
    /// Marks a real task as under way: time stands still until it is over and the flow that awaits what this gives has gone on. For the test double of a
    /// service whose work is real: <c>Task&lt;string&gt; Find() =&gt; net.Real(directory.Find())</c>.
    /// </summary>
    public Task<T> Real<T>(Task<T> task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return _pump.Track(task);
    }

    /// <summary>
    /// Lets every timer of SIP's run out and fails when server, nodes or phones then still hold a transaction, a dialog, a call or a request that waits,
    /// or when the server met a fault of its own.
    /// </summary>
    /// <exception cref="LadderException">Something is left.</exception>
    public void AssertNothingLeft()
    {
        if (!Holds(() => Left() == default && _phones.Values.All(phone => phone.Transactions == 0) && _nodes.Values.All(node => node.Calls == 0), s_longest))
        {
            throw Fault($"Something is left after {s_longest.TotalSeconds:0} s: {Left()}; transactions of the phones: {string.Join(", ", _phones.Values.Select(phone => $"{phone.Name} {phone.Transactions}"))}; "
                + $"calls of the nodes: {string.Join(", ", _nodes.Values.Select(node => $"{node.Name} {node.Calls}"))}.");
        }

        if (Server.Totals["faults"] is not 0 and var faults) throw Fault($"The server met {faults} faults of its own.");
    }

    /// <summary>Forgets the ladder, the records and the phones' dialogs, so that a test of a million calls holds no more than one of ten. Nothing may be under way.</summary>
    public void ForgetThePast()
    {
        Ladder.Clear();
        foreach (var phone in _phones.Values) phone.Exchanges.ForgetDialogs();
        foreach (var node in _nodes.Values) node.ForgetRecords();
    }

    /// <summary>Loses what is sent, the next times it is; see <see cref="LadderMessage.Label"/> for how it is named: <c>ACK</c>, <c>200 INVITE</c>.</summary>
    public void Loses(string label, int times = 1) => _losses.Add(null, null, label, times);

    /// <summary>An exception that says this, and shows the ladder and what was logged.</summary>
    public LadderException Fault(string message)
    {
        var logged = _log.Kept;
        return new LadderException($"{message}\n\n{Ladder}{(logged.Count > 0 ? $"\nLogged:\n{string.Join('\n', logged)}\n" : "")}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        foreach (var node in Enumerable.Reverse(_nodes.Values)) Settle(node.DisposeAsync().AsTask());
        Settle(Server.DisposeAsync().AsTask());
        _actors.Dispose();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    bool IMemoryWatch.Loses(NetAddress from, NetAddress to, ReadOnlySpan<byte> datagram) => _losses.Take(from, to, datagram);

    /// <inheritdoc/>
    void IMemoryWatch.OnSent(NetAddress from, NetAddress to, NetProtocol protocol, ReadOnlySpan<byte> bytes, MemoryFate fate)
    {
        if (!from.Equals(Control) && !to.Equals(Control)) Ladder.Add(from, to, protocol, bytes, fate);
        else _control?.Invoke(from.Equals(Control) ? to.Ip : from.Ip, bytes);
    }

    /// <summary>Waits for something of a peer's.</summary>
    internal bool Holds(Func<bool> isSo, TimeSpan? atMost = null) => _pump.Until(isSo, atMost ?? Options.Patience);

    /// <summary>Does something when time has passed.</summary>
    internal void After(TimeSpan delay, Action action)
    {
        ITimer? timer = null;
        timer = Time.CreateTimer(
            _ =>
            {
                timer?.Dispose();
                action();
            },
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        timer.Change(delay, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Loses what one address sends or another receives.</summary>
    internal void Loses(NetAddress? from, NetAddress? to, string label, int times) => _losses.Add(from, to, label, times);

    private delegate void ControlWatch(IPAddress node, ReadOnlySpan<byte> bytes);

    private IEnumerable<IPAddress> Addresses() => _phones.Values.Select(phone => phone.Address.Ip).Concat(_nodes.Values.Select(node => node.Address));

    private void Link(IPAddress address, LinkOptions link)
    {
        Network.SetLink(s_server, address, link);
        Network.SetLink(address, s_server, link);
    }

    private SignallingServer Start(int seed)
    {
        var server = new SignallingServer(ServerOptions(), Network.At(s_server), Time, _log, seed);
        Settle(server.StartAsync());
        return server;
    }

    private ServerCensus Left() => Census with { Timers = 0, Applications = 0, Streams = 0, Registrations = 0 };

    private ServerOptions ServerOptions()
    {
        if (!ContactOptions.TryParse($"sip:{s_server}:{SipPort};transport=udp,tcp", out var contact, out var fault)) throw new InvalidOperationException(fault);
        var options = new ServerOptions
        {
            Contacts = [contact],
            Admin = new AdminOptions { Address = s_server.ToString(), TcpPort = ControlPort, Secret = Options.Secret },
            // What happens at one instant happens in one order: not in that of hashes of Call-IDs.
            Limits = new LimitOptions { Partitions = 1 },
        };
        return Options.Server?.Invoke(options) ?? options;
    }
}
