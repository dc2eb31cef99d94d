using CallActors.Net;
using CallActors.Server;
using CallActors.Server.Configuration;
using Microsoft.Extensions.Logging;

namespace CallActors.Node;

/// <summary>The signalling server on the system's sockets, as the node drives it.</summary>
internal sealed class Signalling(ServerOptions options, ILoggerFactory loggers) : INodePart
{
    private readonly SystemNetwork _network = new();
    private SignallingServer? _server;

    /// <inheritdoc/>
    public IReadOnlyList<string> SipEndpoints => Server.SipEndpoints;

    /// <inheritdoc/>
    public IReadOnlyList<string> ControlEndpoints => Server.ControlEndpoints;

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, long>> Holding
    {
        get
        {
            var census = Server.Census;
            return
            [
                new("transactions", census.ServerTransactions + census.ClientTransactions),
                new("dialogs", census.Dialogs),
                new("pending", census.PendingRequests),
                new("proxies", census.Proxies),
                new("connections", census.Applications),
                new("sessions", census.Sessions),
                new("held", census.Held),
            ];
        }
    }

    // Timers are never cancelled, idle connections and registrations live on: none of them tells of a call that is not over.
    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, long>> Totals
    {
        get
        {
            var census = Server.Census;
            return
            [
                .. Server.Totals,
                new("timers", census.Timers),
                new("streams", census.Streams),
                new("registrations", census.Registrations),
                new("allocatedBytes", GC.GetTotalAllocatedBytes()),
                new("heapBytes", GC.GetGCMemoryInfo().HeapSizeBytes),
            ];
        }
    }

    private SignallingServer Server => _server ??= new SignallingServer(options, _network, TimeProvider.System, loggers);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancel) => Server.StartAsync(cancel);

    /// <summary>Serves an application of this process, over a pipe; the server has started.</summary>
    public IStreamReceiver AcceptControl(IStreamConnection connection) => Server.AcceptControl(connection);

    /// <inheritdoc/>
    public Task DrainAsync(CancellationToken cancel) => Server.DrainAsync(cancel);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync().ConfigureAwait(false);
        await _network.DisposeAsync().ConfigureAwait(false);
    }
}
