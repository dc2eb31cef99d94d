using CallActors.Connections;
using CallActors.Node.Pbx;
using CallActors.Server.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CallActors.Node;

/// <summary>The runtime and its demo application, as the node drives them.</summary>
internal sealed class RuntimePart(RuntimeSettings settings, ServerOptions options, ILoggerFactory loggers) : INodePart
{
    private static readonly TimeSpan s_firstConnection = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CallApplication? _app;
    private CallRecordFile? _records;

    /// <inheritdoc/>
    public IReadOnlyList<string> SipEndpoints => [];

    /// <inheritdoc/>
    public IReadOnlyList<string> ControlEndpoints => [];

    /// <inheritdoc/>
    public Uri? Health => _app?.Health;

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, long>> Holding => _app?.Node.Ledger is { } ledger
        ? [new("calls", _app.Node.Living), new("ledgerCalls", ledger.Living), new("ledgerQueued", ledger.Queued)]
        : [new("calls", _app?.Node.Living ?? 0)];

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, long>> Totals
    {
        get
        {
            List<KeyValuePair<string, long>> totals = [];
            if (_app?.Node is { Self: not null } node) totals.Add(new("clusterNodes", node.Nodes.Count));
            if (_app?.Node.Ledger is { } ledger)
                totals.AddRange([new("ledgerWritten", ledger.Written), new("ledgerFailures", ledger.Failures), new("ledgerDropped", ledger.Dropped)]);
            return totals;
        }
    }

    /// <inheritdoc/>
    public string? Cluster => _app?.Node.Self;

    /// <inheritdoc/>
    public Task<string> Ended => _ended.Task;

    /// <inheritdoc/>
    public string Welcome => settings.HasPbx && _app is { } app ? PbxWelcome.Of([.. app.Servers.Values], settings.Password is not null) : "";

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancel)
    {
        var builder = CallApplication.CreateEmptyBuilder();
        builder.Configuration.AddEnvironmentVariables();
        builder.Services.AddSingleton(loggers);
        if (settings.CallRecords is { } file) builder.Services.AddSingleton<ICallRecordSink>(_records = new CallRecordFile(file));
        foreach (var server in settings.Servers) builder.AddServer(server);
        if (settings.Listen is { } listen) builder.Listen(listen);
        builder.Calls.UseHocon(application: settings.Hocon);
        builder.Calls.Configure(made => made with
        {
            DrainTimeout = options.Drain.Timeout,
            Calls = made.Calls with { RetryAfter = (int)options.Drain.RetryAfter.TotalSeconds },
            Health = settings.Health ?? made.Health,
        });
        if (settings.HasPbx) PbxApplication.AddServices(builder.Services, settings.Password, settings.Trunk);
        var app = _app = builder.Build();
        if (settings.HasPbx) PbxApplication.AddRoutes(app.Routes, app.Services.GetRequiredService<PhoneBook>(), app.Services.GetService<DigestGate>(), hasTrunk: settings.Trunk is not null);
        app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => _ended.TrySetResult("the actor system has ended: the other nodes of the cluster went on without this one"));
        await app.StartAsync(cancel).ConfigureAwait(false);

        // A server that is there answers at once; for one that is not, the log has the line and nobody waits longer.
        for (var left = s_firstConnection; left > TimeSpan.Zero && !app.Node.IsReady && app.Servers.Values.OfType<ServerDown>().Count() < settings.Servers.Length; left -= TimeSpan.FromMilliseconds(10))
            await Task.Delay(TimeSpan.FromMilliseconds(10), cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task DrainAsync(CancellationToken cancel) => _app?.StopAsync(cancel) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_app is { } app) await app.DisposeAsync().ConfigureAwait(false);
        _records?.Dispose();
    }
}
