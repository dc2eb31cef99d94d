using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using CallActors.Net;

namespace CallActors.Connections;

/// <summary>Where signalling servers connect to us, one connection for each call (outbound connections).</summary>
/// <remarks>
/// We say the secret first, whoever dialled: so a connection is taken only from an address that is listed, and under TLS with
/// <see cref="TlsOptions.VerifyPeer"/> only from a server that shows a certificate.
/// </remarks>
public sealed record ListenOptions
{
    /// <summary>What the listener is called in logs and states.</summary>
    public string Name { get; init; } = "listener";

    /// <summary>The address to bind, or a name of it.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port to bind; 0 lets the system choose.</summary>
    public int Port { get; init; } = 9023;

    /// <summary>The secret shared with the servers. Never logged.</summary>
    public string Secret { get; init; } = "cymru";

    /// <summary>Tags by which a server may select this application.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>How TLS is done, with our certificate; null for plain connections.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Where servers may connect from; this machine alone unless somebody says otherwise.</summary>
    public ImmutableArray<IPNetwork> AllowedPeers { get; init; } = [new(IPAddress.Parse("127.0.0.0"), 8), new(IPAddress.IPv6Loopback, 128)];

    /// <summary>How many connections are served at once; more are closed as they come.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>How long a peer may take to answer our secret.</summary>
    public TimeSpan AuthenticateTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The time between pings on each connection; three in a row unanswered end it. Zero for no pings.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The largest frame accepted, in bytes.</summary>
    public int MaxFrame { get; init; } = Control.ControlFramer.DefaultMaxPayload;

    /// <summary>Bytes written that a server has not taken; a server that is so far behind is lost.</summary>
    public int MaxBacklog { get; init; } = 16 << 20;

    /// <summary>The waits between attempts to bind.</summary>
    public BackOffOptions BackOff { get; init; } = BackOffOptions.Default;

    /// <summary>Whether an address is listed.</summary>
    public bool Allows(IPAddress address)
    {
        if (AllowedPeers.IsDefault) return false;
        foreach (var network in AllowedPeers)
        {
            if (network.Contains(address)) return true;
        }

        return false;
    }

    /// <summary>The record's text, without the secret.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"ListenOptions {{ Name = {Name}, Host = {Host}, Port = {Port}, Tls = {Tls is not null}, AllowedPeers = {string.Join(',', AllowedPeers.IsDefault ? [] : AllowedPeers)} }}");
}
