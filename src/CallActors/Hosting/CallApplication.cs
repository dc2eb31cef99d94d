using CallActors.Connections;
using CallActors.Hosting;
using CallActors.Targets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CallActors;

/// <summary>An application that handles calls: routes to flows, and the host that runs them.</summary>
/// <example>
/// <code>
/// var builder = CallApplication.CreateBuilder(args);
/// builder.AddServer("127.0.0.1");
/// var app = builder.Build();
/// app.Invite&lt;FrontDesk&gt;();
/// await app.RunAsync();
/// </code>
/// </example>
public sealed class CallApplication : IHost, IAsyncDisposable
{
    private readonly IHost _host;

    internal CallApplication(IHost host, CallRoutes routes)
    {
        _host = host;
        Routes = routes;
    }

    /// <summary>Which requests lead to which flows.</summary>
    public CallRoutes Routes { get; }

    /// <inheritdoc/>
    public IServiceProvider Services => _host.Services;

    /// <summary>The configuration.</summary>
    public IConfiguration Configuration => Services.GetRequiredService<IConfiguration>();

    /// <summary>The application's own log.</summary>
    public ILogger Logger => field ??= Services.GetRequiredService<ILoggerFactory>().CreateLogger(Services.GetRequiredService<IHostEnvironment>().ApplicationName);

    /// <summary>The runtime: states of servers, how many calls live.</summary>
    public CallNode Node => Services.GetRequiredService<CallNode>();

    /// <summary>The last known state of each server and listener, by name.</summary>
    public IReadOnlyDictionary<string, ServerState> Servers => Node.Servers;

    /// <summary>Where health is asked for; null when nowhere.</summary>
    public Uri? Health => Services.GetRequiredService<HealthPort>().Address;

    /// <summary>A builder with the usual configuration: <c>appsettings.json</c>, environment, command line.</summary>
    /// <param name="args">The command line.</param>
    public static CallApplicationBuilder CreateBuilder(string[]? args = null) => new(Host.CreateApplicationBuilder(args));

    /// <summary>A builder with nothing in it: no configuration, no log, and no ear for the process's signals. For an application within another program.</summary>
    public static CallApplicationBuilder CreateEmptyBuilder()
    {
        var host = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        host.Services.AddSingleton<IHostLifetime, NoLifetime>();
        return new CallApplicationBuilder(host);
    }

    /// <inheritdoc cref="CallRoutes.Use"/>
    public CallApplication Use(Func<IncomingRequest, Func<Task>, Task> middleware)
    {
        Routes.Use(middleware);
        return this;
    }

    /// <inheritdoc cref="CallRoutes.Invite{TFlow}"/>
    public CallApplication Invite<TFlow>(Func<IncomingRequest, bool>? when = null)
        where TFlow : CallActor
    {
        Routes.Invite<TFlow>(when);
        return this;
    }

    /// <inheritdoc cref="CallRoutes.Subscribe{TFlow}"/>
    public CallApplication Subscribe<TFlow>(Func<IncomingRequest, bool>? when = null)
        where TFlow : CallActor
    {
        Routes.Subscribe<TFlow>(when);
        return this;
    }

    /// <inheritdoc cref="CallRoutes.Register"/>
    public CallApplication Register(Func<IncomingRequest, Task> handler)
    {
        Routes.Register(handler);
        return this;
    }

    /// <inheritdoc cref="CallRoutes.Options"/>
    public CallApplication Options(Func<IncomingRequest, Task> handler)
    {
        Routes.Options(handler);
        return this;
    }

    /// <inheritdoc cref="CallRoutes.Message"/>
    public CallApplication Message(Func<IncomingRequest, Task> handler)
    {
        Routes.Message(handler);
        return this;
    }

    /// <inheritdoc cref="CallRoutes.Publish"/>
    public CallApplication Publish(Func<IncomingRequest, Task> handler)
    {
        Routes.Publish(handler);
        return this;
    }

    /// <inheritdoc cref="CallRoutes.Map{TFlow}(string, Func{IncomingRequest, bool}?)"/>
    public CallApplication Map<TFlow>(string method, Func<IncomingRequest, bool>? when = null)
        where TFlow : CallActor
    {
        Routes.Map<TFlow>(method, when);
        return this;
    }

    /// <inheritdoc cref="CallRoutes.Map(string, Func{IncomingRequest, Task}, Func{IncomingRequest, bool}?)"/>
    public CallApplication Map(string method, Func<IncomingRequest, Task> handler, Func<IncomingRequest, bool>? when = null)
    {
        Routes.Map(method, handler, when);
        return this;
    }

    /// <inheritdoc cref="CallRoutes.Add{TFlow}"/>
    public CallApplication Add<TFlow>()
        where TFlow : CallActor
    {
        Routes.Add<TFlow>();
        return this;
    }

    /// <inheritdoc cref="CallNode.Begin{TFlow}"/>
    public CallKey Begin<TFlow>(object? argument = null)
        where TFlow : CallActor => Node.Begin<TFlow>(argument);

    /// <inheritdoc cref="CallNode.SendAsync"/>
    public Task<RequestOutcome> SendAsync(string method, CallTarget target, MessageBody? body = null, HeaderFields? headers = null, SendOptions? options = null) =>
        Node.SendAsync(method, target, body, headers, options);

    /// <summary>Runs until the process is told to end (SIGTERM, Ctrl+C); then lets calls end, as long as <see cref="CallActorsOptions.DrainTimeout"/> says.</summary>
    public Task RunAsync(CancellationToken cancel = default) => HostingAbstractionsHostExtensions.RunAsync(this, cancel);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken = default) => _host.StartAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken = default) => _host.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _host.Dispose();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable host) return host.DisposeAsync();
        _host.Dispose();
        return ValueTask.CompletedTask;
    }
}
