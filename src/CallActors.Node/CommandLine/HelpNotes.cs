namespace CallActors.Node.CommandLine;

/// <summary>What help says beyond the list of options.</summary>
internal static class HelpNotes
{
    /// <summary>The notes for a command, by its name.</summary>
    public static string Of(string command) => command switch
    {
        "serve" => Serve,
        "run" => Run,
        _ => Root,
    };

    public const string Root =
        """
        Environment:
          CALLACTORS_PASSWORD [--password]            CALLACTORS_LEDGER [--ledger]
          CALLACTORS_HEALTH_PORT [--health-port]      CALLACTORS_CALL_RECORDS [--call-records]
          CALLACTORS_TRUNK [--trunk]                  CALLACTORS_SERVER, CALLACTORS_LISTEN [of run]
          CALLACTORS_CLUSTER=on [--cluster]           CALLACTORS_NODE [--node]
          CALLACTORS_CLUSTER_LISTEN [--cluster-listen]
          CALLACTORS_CLUSTER_KNOWN_AS [--cluster-known-as]
          CALLACTORS_SEED [--seed, separated by commas]
          CALLACTORS_SEEDS_FROM [--seeds-from]
          and the server's own: 'serve --help'

        Examples:
          (nothing)                                   phones register at this machine's port 5060 and call each other by name
          --password wonderland                       the same, for those who know the password
          serve                                       the server alone: SIP on port 5060, applications on 127.0.0.1:9022
          run --server 192.0.2.1:9022                 the PBX on a server that is elsewhere
          serve --help, run --help                    every option, variable and signal
        """;

    public const string Run =
        """
        Environment (in brackets the option that says the same):
          CALLACTORS_SERVER [--server, separated by commas]
          CALLACTORS_LISTEN [--listen]                CALLACTORS_PASSWORD [--password]
          CALLACTORS_LEDGER [--ledger]                CALLACTORS_HEALTH_PORT [--health-port]
          CALLACTORS_CALL_RECORDS [--call-records]    CALLACTORS_TRUNK [--trunk]
          CALLACTORS_CLUSTER=on [--cluster]           CALLACTORS_NODE [--node]
          CALLACTORS_CLUSTER_LISTEN [--cluster-listen]
          CALLACTORS_CLUSTER_KNOWN_AS [--cluster-known-as]
          CALLACTORS_SEED [--seed, separated by commas]
          CALLACTORS_SEEDS_FROM [--seeds-from]        and every key of hocon/: CALLACTORS__CLUSTER__PROFILE=slow
          DRACHTIO_SECRET [--secret]                  DRACHTIO_LOGLEVEL [--loglevel]

        Signals:
          SIGTERM, SIGINT   new calls get 503, living ones may end (--drain-timeout), then what is left is hung up; a second one ends it at once

        Examples:
          run --server 127.0.0.1:9022
          run --listen 127.0.0.1:9023                 for a server with --http-handler tcp://127.0.0.1:9023
          run --server 192.0.2.1:9022 --cluster --cluster-listen 10.0.0.2:4053 --seed 10.0.0.1:4053 --seed 10.0.0.2:4053 --seed 10.0.0.3:4053
        """;

    public const string Serve =
        """
        Precedence:
          An option overrides its environment variable, which overrides the file, which overrides the default.
          Lists (contacts, request handlers) are replaced as a whole, never merged.

        Environment (in brackets the option that says the same):
          DRACHTIO_SECRET [--secret]                  DRACHTIO_ADMIN_ADDRESS [--address]
          DRACHTIO_ADMIN_TCP_PORT [--port]            DRACHTIO_ADMIN_TLS_PORT [--tls-port]
          DRACHTIO_CONFIG_FILE_PATH [--file]          DRACHTIO_TLS_KEY_FILE, _CERT_FILE, _CHAIN_FILE
          DRACHTIO_MIN_TLS_VERSION                    DRACHTIO_HTTP_HANDLER_URI [--http-handler]
          DRACHTIO_LOGLEVEL [--loglevel]              DRACHTIO_CONSOLE_LOGGING=1 [--stdout]
          DRACHTIO_TCP_KEEPALIVE_INTERVAL             DRACHTIO_AGGRESSIVE_NAT_DETECTION=1
          DRACHTIO_USER_AGENT_OPTIONS_AUTO_RESPOND    DRACHTIO_REJECT_REGISTER_WITH_NO_REALM=1
          DRACHTIO_PRESERVE_HEADER_NAMES=a,b          DRACHTIO_LOCAL_DOMAIN
          DRACHTIO_SUPPORT_BEST_EFFORT_TLS=1          DRACHTIO_MEMORY_DEBUG=1 [--memory-debug]
          DRACHTIO_TPORT_QUEUESIZE                    DRACHTIO_TPORT_MAX_CONSECUTIVE_TIMEOUTS
          DRACHTIO_NO_EXTENSIONS=1 [--no-extensions]  DRACHTIO_ADOPT_BY_TAGS=1 [--adopt-by-tags]
          DRACHTIO_SESSION_GRACE [--session-grace]

        Signals:
          SIGTERM, SIGINT   new calls get 503, living ones may end (--drain-timeout), then the server leaves; a second one ends it at once
          SIGHUP            the log level is read again

        Examples:
          serve --contact "sip:192.0.2.1:5060;transport=udp,tcp" --external-ip 203.0.113.5 --local-net 192.0.2.0/24
          serve --address 0.0.0.0 --http-handler http://127.0.0.1:8080/route --loglevel error
          serve --file /etc/drachtio.conf.xml
        """;
}
