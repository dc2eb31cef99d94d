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

    private static readonly ServeOption s_server = ServeOption.Value(Server, "-s", "host:port", "A signalling server's control port to connect to, ours or a drachtio-server's. May be repeated.", static (options, _) => options);

    private static readonly ServeOption s_listen = ServeOption.Value(Listen, null, "host:port", "Where signalling servers connect to us, one connection for each call.", static (options, _) => options);

    /// <summary>What the application is told, wherever its servers are.</summary>
    public static ImmutableArray<ServeOption> Application { get; } =
    [
        ServeOption.Value(Password, null, "text", "What every phone must know to register and to call. Other users of this machine can read command lines: CALLACTORS_PASSWORD is better. [default: open, everybody may]", static (options, _) => options),
        ServeOption.Value(Ledger, null, "where", "Where living calls are kept: off, sqlite (data/ledger.db), sqlite:file, or a PostgreSQL connection string. [default: as hocon/callactors.conf says, sqlite]", static (options, _) => options),
        ServeOption.Value(CallRecords, null, "file", "Where each call that is over leaves one line of JSON: key, times, legs, who ended them. Added to when it is there. [default: nowhere]", static (options, _) => options),
        ServeOption.Value(Trunk, null, "host:port", "Where the PBX calls numbers: digits, with or without a plus. [default: nowhere, a number is a name like another]", static (options, _) => options),
        ServeOption.Flag(NoPbx, null, "Run without the demo PBX.", static options => options),
        ServeOption.Value(HealthPort, null, "port", "Answer /health/live and /health/ready on this port of 127.0.0.1; 0 is a free one. [default: none]", static (options, _) => options),
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
