using CallActors.Connections;
using CallActors.Server.Configuration;
using Microsoft.Extensions.Logging;

namespace CallActors.Node;

/// <summary>Server and runtime in one process. What passes between them are the same frames as over a wire, through a pipe in memory.</summary>
internal sealed class AllInOne : INodePart
{
    private readonly Signalling _server;
    private readonly RuntimePart _runtime;

    public AllInOne(ServerOptions options, RuntimeSettings settings, ILoggerFactory loggers)
    {
        _server = new Signalling(options, loggers);
        // Within a process nothing gets lost on the way: no pings.
        var own = new SignallingServerOptions
        {
            // Of several nodes each has a server of its own, and none of them is another's.
            Name = settings.Cluster.IsOn is true ? $"here@{settings.Cluster.Node ?? settings.Cluster.KnownAs ?? settings.Cluster.Listen ?? Environment.MachineName}" : "here",
            Host = "this process",
            Secret = options.Admin.Secret,
            HeartbeatInterval = TimeSpan.Zero,
            InProcess = _server.AcceptControl,
        };
        _runtime = new RuntimePart(settings with { Servers = [own, .. settings.Servers] }, options, loggers);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> SipEndpoints => _server.SipEndpoints;

    /// <inheritdoc/>
    public IReadOnlyList<string> ControlEndpoints => _server.ControlEndpoints;

    /// <inheritdoc/>
    public Uri? Health => _runtime.Health;

    /// <inheritdoc/>
    public string? Cluster => _runtime.Cluster;

    /// <inheritdoc/>
    public Task<string> Ended => _runtime.Ended;

    /// <inheritdoc/>
    public string Welcome => _runtime.Welcome;

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, long>> Holding => [.. _server.Holding, .. _runtime.Holding];

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, long>> Totals => [.. _server.Totals, .. _runtime.Totals];

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancel)
    {
        await _server.StartAsync(cancel).ConfigureAwait(false);
        await _runtime.StartAsync(cancel).ConfigureAwait(false);
    }

    // The server turns new calls away from the first moment, and stays until the runtime has hung up what is left.
    /// <inheritdoc/>
    public Task DrainAsync(CancellationToken cancel) => Task.WhenAll(_server.DrainAsync(cancel), _runtime.DrainAsync(cancel));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _runtime.DisposeAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
    }
}
