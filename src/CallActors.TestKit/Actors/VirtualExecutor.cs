using Akka.Configuration;
using Akka.Dispatch;

namespace CallActors.TestKit;

/// <summary>Named in the configuration of a dispatcher: its actors take their turns on the loop.</summary>
internal sealed class VirtualExecutorConfigurator(Config config, IDispatcherPrerequisites prerequisites) : ExecutorServiceConfigurator(config, prerequisites)
{
    private readonly VirtualActors _world = VirtualActors.Of(prerequisites.Settings.Config);

    /// <inheritdoc/>
    public override ExecutorService Produce(string id) => new VirtualExecutor(id, _world.Loop);
}

/// <summary>Puts every turn of every mailbox on the loop.</summary>
internal sealed class VirtualExecutor(string id, VirtualLoop loop) : ExecutorService(id)
{
    /// <inheritdoc/>
    public override void Execute(IRunnable run) => loop.Post(run.Run);

    /// <inheritdoc/>
    public override void Shutdown()
    {
    }
}
