using System.Collections.Immutable;

namespace CallActors.Node.CommandLine;

/// <summary>The options of the runtime and its demo application. Each is a variable of the environment too: <c>--health-port</c> is <c>CALLACTORS_HEALTH_PORT</c>.</summary>
internal static class RunOptions
{
    public const string Server = "--server";
    public const string Listen = "--listen";
    public const string Password = "--password";
    public const string Ledger = "--ledger";
    public const string NoPbx = "--no-pbx";
    public const string HealthPort = "--health-port";
    public const string CallRecords = "--call-records";
    public const string Trunk = "--trunk";
    public const string Cluster = "--cluster";
    public const string Node = "--node";
    public const string ClusterListen = "--cluster-listen";
    public const string ClusterKnownAs = "--cluster-known-as";
    public const string Seed = "--seed";
    public const string SeedsFrom = "--seeds-from";

    private static readonly ServeOption s_server = ServeOption.Value(Server, "-s", "host:port", "A signalling server's control port to connect to, ours or a drachtio-server's. May be repeated.", static (options, _) => options);

    private static readonly ServeOption s_listen = ServeOption.Value(Listen, null, "host:port", "Where signalling servers connect to us, one connection for each call.", static (options, _) => options);

    /// <summary>What the application is told, wherever its servers are.</summary>
    public static ImmutableArray<ServeOption> Application { get; } =
    [
        ServeOption.Value(Password, null, "text", "What every phone must know to register and to call. Other users of this machine can read command lines: CALLACTORS_PASSWORD is better. [default: open, everybody may]", static (options, _) => options),
        ServeOption.Value(Ledger, null, "where", "Where living calls are kept: off, sqlite (data/ledger.db), sqlite:file, or postgresql:connection, such as postgresql:Host=db;Database=callactors;Username=callactors. Its password is better in CALLACTORS_LEDGER than on the command line. [default: as hocon/callactors.conf says, sqlite]", static (options, _) => options),
        ServeOption.Value(CallRecords, null, "file", "Where each call that is over leaves one line of JSON: key, times, legs, who ended them. Added to when it is there. [default: nowhere]", static (options, _) => options),
        ServeOption.Value(Trunk, null, "host:port", "Where the PBX calls numbers: digits, with or without a plus. [default: nowhere, a number is a name like another]", static (options, _) => options),
        ServeOption.Flag(NoPbx, null, "Run without the demo PBX.", static options => options),
        ServeOption.Value(HealthPort, null, "port", "Answer /health/live and /health/ready on this port of 127.0.0.1, or on host:port; 0 is a free one. [default: none]", static (options, _) => options),

        ServeOption.Flag(Cluster, null, "Be one of several nodes that take over each other's calls. Three are the least that survive the loss of one.", static options => options),
        ServeOption.Value(Node, null, "name", "What this node is called; another name than the others', and the same from start to start. [default: the address that the others know it by]", static (options, _) => options),
        ServeOption.Value(ClusterListen, null, "host:port", "What the other nodes reach this one on. Whoever reaches it is taken for a node: keep it off networks of others. [default: 127.0.0.1:4053]", static (options, _) => options),
        ServeOption.Value(ClusterKnownAs, null, "host:port", "What the others know this node by, where that is not what it listens on.", static (options, _) => options),
        ServeOption.Value(Seed, null, "host:port", "A node to join. May be repeated; the same list on all nodes. The first of it begins the cluster when it finds no other.", static (options, _) => options),
        ServeOption.Value(SeedsFrom, null, "dns:name", "A name whose addresses are those of the nodes; dns:name:port where the port is not 4053.", static (options, _) => options),
    ];

    /// <summary>All of them.</summary>
    public static ImmutableArray<ServeOption> All { get; } = [s_server, s_listen, .. Application];

    /// <summary>The options of <c>run</c>: what a node without a server of its own has to be told.</summary>
    public static ImmutableArray<ServeOption> Run { get; } = [.. All, .. ServeOptions.All.Where(option => ServeOptions.OfAnyRole.Contains(option.Name))];

    /// <summary>The options of a node that does everything: its own server's, and the application's.</summary>
    public static ImmutableArray<ServeOption> AllInOne { get; } = [.. Application, .. ServeOptions.All];

    /// <summary>The variable that says the same as an option.</summary>
    public static string VariableOf(string option) => "CALLACTORS_" + option.TrimStart('-').Replace('-', '_').ToUpperInvariant();
}
