using System.Collections.Immutable;

namespace CallActors.Server.Configuration;

/// <summary>Reads the DRACHTIO_ variables over the options below them. A variable with an empty value counts as absent.</summary>
public static class EnvironmentVariables
{
    private const string Prefix = "DRACHTIO_";

    /// <summary>The variable that names the configuration file.</summary>
    public const string ConfigurationFile = "DRACHTIO_CONFIG_FILE_PATH";

    private delegate ServerOptions Apply(ServerOptions options, Setting setting);

    private static readonly Dictionary<string, Apply> Known = new()
    {
        ["ADMIN_ADDRESS"] = (options, setting) => options with { Admin = options.Admin with { Address = setting.Text } },
        ["ADMIN_TCP_PORT"] = (options, setting) => options with { Admin = options.Admin with { TcpPort = AdminPort(setting) ?? options.Admin.TcpPort } },
        ["ADMIN_TLS_PORT"] = (options, setting) => options with { Admin = options.Admin with { TlsPort = AdminPort(setting) ?? options.Admin.TlsPort } },
        ["SECRET"] = (options, setting) => options with { Admin = options.Admin with { Secret = setting.Text } },
        ["TCP_KEEPALIVE_INTERVAL"] = (options, setting) =>
            options with { Admin = options.Admin with { TcpKeepAlive = setting.Seconds() ?? options.Admin.TcpKeepAlive } },
        ["CONFIG_FILE_PATH"] = Nothing,         // Whoever opens the file has read it already.

        ["TLS_KEY_FILE"] = (options, setting) => options with { Tls = options.Tls with { KeyFile = setting.Text } },
        ["TLS_CERT_FILE"] = (options, setting) => options with { Tls = options.Tls with { CertFile = setting.Text } },
        ["TLS_CHAIN_FILE"] = (options, setting) => options with { Tls = options.Tls with { ChainFile = setting.Text } },
        ["TLS_DH_PARAM_FILE"] = Nothing,
        ["TLS_CIPHER_LIST"] = Unavailable("a cipher list for SIP over TLS"),
        ["TLS_VERIFY_CLIENT_CERT"] = Unavailable("asking for certificates on SIP over TLS"),
        ["MIN_TLS_VERSION"] = (options, setting) => options with { Tls = options.Tls with { MinVersion = setting.TlsVersion() ?? options.Tls.MinVersion } },

        ["HTTP_HANDLER_URI"] = (options, setting) => setting.HandlerUrl() is { } url
            ? options with { RequestHandlers = [new() { Url = setting.Text, Target = url, VerifyPeer = true }] }
            : options,
        ["AGRESSIVE_NAT_DETECTION"] = (options, setting) => options with { AggressiveNat = IsOne(setting) },
        ["AGGRESSIVE_NAT_DETECTION"] = (options, setting) => options with { AggressiveNat = IsOne(setting) },
        ["USER_AGENT_OPTIONS_AUTO_RESPOND"] = (options, setting) => options with { UserAgentOptionsAutoRespond = setting.Text },
        ["REJECT_REGISTER_WITH_NO_REALM"] = (options, setting) => options with { RejectRegisterWithNoRealm = IsOne(setting) },
        ["PRESERVE_HEADER_NAMES"] = (options, setting) => options with { PreserveHeaderNames = HeaderNames(setting) },
        ["LOCAL_DOMAIN"] = (options, setting) => options with { LocalDomain = setting.Text },
        ["SUPPORT_BEST_EFFORT_TLS"] = (options, setting) => options with { BestEffortTls = IsOne(setting) },
        ["TPORT_QUEUESIZE"] = (options, setting) => options with { ListenBacklog = setting.Integer("a number of connections", 1, 1000) ?? options.ListenBacklog },
        ["TPORT_MAX_CONSECUTIVE_TIMEOUTS"] = (options, setting) =>
            options with { TportMaxConsecutiveTimeouts = ConsecutiveTimeouts(setting) ?? options.TportMaxConsecutiveTimeouts },

        ["NO_EXTENSIONS"] = (options, setting) => options with { Extensions = options.Extensions with { IsOn = !IsOne(setting) } },
        ["SESSION_GRACE"] = (options, setting) => options with { Extensions = options.Extensions with { Grace = setting.Seconds(least: 1) ?? options.Extensions.Grace } },
        ["ADOPT_BY_TAGS"] = (options, setting) => options with { Extensions = options.Extensions with { AdoptByTags = IsOne(setting) } },

        ["LOGLEVEL"] = (options, setting) => options with { Log = options.Log with { Level = setting.Verbosity() ?? options.Log.Level } },
        ["CONSOLE_LOGGING"] = (options, setting) => options with { Log = options.Log with { Console = IsOne(setting) || options.Log.Console } },
        ["MEMORY_DEBUG"] = (options, setting) => options with { Log = options.Log with { VerboseCounters = IsOne(setting) } },

        ["SOFIA_LOGLEVEL"] = Nothing,
        ["UDP_MTU"] = Nothing,
        ["HOMER_ADDRESS"] = Unavailable("HEP capture"),
        ["HOMER_PORT"] = Nothing,
        ["HOMER_ID"] = Nothing,
        ["PROMETHEUS_SCRAPE_PORT"] = Unavailable("the Prometheus endpoint"),
        ["BLACKLIST_REDIS_ADDRESS"] = Unavailable("the Redis black list"),
        ["BLACKLIST_REDIS_PORT"] = Nothing,
        ["BLACKLIST_REDIS_KEY"] = Nothing,
        ["BLACKLIST_REDIS_PASSWORD"] = Nothing,
        ["BLACKLIST_REDIS_SENTINELS"] = Unavailable("the Redis black list"),
        ["BLACKLIST_REDIS_MASTER"] = Nothing,
        ["BLACKLIST_REDIS_REFRESH_SECS"] = Nothing,
        ["SIP_PORT"] = Nothing,                 // Read by drachtio's container entry point.
    };

