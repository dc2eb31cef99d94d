using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CallActors.Hosting;

/// <summary>The runtime as a part of a .NET host whose actor system is ours.</summary>
/// <remarks>It starts behind the actor system's own hosting, which would only log what goes wrong: here it is thrown, and the host does not start.</remarks>
internal sealed class CallHosting(CallHost calls, HealthPort health, IServiceProvider services) : IHostedLifecycleService
{
    // Before the actor system is made: a mistake shall be told, not a system be started and stopped.
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        calls.CheckFlows();
        return Task.CompletedTask;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before all else: joining a cluster may take its time, and whoever asks meanwhile hears so.
        if (calls.Options.Health is { } options) await health.OpenAsync(options, cancellationToken).ConfigureAwait(false);
        await calls.StartAsync(services.GetRequiredService<ActorSystem>()).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // All parts of the host are still at work: a readiness probe hears that we drain.
    public Task StoppingAsync(CancellationToken cancellationToken) => calls.DrainAsync().WaitAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => health.DisposeAsync().AsTask();

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
