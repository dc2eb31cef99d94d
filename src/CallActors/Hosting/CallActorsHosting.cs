using Akka.Actor;
using Akka.Configuration;
using Akka.DependencyInjection;
using Akka.Hosting;
using CallActors.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CallActors;

/// <summary>Adds the runtime to a .NET host: with an actor system of its own, or to the one that the host has.</summary>
public static class CallActorsHosting
{
    /// <summary>Adds the runtime, in an actor system of its own. A mistake in what is configured ends the host's start, with an exception that names it.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Servers, routes, settings; the section "CallActors" of the configuration is read besides.</param>
    public static IServiceCollection AddCallActors(this IServiceCollection services, Action<CallActorsBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        var builder = new CallActorsBuilder();
        configure(builder);
        return Add(services, builder);
    }

    /// <summary>Adds the runtime to the host's own actor system. What goes wrong at its start is logged by Akka.Hosting, which then stops the host.</summary>
    /// <param name="akka">The actor system's configuration.</param>
    /// <param name="configure">Servers, routes, settings; the section "CallActors" of the configuration is read besides.</param>
    /// <remarks><see cref="CallNode.Of"/> gives the runtime of an actor system.</remarks>
    public static AkkaConfigurationBuilder WithCallActors(this AkkaConfigurationBuilder akka, Action<CallActorsBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(akka);
        ArgumentNullException.ThrowIfNull(configure);
        var builder = new CallActorsBuilder();
        configure(builder);
        akka.AddHocon(Hocon(new CallActorsOptions()), HoconAddMode.Append);
        return akka.WithActors((system, _, _) => new CallHost(ServicesOf(system), builder).StartAsync(system));
    }

    internal static IServiceCollection Add(IServiceCollection services, CallActorsBuilder builder)
    {
        services.AddSingleton(sp => new CallHost(sp, builder));
        services.AddSingleton(sp => CallNode.Of(sp.GetRequiredService<ActorSystem>()));
        services.AddSingleton<HealthPort>();
        services.AddOptions<HostOptions>().Configure<CallHost>((host, calls) =>
        {
            // Half a minute is what hosts allow everything together; calls may be given longer.
            if (host.ShutdownTimeout < calls.DrainLimit + TimeSpan.FromSeconds(10)) host.ShutdownTimeout = calls.DrainLimit + TimeSpan.FromSeconds(10);
        });
        services.AddAkka(builder.ActorSystemName, (akka, sp) =>
        {
            akka.ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
            });
            // What the host's author says comes on top of ours, not below it.
            akka.AddHocon(Hocon(sp.GetRequiredService<CallHost>().Options), HoconAddMode.Prepend);
            builder.Apply(akka, sp);
        });
        services.AddHostedService<CallHosting>();
        return services;
    }

    // The phase in which calls drain is given their time. The process ends when its host says so, not when the actor system has.
    // What comes too late for a call that is over is no news.
    private static Config Hocon(CallActorsOptions options) => ConfigurationFactory.ParseString(
        $$"""
        akka.log-dead-letters = off
        akka.coordinated-shutdown {
          exit-clr = off
          run-by-clr-shutdown-hook = off
          phases.service-requests-done.timeout = {{(int)options.DrainTimeout.TotalSeconds + 5}}s
          # A planned leave hands all calls over first.
          phases.cluster-sharding-shutdown-region.timeout = {{(int)options.DrainTimeout.TotalSeconds + 15}}s
        }
        """);

    private static IServiceProvider ServicesOf(ActorSystem system) => DependencyResolver.For(system).Resolver is ServiceProviderDependencyResolver resolver
        ? resolver.ServiceProvider
        : throw new InvalidOperationException("The actor system knows no services: it was not made by Akka.Hosting.");
}
