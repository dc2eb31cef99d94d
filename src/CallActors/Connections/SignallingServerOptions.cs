using System.Collections.Immutable;
using System.Globalization;
using CallActors.Net;

namespace CallActors.Connections;

/// <summary>A signalling server to connect to: where it is, what it must be told, and how patient we are.</summary>
public sealed record SignallingServerOptions
{
    /// <summary>What the server is called in logs and states.</summary>
    public required string Name { get; init; }

    /// <summary>An address or a host name.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The server's control port.</summary>
    public int Port { get; init; } = 9022;

    /// <summary>The secret shared with the server. Never logged.</summary>
    public string Secret { get; init; } = "cymru";

    /// <summary>Tags by which the server may select this application.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>How TLS is done; null for a plain connection. A server with TLS is never spoken to without.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>The time between pings; a server that leaves three in a row unanswered is lost. Zero for no pings.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long connecting may take, and then the answer to our secret.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The largest frame accepted, in bytes.</summary>
    public int MaxFrame { get; init; } = Control.ControlFramer.DefaultMaxPayload;

    /// <summary>Bytes written that the server has not taken; a server that is so far behind is lost.</summary>
    public int MaxBacklog { get; init; } = 16 << 20;

    /// <summary>The waits between attempts.</summary>
    public BackOffOptions BackOff { get; init; } = BackOffOptions.Default;

    /// <summary>Whether the server is asked to keep calls over the loss of either end (docs/control-protocol.md §8). One that knows nothing of it is served as ever.</summary>
    public bool Extensions { get; init; } = true;

    /// <summary>The application's name for the server: its processes stand in for each other.</summary>
    internal string App { get; init; } = "";

    /// <summary>The process's name for the server.</summary>
    internal string Node { get; init; } = "";

    /// <summary>Set where the server lives in this process: takes its end of a pipe, and nothing is dialled.</summary>
    public Func<IStreamConnection, IStreamReceiver>? InProcess { get; init; }

    /// <summary>The record's text, without the secret.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"SignallingServerOptions {{ Name = {Name}, Host = {Host}, Port = {Port}, Tls = {Tls is not null}, Tags = {string.Join(',', Tags.IsDefault ? [] : Tags)} }}");
}