    /// <summary>Applies every variable that is set; whatever is wrong with one is a finding.</summary>
    public static ServerOptions Read(IReadOnlyDictionary<string, string> environment, ServerOptions below, Findings findings)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(findings);
        var options = below;
        foreach (var (name, value) in environment.OrderBy(variable => variable.Key, StringComparer.Ordinal))
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal) || string.IsNullOrWhiteSpace(value)) continue;
            if (Known.TryGetValue(name[Prefix.Length..], out var apply)) options = apply(options, new Setting(value.Trim(), name, findings));
            else if (!IsServiceLink(name)) findings.Warn(name, "this variable is unknown and has no effect");
        }
        return options;
    }

    // drachtio reads an integer here and takes 1 alone as yes.
    private static bool IsOne(Setting setting)
    {
        if (setting.Text is not ("0" or "1")) setting.Findings.Warn(setting.Place, $"'{setting.Text}' leaves it off; only 1 switches it on");
        return setting.Text == "1";
    }

    private static int? AdminPort(Setting setting)
    {
        if (setting.Text != "0") return setting.Port(least: 1);
        setting.Findings.Warn(setting.Place, "a port of 0 has no effect here; leave the variable out");
        return null;
    }

    private static int? ConsecutiveTimeouts(Setting setting)
    {
        if (setting.Integer("a number of time-outs", 0, 1000) is not { } count) return null;
        if (count != 1) return count;
        setting.Findings.Error(setting.Place, "one time-out is no reason to close a connection; write 0 for never, or a number from 2 to 1000");
        return null;
    }

    private static ImmutableHashSet<string> HeaderNames(Setting setting) =>
        ImmutableHashSet.Create(StringComparer.OrdinalIgnoreCase, setting.Items().AsSpan());

    private static ServerOptions Nothing(ServerOptions options, Setting setting) => options;

    private static Apply Unavailable(string feature) => (options, setting) =>
    {
        setting.Findings.Warn(setting.Place, $"{feature} is not available in this version; the variable has no effect");
        return options;
    };

    // Kubernetes sets these for a service that happens to be called drachtio.
    private static bool IsServiceLink(string name) =>
        name.Contains("_SERVICE_", StringComparison.Ordinal) || name.Contains("_PORT_", StringComparison.Ordinal) || name.EndsWith("_PORT", StringComparison.Ordinal);
}
