using System.Collections.Immutable;
using CallActors.Control;
using CallActors.Net;

namespace CallActors.Connections;

/// <summary>How it stands with a signalling server: published on the actor system's event stream whenever it changes.</summary>
/// <param name="Name">The server's, or the listener's, name.</param>
public abstract record ServerState(string Name);

/// <summary>A server has accepted our secret, and has answered that it will send what we asked for.</summary>
/// <param name="Name">The server's name.</param>
/// <param name="Contacts">Its SIP addresses as the world sees them, <c>proto/host:port</c>.</param>
/// <param name="Version">Its version.</param>
/// <param name="LocalContacts">Its SIP addresses as they are bound.</param>
public sealed record ServerUp(string Name, ImmutableArray<string> Contacts, string Version, ImmutableArray<string> LocalContacts) : ServerState(Name)
{
    /// <summary>Which run of the server this is; empty where it does not say.</summary>
    public string ServerId { get; init; } = "";

    /// <summary>What the server grants beyond the base protocol.</summary>
    public ExtensionFeatures Features { get; init; }
}

/// <summary>A server cannot be used.</summary>
/// <param name="Name">The server's name.</param>
/// <param name="Reason">Why, in words for a log.</param>
/// <param name="RetryAfter">When it is tried again; null when it is not.</param>
public sealed record ServerDown(string Name, string Reason, TimeSpan? RetryAfter) : ServerState(Name);

/// <summary>Servers can connect to us.</summary>
/// <param name="Name">The listener's name.</param>
/// <param name="Local">Where, with the port that the system chose when none was asked for.</param>
public sealed record ServerListening(string Name, NetAddress Local) : ServerState(Name);
