using System.Collections.Immutable;
using CallActors.Server.Configuration;
using static CallActors.Node.CommandLine.ServeOption;

namespace CallActors.Node.CommandLine;

/// <summary>Every option of <c>serve</c>, in the order in which help shows them.</summary>
internal static class ServeOptions
{
    public const string File = "--file";
    public const string NoConfig = "--noconfig";
    public const string PortsFile = "--ports-file";
    public const string StatusPort = "--status-port";
    public const string Contact = "--contact";
    public const string ExternalIp = "--external-ip";
    public const string LocalNet = "--local-net";
    public const string DnsName = "--dns-name";
    public const string HttpHandler = "--http-handler";
    public const string HttpMethod = "--http-method";

    public static ImmutableArray<ServeOption> All { get; } =
    [
        Value(Contact, "-c", "uri", "A SIP address to bind: sip:host[:port][;transport=udp,tcp]; host * is every interface, port 0 a free one. May be repeated; replaces the file's contacts. [default: sip:*;transport=udp,tcp]", Elsewhere),
        Value(ExternalIp, "-x", "ip", "The IPv4 address to advertise for the contact before it, when that stands behind a NAT.", Elsewhere),
        Value(LocalNet, "-n", "cidr", "The network whose peers reach the contact before it by its bound address, for example 10.0.0.0/8.", Elsewhere),
        Value(DnsName, null, "name", "A name that resolves to the contact before it. May be repeated.", Elsewhere),

        Value("--address", "-E", "address", "The address applications connect to. [default: 127.0.0.1]", (options, setting) => options with { Admin = options.Admin with { Address = setting.Text } }),
        Value("--port", "-p", "port", "The TCP port applications connect to; 0 is a free one. [default: 9022]", (options, setting) => options with { Admin = options.Admin with { TcpPort = setting.Port() ?? options.Admin.TcpPort } }),
        Value("--tls-port", "-H", "port", "The TLS port applications connect to; 0 is a free one. Needs --key-file and --cert-file.", (options, setting) => options with { Admin = options.Admin with { TlsPort = setting.Port() ?? options.Admin.TlsPort } }),
        Value("--secret", "-F", "text", "What applications must know. Other users of this machine can read command lines: DRACHTIO_SECRET is better. [default: cymru]", (options, setting) => options with { Admin = options.Admin with { Secret = setting.Text } }),
        Value("--tcp-keepalive-interval", null, "seconds", "The time between probes of an idle application connection; 0 for none. [default: 45]", (options, setting) => options with { Admin = options.Admin with { TcpKeepAlive = setting.Seconds() ?? options.Admin.TcpKeepAlive } }),

        Value("--key-file", "-A", "path", "The private key for TLS, PEM.", (options, setting) => options with { Tls = options.Tls with { KeyFile = setting.Text } }),
        Value("--cert-file", "-B", "path", "The certificate for TLS, PEM. It is read again when it changes.", (options, setting) => options with { Tls = options.Tls with { CertFile = setting.Text } }),
        Value("--chain-file", "-C", "path", "The certificates between ours and the root, PEM.", (options, setting) => options with { Tls = options.Tls with { ChainFile = setting.Text } }),
        Value("--min-tls-version", null, "version", "The oldest TLS version spoken: 1.2 or 1.3. [default: 1.2]", (options, setting) => options with { Tls = options.Tls with { MinVersion = setting.TlsVersion() ?? options.Tls.MinVersion } }),

        Value(HttpHandler, "-a", "url", "Ask this URL where each new request goes: http://, https://, or tcp:// and tls:// for an application to connect to. Replaces the file's request handlers.", Elsewhere),
        Value(HttpMethod, "-m", "method", "How it is asked: GET, or POST with the request as body. [default: GET]", Elsewhere),

        Flag("--aggressive-nat-detection", "-I", "Take nat=yes in Record-Route and Contact as the sign of a NAT.", options => options with { AggressiveNat = true }),
        Flag("--disable-nat-detection", null, "Never route a dialog by the packet's source address.", options => options with { DisableNat = true }),
        Flag("--always-send-180", null, "Answer each new INVITE with 180 right after the 100.", options => options with { AlwaysSend180 = true }),
        Flag("--reject-register-with-no-realm", null, "Answer 403 to a REGISTER for an IPv4 address instead of a domain.", options => options with { RejectRegisterWithNoRealm = true }),
        Value("--user-agent-options-auto-respond", null, "text", "Answer 200 to OPTIONS from exactly this User-Agent; no application sees them.", (options, setting) => options with { UserAgentOptionsAutoRespond = setting.Text }),

        Flag("--no-extensions", null, "Grant applications no extensions of the control protocol: calls end with the process that serves them.", options => options with { Extensions = options.Extensions with { IsOn = false } }),
        Value("--session-grace", null, "seconds", "How long the calls of a lost application wait for its next process. [default: 32]", (options, setting) => options with { Extensions = options.Extensions with { Grace = setting.Seconds(least: 1) ?? options.Extensions.Grace } }),
        Flag("--adopt-by-tags", null, "Give the calls of a lost application without extensions to another with exactly the same tags.", options => options with { Extensions = options.Extensions with { AdoptByTags = true } }),

        Value(File, "-f", "path", "The configuration file. [default: /etc/drachtio.conf.xml where it exists]", Elsewhere),
        Flag(NoConfig, null, "Read no configuration file.", options => options),
        Value("--loglevel", "-l", "level", "What is logged: notice, error, warning, info (each SIP message with it) or debug. [default: info]", (options, setting) => options with { Log = options.Log with { Level = setting.Verbosity() ?? options.Log.Level } }),
        Flag("--stdout", null, "Log to the console too.", options => options with { Log = options.Log with { Console = true } }),
        Flag("--globally-readable-logs", null, "Let everyone read the log files, not owner and group alone.", options => options with { Log = options.Log with { GloballyReadable = true } }),
        Flag("--memory-debug", null, "Log the server's counters every 30 s at info instead of at debug.", options => options with { Log = options.Log with { VerboseCounters = true } }),
        Value("--restore-grace", null, "seconds", "How long after a start applications may come back: requests in dialogs of the server before get no 481 meanwhile, and new ones no 503; 0 for not at all. [default: 10]", (options, setting) => options with { Limits = options.Limits with { RestoreGrace = setting.Seconds() ?? options.Limits.RestoreGrace } }),
        Value("--drain-timeout", null, "seconds", "How long calls may go on after SIGTERM. [default: 30]", (options, setting) => options with { Drain = options.Drain with { Timeout = setting.Seconds() ?? options.Drain.Timeout } }),
        Value(PortsFile, null, "path", "Write the bound addresses to this file as JSON, once everything listens.", Elsewhere),
        Value(StatusPort, null, "port", "Answer on this port of 127.0.0.1 with one line of JSON: what the server holds; 0 is a free one. [default: none, or a free one with --ports-file]", Elsewhere),

        Without("--mtu", "-D", true, "UDP is used whatever the size of a message"),
        Without("--sofia-loglevel", null, true, "there is no second stack with a log of its own"),
        Without("--dh-param", "-G", true, "TLS negotiates elliptic curves and needs no parameters"),
        Without("--tls-cipherlist", null, true, "a cipher list for SIP over TLS is not available in this version"),
        Without("--daemon", null, false, "the server stays in the foreground; run it under systemd or the like"),
        Without("--user", "-u", true, "start the server as the user it should be"),
        Without("--homer", "-y", true, "HEP capture is not available in this version"),
        Without("--homer-id", "-z", true, "HEP capture is not available in this version"),
        Without("--prometheus-scrape-port", null, true, "the Prometheus endpoint is not available in this version"),
        Without("--blacklist-redis-address", null, true, "the Redis black list is not available in this version"),
        Without("--blacklist-redis-port", null, true, "the Redis black list is not available in this version"),
        Without("--blacklist-redis-key", null, true, "the Redis black list is not available in this version"),
        Without("--blacklist-redis-password", null, true, "the Redis black list is not available in this version"),
        Without("--blacklist-redis-sentinels", null, true, "the Redis black list is not available in this version"),
        Without("--blacklist-redis-master", null, true, "the Redis black list is not available in this version"),
        Without("--blacklist-refresh-secs", null, true, "the Redis black list is not available in this version"),
    ];

    /// <summary>The names of those that mean something without a server too: the log, the secret, how to leave.</summary>
    public static ImmutableArray<string> OfAnyRole { get; } =
        ["--secret", File, NoConfig, "--loglevel", "--stdout", "--globally-readable-logs", "--memory-debug", "--drain-timeout", PortsFile, StatusPort];

    // Applied by the command line itself: their meaning depends on their place, or they say nothing about the server.
    private static ServerOptions Elsewhere(ServerOptions options, Setting setting) => options;
}
