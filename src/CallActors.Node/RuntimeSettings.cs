using System.Collections.Immutable;
using System.Net;
using Akka.Configuration;
using CallActors.Connections;
using CallActors.Node.CommandLine;
using CallActors.Server.Configuration;
using CallActors.Targets;

namespace CallActors.Node;

/// <summary>What the operator wants of the runtime and its demo application; the rest of a node's options are the server's.</summary>
internal sealed record RuntimeSettings
{
    /// <summary>Servers elsewhere to connect to.</summary>
    public ImmutableArray<SignallingServerOptions> Servers { get; init; } = [];

    /// <summary>Where servers connect to us; null for nowhere.</summary>
    public ListenOptions? Listen { get; init; }

    /// <summary>Whether the demo PBX runs.</summary>
    public bool HasPbx { get; init; } = true;

    /// <summary>What every phone must know; null lets everybody register and call.</summary>
    public string? Password { get; init; }

    /// <summary>Where living calls are kept: <c>off</c>, <c>sqlite</c>, <c>sqlite:file</c>, <c>postgresql:connection</c>; null leaves it to the hocon folder.</summary>
    public string? Ledger { get; init; }

    /// <summary>The file of call records; null for none.</summary>
    public string? CallRecords { get; init; }

    /// <summary>Where the PBX calls numbers; null for nowhere.</summary>
    public string? Trunk { get; init; }

    /// <summary>What the node is called, and what it is in a cluster; what nobody said is left to the hocon folder.</summary>
    public ClusterSettings Cluster { get; init; } = new();

    /// <summary>Both as hocon, over what the folder says.</summary>
    public Config Hocon => ConfigurationFactory.ParseString(LedgerHocon + "\n" + Cluster.Hocon);

    private string LedgerHocon => Ledger switch
    {
        null => "",
        "off" => "callactors.ledger.mode = off",
        "sqlite" => "callactors.ledger { mode = behind\n database = sqlite }",
        ['s', 'q', 'l', 'i', 't', 'e', ':', .. var file] => $"callactors.ledger {{ mode = behind\n database = sqlite\n file = {Quoted(file)} }}",
        ['p', 'o', 's', 't', 'g', 'r', 'e', 's', 'q', 'l', ':', .. var connection] => PostgreSql(connection),
        var connection => PostgreSql(connection),
    };

    /// <summary>Where health is asked for; null for nowhere.</summary>
    public HealthOptions? Health { get; init; }

