using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallActors.Hosting;

/// <summary>Answers probes over HTTP: <c>/health/live</c> while the process works, <c>/health/ready</c> while it can take calls.</summary>
internal sealed class HealthPort(CallNode node) : IAsyncDisposable
{
    private WebApplication? _web;

    /// <summary>Where it listens; null when it does not.</summary>
    public Uri? Address => _web?.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses is { } addresses ? new Uri(addresses.First()) : null;

    /// <summary>Binds the port.</summary>
    /// <exception cref="IOException">It cannot be bound.</exception>
    public async Task OpenAsync(HealthOptions options, CancellationToken cancel)
    {
        // A web server of its own: the application's host need have none, and what it has may be open to others than probes.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        // Probes come every few seconds: a line for each is of no use to anybody. What cannot be bound is thrown.
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseUrls($"http://{(options.Host.Contains(':', StringComparison.Ordinal) ? $"[{options.Host.Trim('[', ']')}]" : options.Host)}:{options.Port}");
        var web = _web = builder.Build();
        web.MapGet("/health/live", () => Results.Text("live"));
        web.MapGet("/health/ready", () => Ready());
        await web.StartAsync(cancel).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _web, null) is { } web) await web.DisposeAsync().ConfigureAwait(false);
    }

    // One line for each server, so that whoever looks sees why not.
    private IResult Ready()
    {
        var servers = string.Concat(node.Servers.OrderBy(server => server.Key, StringComparer.Ordinal).Select(server => $"{server.Key}: {Text(server.Value)}\n"));
        var verdict = node.IsReady ? "ready" : node.IsDraining ? "draining" : node.IsUp ? "no server is up" : "not up in the cluster";
        var cluster = node.Self is { } self ? $"cluster: {node.Nodes.Count} nodes up, this one is {self}\n" : "";
        return Results.Text($"{verdict}\n{cluster}{servers}", statusCode: node.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static string Text(Connections.ServerState state) => state switch
    {
        Connections.ServerUp up => $"up, version {up.Version}",
        Connections.ServerDown down => $"down, {down.Reason}",
        Connections.ServerListening listening => $"listening on {listening.Local}",
        _ => "",
    };
}
