using System.Collections.Concurrent;
using Akka.Actor;
using CallActors.Calls;
using CallActors.Cluster;
using CallActors.Connections;
using CallActors.Ledger;
using CallActors.Mailboxes;
using CallActors.Net;
using CallActors.Requests;
using CallActors.Targets;
using Microsoft.Extensions.Logging;

namespace CallActors.Hosting;

/// <summary>A runtime at work in an actor system: its region, its links and its listeners. The same for a host, a node and a test.</summary>
internal sealed class CallSystem : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ServerState> _states = new(StringComparer.Ordinal);
    private readonly List<IActorRef> _connections = [];
    private readonly List<IActorRef> _links = [];
    private readonly ConcurrentDictionary<CallFlow, Props> _props = new(ReferenceEqualityComparer.Instance);
    private readonly CallRoutes _routes;
    private readonly string _dispatcher;

    private CallSystem(ActorSystem system, CallRuntime runtime, CallRoutes routes)
    {
        Runtime = runtime;
        Counts.OnNobody = runtime.Sessions.OnStray;
        _routes = routes;
        _dispatcher = CallExecutorConfigurator.DispatcherIn(system);
    }

    /// <summary>What the calls share.</summary>
    public CallRuntime Runtime { get; }

    /// <summary>What the region has done.</summary>
    public RegionCounts Counts { get; } = new();

    /// <summary>The last known state of each server and listener, by name.</summary>
    public IReadOnlyDictionary<string, ServerState> States
    {
        get
        {
            lock (_gate) return new Dictionary<string, ServerState>(_states);
        }
    }

    /// <summary>Told of every change of a server's state, on the thread that notices it.</summary>
    public event Action<ServerState>? StateChanged;

    /// <summary>Starts a runtime in an actor system, alone and without a ledger unless somebody says otherwise.</summary>
    public static CallSystem Start(
        ActorSystem system, CallActorsOptions options, CallRoutes routes, IServiceProvider services, INetwork network, TimeProvider time, ILoggerFactory loggers,
        Func<ActorSystem, CallProps, RegionCounts, CallRuntime, CallHome>? home = null)
    {
        var calls = Create(system, options, routes, services, time, loggers);
        calls.Connect(system, home?.Invoke(system, calls.PropsOf, calls.Counts, calls.Runtime) ?? CallHome.OnThisNode(system, calls.PropsOf, calls.Counts), options, network);
        return calls;
    }

    /// <summary>Starts a runtime in an actor system, its calls where somebody says.</summary>
    public static async Task<CallSystem> StartAsync(
        ActorSystem system, CallHomeStart home, CallActorsOptions options, CallRoutes routes, IServiceProvider services, INetwork network, TimeProvider time, ILoggerFactory loggers)
    {
        var calls = Create(system, options, routes, services, time, loggers);
        // First a place to live in, then the connections that bring the calls.
        calls.Connect(system, await home(system, calls.PropsOf, calls.Counts, calls.Runtime).ConfigureAwait(false), options, network);
        return calls;
    }

    /// <summary>Begins a call for the application.</summary>
    public CallKey Begin<TFlow>(object? argument)
        where TFlow : CallActor => Runtime.Begin(_routes.FlowOf<TFlow>(), argument);

    /// <summary>Changes the routes; servers are asked for what is new, and no longer for what is gone. Calls that live go on as they began.</summary>
    public void Reroute(Action<CallRoutes> change)
    {
        lock (_gate)
        {
            var before = Runtime.Requests.Methods;
            change(_routes);
            Runtime.Requests = _routes.Build();
            foreach (var method in Runtime.Requests.Methods.Except(before)) Tell(new ServerLink.Subscribe(method));
            foreach (var method in before.Except(Runtime.Requests.Methods)) Tell(new ServerLink.Unsubscribe(method));
        }

        void Tell(object asked)
        {
            foreach (var link in _links) link.Tell(asked);
        }
    }

    /// <summary>Sends a request that belongs to no call.</summary>
    public Task<RequestOutcome> SendAsync(string method, CallTarget target, MessageBody? body, HeaderFields? headers, SendOptions? options)
    {
        CallRequests.Check(method, target, options);
        var order = new SendFlow.Order(method, target, body, headers, options);
        Runtime.Begin(SendFlow.Kind, order);
        return order.Done;
    }

    /// <summary>Turns new calls away and waits until the living ones are over; what then still lives is hung up.</summary>
    public async Task DrainAsync(TimeSpan limit, CancellationToken cancel)
    {
        Runtime.IsDraining = true;
        var start = Runtime.Time.GetTimestamp();
        while (Runtime.Directory.Count > 0 && Runtime.Time.GetElapsedTime(start) < limit)
            await Task.Delay(TimeSpan.FromMilliseconds(50), Runtime.Time, cancel).ConfigureAwait(false);
        if (Runtime.Directory.Count == 0) return;
        Runtime.Directory.TellAll(new EndCall("the node stops"));
        start = Runtime.Time.GetTimestamp();
        while (Runtime.Directory.Count > 0 && Runtime.Time.GetElapsedTime(start) < TimeSpan.FromSeconds(2))
            await Task.Delay(TimeSpan.FromMilliseconds(50), Runtime.Time, cancel).ConfigureAwait(false);
    }

    /// <summary>Whether the calls can go on elsewhere when the node leaves: in a cluster, and not where the server leaves with it.</summary>
    public bool CanLeaveCalls { get; private set; }

    /// <summary>Asks the servers for no more calls; those that live, and those on their way, are given so long before they go to other nodes.</summary>
    public void Leave(TimeSpan limit)
    {
        foreach (var method in Runtime.Requests.Methods)
        {
            foreach (var link in _links) link.Tell(new ServerLink.Unsubscribe(method));
        }
        Runtime.Leave(limit);
    }

    /// <summary>The other nodes have gone on without this one: it says nothing more, and the servers give what it had to them.</summary>
    public void Silence()
    {
        Runtime.IsSilent = true;
        Disconnect();
    }

    /// <summary>Ends the connections to the servers.</summary>
    public void Disconnect()
    {
        foreach (var connection in _connections) connection.Tell(PoisonPill.Instance);
    }

    /// <summary>Ends the connections; the calls end with their actor system.</summary>
    public ValueTask DisposeAsync()
    {
        Disconnect();
        Runtime.Dispose();
        return default;
    }

    private static CallSystem Create(ActorSystem system, CallActorsOptions options, CallRoutes routes, IServiceProvider services, TimeProvider time, ILoggerFactory loggers) =>
        new(system, new CallRuntime(services, routes.Build(), options.Calls, time, loggers), routes);

    private void Connect(ActorSystem system, CallHome home, CallActorsOptions options, INetwork network)
    {
        Runtime.Ledger = home.Ledger;
        Runtime.Use(home.Region);
        Runtime.Publish = system.EventStream.Publish;
        var node = NameOf(system);
        CanLeaveCalls = home.Region is ShardedCallRegion && !options.Servers.Any(server => server.InProcess is not null);
        var logger = Runtime.Loggers.CreateLogger("CallActors.Connections");
        var methods = Runtime.Requests.Methods.Select(method => method.ToLowerInvariant()).Concat(Runtime.ServerRecords.Verbs).ToArray();
        foreach (var server in options.Servers)
        {
            var props = ServerLink.PropsFor(Named(server, options.App, node), network, Runtime.Time, Runtime.Traffic, methods, logger, OnState);
            var link = system.ActorOf(props, "server-" + Uri.EscapeDataString(server.Name));
            _connections.Add(link);
            _links.Add(link);
        }

        foreach (var listener in options.Listeners)
        {
            var props = ControlListener.PropsFor(listener, network, Runtime.Traffic, logger, OnState);
            _connections.Add(system.ActorOf(props, "listener-" + Uri.EscapeDataString(listener.Name)));
        }
    }

    // A server in this process dies with it: what it keeps is of use only where a ledger keeps the calls, to be given back to the next run.
    private SignallingServerOptions Named(SignallingServerOptions server, string app, string node) =>
        server with { App = app, Node = node, Extensions = server.Extensions && (server.InProcess is null || Runtime.Ledger != NoLedger.Instance) };

    // In a cluster the others know a node by its address, and nodes without one each by its name.
    private string NameOf(ActorSystem system) =>
        ((ExtendedActorSystem)system).Provider.DefaultAddress is { Host: { } host, Port: { } port } ? $"{host}:{port}" : Runtime.Options.NodeName;

    private Props? PropsOf(ICallStart start)
    {
        var flow = start switch
        {
            Offered offered => offered.Kind,
            Begun begun => begun.Kind,
            _ => _routes.Find(start.Flow),
        };
        if (flow is null) return null;
        // Made once for each flow: to make Props is to read an empty configuration.
        return _props.GetOrAdd(flow, static (flow, self) => Props.CreateBy(new FlowProducer(self.Runtime, flow)).WithDispatcher(self._dispatcher), this);
    }

    private void OnState(ServerState state)
    {
        lock (_gate) _states[state.Name] = state;
        StateChanged?.Invoke(state);
    }
}
