using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;

namespace CallActors.Mailboxes;

/// <summary>Makes the <see cref="CallExecutor"/> of a dispatcher; named in reference.conf.</summary>
internal sealed class CallExecutorConfigurator(Config config, IDispatcherPrerequisites prerequisites) : ExecutorServiceConfigurator(config, prerequisites)
{
    private const string Dispatcher = "callactors.call-dispatcher";

    /// <summary>The dispatcher of calls; that of all actors in a system whose configuration knows nothing of ours.</summary>
    public static string DispatcherIn(ActorSystem system) => system.Dispatchers.HasDispatcher(Dispatcher) ? Dispatcher : Dispatchers.DefaultDispatcherId;

    /// <inheritdoc/>
    public override ExecutorService Produce(string id) => new CallExecutor(id, TimeProvider.System, Config.GetBoolean("network-threads", true));
}
