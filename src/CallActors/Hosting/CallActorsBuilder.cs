using Akka.Configuration;
using Akka.Hosting;
using CallActors.Connections;
using Microsoft.Extensions.Configuration;

namespace CallActors;

/// <summary>What an application says about its runtime: servers, listeners, routes, settings. Mistakes are told when the runtime starts, all at once, each by its name.</summary>
public sealed class CallActorsBuilder
{
    private readonly List<SignallingServerOptions> _servers = [];
    private readonly List<ListenOptions> _listeners = [];
    private readonly List<Func<CallActorsOptions, CallActorsOptions>> _changes = [];
    private readonly List<Action<AkkaConfigurationBuilder, IServiceProvider>> _akka = [];

    /// <summary>Which requests lead to which flows. Routes may be added until the runtime starts.</summary>
    public CallRoutes Routes { get; } = new();

    /// <summary>The name of the actor system that <see cref="CallActorsHosting.AddCallActors"/> makes.</summary>
    public string ActorSystemName { get; set; } = "callactors";

    /// <summary>Adds a signalling server to connect to.</summary>
    /// <param name="host">Its address or name.</param>
    /// <param name="port">Its control port.</param>
    /// <param name="secret">The secret shared with it; null is the one that servers have when nobody chose any.</param>
    /// <param name="name">What it is called in logs and states; null is <c>host:port</c>.</param>
    public CallActorsBuilder AddServer(string host, int port = 9022, string? secret = null, string? name = null)
    {
        var server = new SignallingServerOptions { Name = name ?? $"{host}:{port}", Host = host, Port = port };
        return AddServer(secret is null ? server : server with { Secret = secret });
    }

    /// <summary>Adds a signalling server to connect to.</summary>
    public CallActorsBuilder AddServer(SignallingServerOptions server)
    {
        ArgumentNullException.ThrowIfNull(server);
        _servers.Add(server);
        return this;
    }

    /// <summary>Lets signalling servers connect to us (outbound connections).</summary>
    /// <param name="port">The port to bind.</param>
    /// <param name="secret">The secret shared with them; null is the one that servers have when nobody chose any.</param>
    public CallActorsBuilder Listen(int port, string? secret = null)
    {
        var listener = new ListenOptions { Port = port };
        return Listen(secret is null ? listener : listener with { Secret = secret });
    }

    /// <summary>Lets signalling servers connect to us (outbound connections).</summary>
    public CallActorsBuilder Listen(ListenOptions listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        _listeners.Add(listener);
        return this;
    }

    /// <summary>Changes settings; the configuration has been read by then.</summary>
    public CallActorsBuilder Configure(Func<CallActorsOptions, CallActorsOptions> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        _changes.Add(change);
        return this;
    }

    /// <summary>Changes the actor system that <see cref="CallActorsHosting.AddCallActors"/> makes.</summary>
    public CallActorsBuilder ConfigureAkka(Action<AkkaConfigurationBuilder, IServiceProvider> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _akka.Add(configure);
        return this;
    }

    /// <summary>Reads a folder of hocon files: calls live in the cluster, and are kept in the ledger, that they name.</summary>
    /// <param name="folder">The folder; null is "hocon" beside the program. It need not be there.</param>
    /// <param name="application">What is laid over the files; the environment is laid over both.</param>
    /// <exception cref="Hosting.HoconException">A file cannot be read.</exception>
    public CallActorsBuilder UseHocon(string? folder = null, Config? application = null)
    {
        var config = Ledger.LedgerId.ForNewRun(Hosting.HoconFolder.Load(folder, application));
        if (config.GetBoolean("callactors.cluster.enabled")) Cluster.ClusterPlace.Check(config);
        Home = Hosting.CallHome.Configured;
        Configure(options => options with { Calls = options.Calls with { NodeName = config.GetString("callactors.node") } });
        return ConfigureAkka((akka, services) =>
        {
            akka.AddHocon(config, HoconAddMode.Prepend);
            if (Ledger.LedgerOptions.From(config).Mode != Ledger.LedgerMode.Off) akka.AddSetup(Hosting.LedgerTable.Open(config, services));
        });
    }

    /// <summary>Where calls live and what keeps them; alone on this node unless somebody says otherwise.</summary>
    internal Hosting.CallHomeStart Home { get; set; } = Hosting.CallHome.Alone;

    /// <summary>Whether a runtime without any server or listener is no mistake.</summary>
    internal bool MayBeAlone { get; set; }

    /// <summary>Applies the changes of the actor system.</summary>
    internal void Apply(AkkaConfigurationBuilder akka, IServiceProvider services)
    {
        foreach (var configure in _akka) configure(akka, services);
    }

    /// <summary>The options: those of the configuration, then what code says.</summary>
    /// <exception cref="CallActorsConfigurationException">Something is wrong; everything that is, by name.</exception>
    internal CallActorsOptions Options(IConfiguration? configuration)
    {
        var mistakes = new List<string>();
        var options = Hosting.ConfiguredOptions.Read(configuration?.GetSection(Hosting.ConfiguredOptions.Section), mistakes);
        options = options with { Servers = [.. options.Servers, .. _servers], Listeners = [.. options.Listeners, .. _listeners] };
        foreach (var change in _changes) options = change(options);
        Hosting.OptionRules.Check(options, MayBeAlone, mistakes);
        return mistakes.Count == 0 ? options : throw new CallActorsConfigurationException(mistakes);
    }
}
