using System.Collections.Immutable;

namespace CallActors.Server.Configuration;

/// <summary>Everything an operator can say about one signalling server, already checked: the server trusts each value.</summary>
/// <remarks>
/// Made once at start from the command line, the environment and the configuration file, in this order of precedence.
/// The defaults here are the built-in ones, so <c>new ServerOptions()</c> is a server as it runs without any configuration.
/// </remarks>
public sealed record ServerOptions
{
    /// <summary>Where applications connect, and with which secret.</summary>
    public AdminOptions Admin { get; init; } = new();

    /// <summary>The SIP addresses to bind; never empty.</summary>
    public ImmutableArray<ContactOptions> Contacts { get; init; } = [ContactOptions.Default];

    /// <summary>The one certificate set, for the TLS control port and for every SIP transport over TLS.</summary>
    public ServerTlsOptions Tls { get; init; } = new();

    /// <summary>The web callbacks that route new requests; at most one for each method.</summary>
    public ImmutableArray<RequestHandlerOptions> RequestHandlers { get; init; } = [];

    /// <summary>The values of the transaction timers.</summary>
    public TimerOptions Timers { get; init; } = new();

    /// <summary>Who refreshes when the far end offers a session timer and names nobody; none means such an offer is ignored (RFC 4028 §9).</summary>
    public SessionRefresher DefaultRefresher { get; init; } = SessionRefresher.None;

    /// <summary>The next hop of requests outside dialogs and of proxied ones, as a SIP URI; null sends by the request-URI.</summary>
    public string? OutboundProxy { get; init; }

    /// <summary>SO_SNDBUF and SO_RCVBUF of each UDP socket, in bytes.</summary>
    public int UdpBufferSize { get; init; } = 4 * 1024 * 1024;

    /// <summary>How many connections may wait to be accepted on a listening socket.</summary>
    public int ListenBacklog { get; init; } = 512;

    /// <summary>Never route later requests of a dialog by the packet's source address.</summary>
    public bool DisableNat { get; init; }

    /// <summary>Also take <c>nat=yes</c> in Record-Route and Contact as the sign of a NAT.</summary>
    public bool AggressiveNat { get; init; }

    /// <summary>Answer each new INVITE with 180 right after the 100.</summary>
    public bool AlwaysSend180 { get; init; }

    /// <summary>Answer 403 to a REGISTER whose request-URI names an IPv4 literal instead of a domain.</summary>
    public bool RejectRegisterWithNoRealm { get; init; }

    /// <summary>The exact User-Agent value whose OPTIONS get a 200 that no application sees; null for none.</summary>
    public string? UserAgentOptionsAutoRespond { get; init; }

    /// <summary>Whom to turn away by a word in User-Agent, From or To; null for nobody.</summary>
    public SpammerOptions? Spammers { get; init; }

    /// <summary>Send the cdr:attempt, cdr:start and cdr:stop events.</summary>
    public bool Cdrs { get; init; }

    /// <summary>A domain that is ours: a request-URI with this host or one below it is never sent to; null for none.</summary>
    public string? LocalDomain { get; init; }

    /// <summary>Names of unknown headers that are written as the application spelt them; compared without case.</summary>
    public ImmutableHashSet<string> PreserveHeaderNames { get; init; } = ImmutableHashSet.Create<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Close a stream connection after this many time-outs of requests in a row; 0 never.</summary>
    public int TportMaxConsecutiveTimeouts { get; init; }

    /// <summary>Write sip: instead of sips: into our Contact towards a caller whose own Contact is sip:.</summary>
    public bool BestEffortTls { get; init; }

    /// <summary>Offer a BYE that belongs to no dialog to an application instead of answering 481.</summary>
    public bool OfferUnknownBye { get; init; }

    /// <summary>What applications get beyond drachtio's protocol.</summary>
    public ExtensionOptions Extensions { get; init; } = new();

    /// <summary>The bounds of tables, messages and waiting times.</summary>
    public LimitOptions Limits { get; init; } = new();

    /// <summary>How the server leaves.</summary>
    public DrainOptions Drain { get; init; } = new();

    /// <summary>What is written, and where to.</summary>
    public LogOptions Log { get; init; } = new();
}
