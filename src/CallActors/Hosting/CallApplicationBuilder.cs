using CallActors.Connections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CallActors;

/// <summary>Makes a <see cref="CallApplication"/>: a .NET host, and in it the runtime.</summary>
public sealed class CallApplicationBuilder
{
    private readonly HostApplicationBuilder _host;

    internal CallApplicationBuilder(HostApplicationBuilder host) => _host = host;

    /// <summary>Services for flows and handlers.</summary>
    public IServiceCollection Services => _host.Services;

    /// <summary>The configuration; its section "CallActors" is the runtime's.</summary>
    public ConfigurationManager Configuration => _host.Configuration;

    /// <summary>Where log records go.</summary>
    public ILoggingBuilder Logging => _host.Logging;

    /// <summary>The environment, such as Development.</summary>
    public IHostEnvironment Environment => _host.Environment;

    /// <summary>What the runtime is made of.</summary>
    public CallActorsBuilder Calls { get; } = new();

    /// <inheritdoc cref="CallActorsBuilder.AddServer(string, int, string?, string?)"/>
    public CallApplicationBuilder AddServer(string host, int port = 9022, string? secret = null, string? name = null)
    {
        Calls.AddServer(host, port, secret, name);
        return this;
    }

    /// <inheritdoc cref="CallActorsBuilder.AddServer(SignallingServerOptions)"/>
    public CallApplicationBuilder AddServer(SignallingServerOptions server)
    {
        Calls.AddServer(server);
        return this;
    }

    /// <inheritdoc cref="CallActorsBuilder.Listen(int, string?)"/>
    public CallApplicationBuilder Listen(int port, string? secret = null)
    {
        Calls.Listen(port, secret);
        return this;
    }

    /// <inheritdoc cref="CallActorsBuilder.Listen(ListenOptions)"/>
    public CallApplicationBuilder Listen(ListenOptions listener)
    {
        Calls.Listen(listener);
        return this;
    }

    /// <summary>Makes the application. It does nothing until it is run.</summary>
    /// <exception cref="CallActorsConfigurationException">Something is configured wrongly; the message names everything that is.</exception>
    public CallApplication Build()
    {
        // Told here already: whoever builds an application stands nearer to the mistake than whoever starts it.
        Calls.Options(_host.Configuration);
        CallActorsHosting.Add(_host.Services, Calls);
        return new CallApplication(_host.Build(), Calls.Routes);
    }
}
