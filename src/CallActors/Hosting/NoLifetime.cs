using Microsoft.Extensions.Hosting;

namespace CallActors.Hosting;

/// <summary>The lifetime of a host within another one: signals of the process are none of its business.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