    /// <summary>Reads the command line and, where that says nothing, the environment.</summary>
    public static RuntimeSettings Read(GivenOptions given, IReadOnlyDictionary<string, string> environment, string secret, Findings findings)
    {
        var values = new Source(given, environment, findings);
        var settings = new RuntimeSettings
        {
            Servers = [.. values.All(RunOptions.Server).Select(setting => ServerOf(setting, secret)).OfType<SignallingServerOptions>()],
            Listen = values.One(RunOptions.Listen) is { } listen ? ListenOf(listen, secret) : null,
            HasPbx = !given.Has(RunOptions.NoPbx),
            Password = values.One(RunOptions.Password)?.Text is { Length: > 0 } password ? password : null,
            Health = values.One(RunOptions.HealthPort) is { } health ? HealthOf(health) : null,
            CallRecords = values.One(RunOptions.CallRecords)?.Text is { Length: > 0 } file ? file : null,
            Trunk = values.One(RunOptions.Trunk) is { } trunk ? TrunkOf(trunk) : null,
            Cluster = new()
            {
                IsOn = given.Has(RunOptions.Cluster) || values.One(RunOptions.Cluster)?.Text is "on" or "true" or "1" or "yes" ? true : null,
                Node = values.One(RunOptions.Node)?.Text,
                Listen = Checked(values.One(RunOptions.ClusterListen), 0),
                KnownAs = Checked(values.One(RunOptions.ClusterKnownAs), 0),
                Seeds = [.. values.All(RunOptions.Seed).Select(setting => Checked(setting, 0)).OfType<string>()],
                SeedsFrom = values.One(RunOptions.SeedsFrom) is { } from ? SeedsFrom(from) : null,
            },
        };
        ClusterSettings.Check(given, environment, findings);
        if (settings.Servers.GroupBy(server => server.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            findings.Error(RunOptions.Server, $"{twice.Key} is named twice; write each server once");
        return values.One(RunOptions.Ledger)?.Text is { Length: > 0 } ledger ? settings with { Ledger = ledger } : settings;
    }

    /// <summary>The record's text, without the password.</summary>
    public override string ToString() => $"RuntimeSettings {{ Servers = {string.Join(' ', Servers)}, HasPbx = {HasPbx}, IsOpen = {Password is null} }}";

    private static string PostgreSql(string connection) => $"callactors.ledger {{ mode = behind\n database = postgresql\n connection = {Quoted(connection)} }}";

    /// <summary>A text as it stands in hocon.</summary>
    internal static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static SignallingServerOptions? ServerOf(Setting setting, string secret) => EndPoint(setting, 1) is var (host, port)
        ? new SignallingServerOptions { Name = $"{host}:{port}", Host = host, Port = port, Secret = secret }
        : null;

    private static string? TrunkOf(Setting setting)
    {
        if (setting.Text.Length == 0) return null;
        if (CallTarget.TryParse(setting.Text, out _) && !setting.Text.Contains('@', StringComparison.Ordinal) && !setting.Text.StartsWith("sip", StringComparison.OrdinalIgnoreCase)) return setting.Text;
        setting.Findings.Error(setting.Place, $"'{setting.Text}' is no trunk; write its host, or for example 192.0.2.1:5060");
        return null;
    }

    // A listener on more than loopback takes the servers that can reach it: the secret is what guards it then.
    private static ListenOptions? ListenOf(Setting setting, string secret)
    {
        if (EndPoint(setting, 0) is not var (host, port)) return null;
        var options = new ListenOptions { Host = host, Port = port, Secret = secret };
        return IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address) ? options
            : options with { AllowedPeers = [new(IPAddress.Any, 0), new(IPAddress.IPv6Any, 0)] };
    }

    private static string? Checked(Setting? setting, int least) => setting is { } given && EndPoint(given, least) is not null ? given.Text : null;

    private static string? SeedsFrom(Setting setting)
    {
        if (setting.Text.StartsWith("dns:", StringComparison.Ordinal) && setting.Text.Length > 4) return setting.Text;
        setting.Findings.Error(setting.Place, $"'{setting.Text}' is not understood; write dns:name or dns:name:port");
        return null;
    }

    private static HealthOptions? HealthOf(Setting setting)
    {
        if (setting.Text.Contains(':', StringComparison.Ordinal)) return EndPoint(setting, 0) is var (host, own) ? new HealthOptions { Host = host, Port = own } : null;
        return setting.Port() is { } port ? new HealthOptions { Port = port } : null;
    }

    private static (string Host, int Port)? EndPoint(Setting setting, int least)
    {
        var colon = setting.Text.LastIndexOf(':');
        if (colon > 0 && ushort.TryParse(setting.Text.AsSpan(colon + 1), System.Globalization.NumberStyles.None, null, out var port) && port >= least)
            return (setting.Text[..colon].Trim('[', ']'), port);
        setting.Findings.Error(setting.Place, $"'{setting.Text}' is no host:port; write for example 192.0.2.1:9022");
        return null;
    }

    private sealed class Source(GivenOptions given, IReadOnlyDictionary<string, string> environment, Findings findings)
    {
        public IEnumerable<Setting> All(string option) => given.Values(option) is { Count: > 0 } values
            ? values.Select(value => new Setting(value.Trim(), option, findings))
            : environment.TryGetValue(RunOptions.VariableOf(option), out var text)
                ? text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(value => new Setting(value, RunOptions.VariableOf(option), findings))
                : [];

        public Setting? One(string option) => given.Value(option) is { } value ? new Setting(value.Trim(), option, findings)
            : environment.TryGetValue(RunOptions.VariableOf(option), out var text) ? new Setting(text.Trim(), RunOptions.VariableOf(option), findings)
            : null;
    }
}
