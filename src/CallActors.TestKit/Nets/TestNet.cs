using System.Net;
using Akka.Actor;
using CallActors.Net;
using CallActors.Server;
using CallActors.Server.Configuration;
using CallActors.Server.Partitions;

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
    private static readonly IPAddress s_runtime = IPAddress.Parse("10.0.0.2");

    private readonly Dictionary<string, Phone> _phones = [];
    private readonly List<IAsyncDisposable> _runtimes = [];
    private readonly LossRules _losses = new();
    private readonly VirtualLoop _loop = new();
    private readonly VirtualActors _actors;
    private readonly NetLog _log;
    private readonly Pump _pump;
    private ActorSystem? _system;
    private bool _disposed;

    /// <summary>A net with a server that listens.</summary>
    public TestNet(TestNetOptions? options = null)
    {
        Options = options ?? new TestNetOptions();
        _actors = new VirtualActors(Time, _loop);
        _pump = new Pump(Time, _loop);
        _log = new NetLog(Time, Options.LogTo);
        Ladder = new Ladder(Time);
        Ladder.Name(s_server, "server", 0);
        Network = new MemoryNetwork(Options.Seed, Time) { Link = Options.Link, Watch = this };
        Server = new SignallingServer(ServerOptions(), Network.At(s_server), Time, _log, Options.Seed);
        Settle(Server.StartAsync());
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
    public SignallingServer Server { get; }

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

    /// <summary>The actor system in virtual time, started when first asked for.</summary>
    public ActorSystem System => _system ??= StartSystem();

    /// <summary>The phone of a name, made when first asked for.</summary>
    /// <param name="name">Its name, the user of its address and its column in the ladder.</param>
    /// <param name="protocol">What it sends its requests over; it listens on UDP and TCP.</param>
    public Phone Phone(string name, NetProtocol protocol = NetProtocol.Udp)
    {
        if (_phones.TryGetValue(name, out var known)) return known;
        var address = new IPAddress([10, 0, 1, (byte)(_phones.Count + 1)]);
        // The server stands between the first phone and the others, as in most ladders that people draw.
        Ladder.Name(address, name, _phones.Count == 0 ? 0 : int.MaxValue);
        Network.AddName(name, address);
        return _phones[name] = new Phone(this, name, address, protocol);
    }

    /// <summary>Lets a runtime start in this net; it is disposed of with the net.</summary>
    /// <typeparam name="TRuntime">What starts.</typeparam>
    public TRuntime Start<TRuntime>(Func<RuntimeSeat, TRuntime> start)
        where TRuntime : IAsyncDisposable
    {
        ArgumentNullException.ThrowIfNull(start);
        var runtime = start(new RuntimeSeat(System, Network.At(s_runtime), Time, _log, Control, Options.Secret, Options.Seed));
        _runtimes.Add(runtime);
        _pump.Calm();
        return runtime;
    }

    /// <summary>Starts the application under test: its routes lead to its flows, and it is connected to the server when this returns.</summary>
    /// <param name="routes">Which requests lead where.</param>
    /// <param name="services">What flows get injected.</param>
    /// <param name="options">The runtime's own settings.</param>
    public TestCalls Calls(Action<CallRoutes> routes, Action<Microsoft.Extensions.DependencyInjection.IServiceCollection>? services = null, CallRuntimeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(routes);
        return TestCalls.Start(this, routes, services, options);
    }

    /// <summary>The network as the runtime's host sees it, for an application that speaks to the control port itself.</summary>
    public INetwork AtRuntime() => Network.At(s_runtime);

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
    public T RunUntil<T>(Task<T> task, TimeSpan? atMost = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        RunUntil(() => task.IsCompleted, atMost, "the task to be over");
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Waits in real time for a task that does not depend on virtual time, such as real input or output of a flow. Virtual time stands still.</summary>
    /// <exception cref="TimeoutException">It did not end within <see cref="TestNetOptions.RealPatience"/>.</exception>
    public void Settle(Task task)
    {
        ArgumentNullException.ThrowIfNull(task);
        _pump.Settle(task, Options.RealPatience);
        task.GetAwaiter().GetResult();
    }

    /// <summary>The same for a task with a result.</summary>
    public T Settle<T>(Task<T> task)
    {
        Settle((Task)task);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>
    /// Lets every timer of SIP's run out and fails when server or phones then still hold a transaction, a dialog or a request that waits, or
    /// when the server met a fault of its own.
    /// </summary>
    /// <exception cref="LadderException">Something is left.</exception>
    public void AssertNothingLeft()
    {
        if (!Holds(() => Left() == default && _phones.Values.All(phone => phone.Transactions == 0), s_longest))
            throw Fault($"Something is left after {s_longest.TotalSeconds:0} s: {Left()}; transactions of the phones: {string.Join(", ", _phones.Values.Select(phone => $"{phone.Name} {phone.Transactions}"))}.");
        if (Server.Totals["faults"] is not 0 and var faults) throw Fault($"The server met {faults} faults of its own.");
    }

    /// <summary>Breaks the control connections; both ends hear of it, and may connect again.</summary>
    public void CutControl()
    {
        Ladder.Remark("control connections cut");
        Network.Cut(s_server, s_runtime);
    }

    /// <summary>Lets nothing pass between server and runtime, without a word to either, until <see cref="RestoreControl"/>.</summary>
    public void SilenceControl() => LinkControl(Options.Link with { IsDown = true }, "control connections silenced");

    /// <summary>Ends what <see cref="SilenceControl"/> began.</summary>
    public void RestoreControl() => LinkControl(Options.Link, "control connections restored");

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
        foreach (var runtime in Enumerable.Reverse(_runtimes)) Settle(runtime.DisposeAsync().AsTask());
        if (_system is not null) _actors.End(_system);
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

    private ServerCensus Left() => Census with { Timers = 0, Applications = 0, Streams = 0, Registrations = 0 };

    private void LinkControl(LinkOptions link, string remark)
    {
        Ladder.Remark(remark);
        Network.SetLink(s_server, s_runtime, link);
        Network.SetLink(s_runtime, s_server, link);
    }

    private ActorSystem StartSystem()
    {
        var system = _actors.Start("testnet");
        var faults = system.ActorOf(ActorFaults.PropsFor(_log), "testkit-faults");
        system.EventStream.Subscribe(faults, typeof(Akka.Event.Error));
        system.EventStream.Subscribe(faults, typeof(Akka.Event.Warning));
        return system;
    }

    private ServerOptions ServerOptions()
    {
        if (!ContactOptions.TryParse($"sip:{s_server}:{SipPort};transport=udp,tcp", out var contact, out var fault)) throw new InvalidOperationException(fault);
        var options = new ServerOptions
        {
            Contacts = [contact],
            Admin = new AdminOptions { Address = s_server.ToString(), TcpPort = ControlPort, Secret = Options.Secret },
            Limits = new LimitOptions { Partitions = 2 },
        };
        return Options.Server?.Invoke(options) ?? options;
    }
}
