using System.Collections.Concurrent;
using System.Globalization;
using Akka.Actor;
using Akka.Configuration;

namespace CallActors.TestKit;

/// <summary>
/// Actor systems whose every turn runs on one <see cref="VirtualLoop"/> and whose timers are those of a <see cref="VirtualTime"/>: nothing happens
/// in them unless a test moves the time or runs the loop, and the same test is the same run.
/// </summary>
public sealed class VirtualActors : IDisposable
{
    internal const string KeyPath = "callactors.testkit.world";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly ConcurrentDictionary<string, VirtualActors> s_worlds = new();
    private static int s_count;

    private readonly string _key = Interlocked.Increment(ref s_count).ToString(CultureInfo.InvariantCulture);

    /// <summary>Actors that live in a time and run on a loop.</summary>
    public VirtualActors(VirtualTime time, VirtualLoop loop)
    {
        Time = time;
        Loop = loop;
        s_worlds[_key] = this;
    }

    /// <summary>The time.</summary>
    public VirtualTime Time { get; }

    /// <summary>The loop.</summary>
    public VirtualLoop Loop { get; }

    /// <summary>What makes an actor system one of these; to be put before every other configuration.</summary>
    /// <remarks>Without loggers the system starts at once: each would have to answer first.</remarks>
    public Config Configuration => ConfigurationFactory.ParseString($$"""
        {{KeyPath}} = "{{_key}}"
        akka {
          loggers = []
          stdout-loglevel = OFF
          log-dead-letters = off
          scheduler.implementation = "{{NameOf(typeof(VirtualScheduler))}}"
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          coordinated-shutdown.run-by-actor-system-terminate = off
          actor {
            default-dispatcher { type = Dispatcher, executor = "{{NameOf(typeof(VirtualExecutorConfigurator))}}", throughput = 5 }
            internal-dispatcher { type = Dispatcher, executor = "{{NameOf(typeof(VirtualExecutorConfigurator))}}", throughput = 5 }
            default-blocking-io-dispatcher { type = Dispatcher, executor = "{{NameOf(typeof(VirtualExecutorConfigurator))}}" }
          }
        }
        callactors.call-dispatcher {
          type = Dispatcher, executor = "{{NameOf(typeof(VirtualExecutorConfigurator))}}", throughput = 5, mailbox-type = "{{NameOf(typeof(Mailboxes.CallMailbox))}}"
        }
        """);

    /// <summary>Starts an actor system.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="configuration">Anything else it shall know.</param>
    public ActorSystem Start(string name, Config? configuration = null) =>
        ActorSystem.Create(name, configuration is null ? Configuration : Configuration.WithFallback(configuration));

    /// <summary>Ends a system and waits for its end; time stands still meanwhile.</summary>
    public void End(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        var end = system.Terminate();
        new Pump(Time, Loop, s_patience).Settle(() => end.IsCompleted);
    }

    /// <summary>Makes room; systems that live are no more to be started anew.</summary>
    public void Dispose() => s_worlds.TryRemove(_key, out _);

    /// <summary>The world that a configuration names.</summary>
    internal static VirtualActors Of(Config configuration) =>
        s_worlds.TryGetValue(configuration.GetString(KeyPath, ""), out var world)
            ? world
            : throw new ConfigurationException($"{KeyPath} names no world; an actor system in virtual time is started by VirtualActors.Start.");

    private static string NameOf(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";
}
