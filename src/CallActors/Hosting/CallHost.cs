using Akka.Actor;
using CallActors.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallActors.Hosting;

/// <summary>Starts a runtime in the actor system of a host, and lets its calls end before the actor system does.</summary>
internal sealed partial class CallHost(IServiceProvider services, CallActorsBuilder builder)
{
    private readonly ILoggerFactory _loggers = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
    private readonly TimeProvider _time = services.GetService<TimeProvider>() ?? TimeProvider.System;
    private readonly Lock _gate = new();
    private Task? _draining;
    private CallNode? _node;
    private ActorSystem? _system;

    /// <summary>The options, read once.</summary>
    /// <exception cref="CallActorsConfigurationException">Something is wrong with them.</exception>
    public CallActorsOptions Options => field ??= builder.Options(services.GetService<IConfiguration>());

    /// <summary>Looks for mistakes that can be found once all routes are known.</summary>
    /// <exception cref="CallActorsConfigurationException">A flow asks for what is not there.</exception>
    public void CheckFlows()
    {
        var mistakes = new List<string>();
        FlowDependencies.Check(builder.Routes.FlowTypes, services, mistakes);
        if (mistakes.Count > 0) throw new CallActorsConfigurationException(mistakes);
    }

    /// <summary>Starts the runtime.</summary>
    public async Task StartAsync(ActorSystem system)
    {
        CheckFlows();
        var options = Options;
        var network = services.GetService<INetwork>() ?? OwnNetwork(system);
        var calls = await CallSystem.StartAsync(system, builder.Home, options, builder.Routes, services, network, _time, _loggers).ConfigureAwait(false);
        _system = system;
        _node = CallNode.Of(system);
        _node.Use(calls);
        var shutdown = CoordinatedShutdown.Get(system);
        // Whoever ends the actor system, a host or the cluster, ends the calls first. With a host that drains before, nothing is left to do here.
        Add(CoordinatedShutdown.PhaseServiceRequestsDone, "callactors-drain", DrainAsync);
        // The calls have gone elsewhere by then, or stay with their servers.
        Add(CoordinatedShutdown.PhaseClusterLeave, "callactors-disconnect", () => Told(calls.Disconnect));
        // The others have gone on without this node, and its calls are theirs: the sooner it is silent the better.
        Add(CoordinatedShutdown.PhaseBeforeServiceUnbind, "callactors-silence", () => Told(() =>
        {
            if (IsDowned(shutdown)) calls.Silence();
        }));

        void Add(string phase, string name, Func<Task> work) => shutdown.AddTask(phase, name, async () =>
        {
            await work().ConfigureAwait(false);
            return Akka.Done.Instance;
        });
    }

    private static bool IsDowned(CoordinatedShutdown shutdown) => shutdown.ShutdownReason is CoordinatedShutdown.ClusterDowningReason;

    private static Task Told(Action work)
    {
        work();
        return Task.CompletedTask;
    }

    /// <summary>Turns new calls away, lets living ones end, and hangs up what still lives at the limit.</summary>
    public Task DrainAsync()
    {
        lock (_gate) return _draining ??= DrainOnceAsync();
    }

    /// <summary>How long draining may take, the hanging up included, or the moving of all calls.</summary>
    public TimeSpan DrainLimit => Options.DrainTimeout + TimeSpan.FromSeconds(35);

    private async Task DrainOnceAsync()
    {
        if (_node is not { } node) return;
        node.Drain();
        if (_system is { } system && IsDowned(CoordinatedShutdown.Get(system))) return;
        var logger = _loggers.CreateLogger("CallActors");
        if (node.Started.CanLeaveCalls)
        {
            LogLeaving(logger, node.Living, Options.DrainTimeout.TotalSeconds);
            node.Started.Leave(Options.DrainTimeout);
            return;
        }
        LogDraining(logger, node.Living, Options.DrainTimeout.TotalSeconds);
        await node.Started.DrainAsync(Options.DrainTimeout, CancellationToken.None).ConfigureAwait(false);
        if (node.Living > 0) LogLeft(logger, node.Living);
    }

    // Sockets of ours end with the actor system whose connections use them.
    private static SystemNetwork OwnNetwork(ActorSystem system)
    {
        var network = new SystemNetwork();
        system.RegisterOnTermination(() => _ = network.DisposeAsync().AsTask());
        return network;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "new calls are turned away; {Living} living ones may go on for {Seconds} s")]
    private static partial void LogDraining(ILogger logger, int living, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "no new calls are asked for; {Living} living ones go to other nodes as soon as they rest, and within {Seconds} s")]
    private static partial void LogLeaving(ILogger logger, int living, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Living} calls were still alive at the end")]
    private static partial void LogLeft(ILogger logger, int living);
}
