using System.Net;
using Akka.Actor;
using CallActors.Calls;
using CallActors.Cluster;
using CallActors.Connections;
using CallActors.Hosting;
using CallActors.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CallActors.TestKit;

/// <summary>A node of the runtime in a <see cref="TestNet"/>: a host of its own with an actor system in virtual time, serving calls by flows.</summary>
public sealed class TestNode : IAsyncDisposable
{
    private readonly TestNet _net;
    private readonly VirtualActors _actors;
    private CallSystem? _calls;
    private ServiceProvider? _services;
    private readonly RecordShelf _records = new();
    private bool _ended;

    internal TestNode(TestNet net, VirtualActors actors, NetLog log, string name, IPAddress address)
    {
        (_net, _actors, Name, Address) = (net, actors, name, address);
        Network = net.Network.At(address);
        System = actors.Start(name);
        var faults = System.ActorOf(ActorFaults.PropsFor(log), "testkit-faults");
        System.EventStream.Subscribe(faults, typeof(Akka.Event.Error));
        System.EventStream.Subscribe(faults, typeof(Akka.Event.Warning));
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its address.</summary>
    public IPAddress Address { get; }

    /// <summary>The network as it sees it.</summary>
    public INetwork Network { get; }

    /// <summary>Its actor system.</summary>
    public ActorSystem System { get; }

    /// <summary>How many calls live here.</summary>
    public int Calls => _ended ? 0 : _calls?.Runtime.Directory.Count ?? 0;

    /// <summary>The last known state of each signalling server and listener, by name.</summary>
    public IReadOnlyDictionary<string, ServerState> States => _calls?.States ?? new Dictionary<string, ServerState>();

    /// <summary>Whether the signalling server takes its commands.</summary>
    public bool IsUp => States.Values.Any(state => state is ServerUp);

    /// <summary>What flows are given by injection.</summary>
    public IServiceProvider Services => _services ?? throw new InvalidOperationException("The node serves nothing.");

    /// <summary>The call detail records so far, oldest first.</summary>
    public IReadOnlyList<CallRecord> Records => _records.All;

    /// <summary>Where its calls live, where that is not this node alone; to be said before it serves.</summary>
    internal Func<ActorSystem, CallProps, RegionCounts, CallRuntime, CallHome>? Home { get; set; }

    /// <summary>The runtime, for what this class does not show.</summary>
    internal CallSystem Runtime => _calls ?? throw new InvalidOperationException("The node serves nothing.");

    /// <summary>Fails unless no call lives and neither this node nor the server holds anything, once the server's timers have fired.</summary>
    /// <exception cref="LadderException">Something was left behind.</exception>
    public void AssertNothingLeft()
    {
        _net.AssertNothingLeft();
        var held = Runtime.Runtime.Traffic.Count;
        if (Calls != 0 || held != (0, 0, 0) || Runtime.Counts.Live != 0)
            throw _net.Fault($"{Name} holds {Calls} calls, {Runtime.Counts.Live} actors, {held.Commands} commands, {held.Transactions} transactions, {held.Dialogs} dialogs.");
    }

    /// <summary>Forgets the records so far.</summary>
    internal void ForgetRecords() => _records.All.Clear();

    /// <summary>Begins a call for the application.</summary>
    /// <typeparam name="TFlow">Its flow.</typeparam>
    public CallKey Begin<TFlow>(object? argument = null)
        where TFlow : CallActor => (_calls ?? throw new InvalidOperationException("The node serves nothing.")).Begin<TFlow>(argument);

    /// <summary>Turns new calls away and waits until the living ones are over; time passes.</summary>
    public void Drain(TimeSpan limit)
    {
        if (_calls is { } calls) _net.RunUntil(calls.DrainAsync(limit, default), limit + TimeSpan.FromSeconds(5));
    }

    /// <summary>Breaks its control connections; both ends hear of it, and it connects again.</summary>
    public void Cut()
    {
        _net.Ladder.Remark($"{Name}: control connections cut");
        _net.Network.Cut(_net.Control.Ip, Address);
    }

    /// <summary>Lets nothing pass between it and the server, without a word to either, until <see cref="Restore"/>.</summary>
    public void Silence()
    {
        _net.Ladder.Remark($"{Name}: control connections silenced");
        Link(_net.Options.Link with { IsDown = true });
    }

    /// <summary>Ends what <see cref="Silence"/> began.</summary>
    public void Restore()
    {
        _net.Ladder.Remark($"{Name}: control connections restored");
        Link(_net.Options.Link);
    }

    /// <summary>Dies as a process does that is killed: its actors are gone, and the server sees its connections reset.</summary>
    public void Dies()
    {
        if (_ended) return;
        _net.Ladder.Remark($"{Name}: dies");
        // What its actors would say in their last moment shall not get out.
        Link(_net.Options.Link with { IsDown = true });
        End();
        Link(_net.Options.Link);
        _net.Network.Cut(_net.Control.Ip, Address);
    }

    /// <summary>Dies as <see cref="Dies"/> has it, but what it wrote before arrives, as a kernel has it that outlives the process.</summary>
    public void DiesBehindItsWords()
    {
        if (_ended) return;
        _net.Ladder.Remark($"{Name}: dies");
        End();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        End();
        return ValueTask.CompletedTask;
    }

    /// <summary>Starts the runtime.</summary>
    internal void Serve(Action<CallRoutes> routes, Action<IServiceCollection>? services, Func<CallActorsOptions, CallActorsOptions>? configure, ILoggerFactory loggers)
    {
        var table = new CallRoutes();
        routes(table);
        var node = CallNode.Of(System);
        var collection = new ServiceCollection().AddSingleton<TimeProvider>(_net.Time).AddSingleton(node).AddSingleton(loggers).AddSingleton<ICallRecordSink>(_records).AddLogging();
        services?.Invoke(collection);
        _services = collection.BuildServiceProvider();
        var options = new CallActorsOptions
        {
            Calls = new CallRuntimeOptions { NodeName = Name },
            Servers =
            [
                new SignallingServerOptions
                {
                    Name = "server",
                    Host = _net.Control.Host,
                    Port = _net.Control.Port,
                    Secret = _net.Options.Secret,
                    // Nobody else comes back at the same moment, and the same seed is the same run.
                    BackOff = BackOffOptions.Default with { Jitter = 0 },
                },
            ],
        };
        _calls = CallSystem.Start(System, configure?.Invoke(options) ?? options, table, _services, Network, _net.Time, loggers, Home);
        node.Use(_calls);
    }

    private void Link(LinkOptions link)
    {
        _net.Network.SetLink(_net.Control.Ip, Address, link);
        _net.Network.SetLink(Address, _net.Control.Ip, link);
    }

    private void End()
    {
        if (_ended) return;
        _ended = true;
        _actors.End(System);
        _calls?.Runtime.Dispose();
        if (_services is not null) _net.Settle(_services.DisposeAsync().AsTask());
    }

    private sealed class RecordShelf : ICallRecordSink
    {
        public List<CallRecord> All { get; } = [];

        public void Write(CallRecord record) => All.Add(record);
    }
}
