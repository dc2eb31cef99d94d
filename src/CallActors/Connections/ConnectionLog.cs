using System.Collections.Immutable;
using System.Net;
using CallActors.Net;
using Microsoft.Extensions.Logging;

namespace CallActors.Connections;

/// <summary>What is worth a line about connections. No line has a place for a secret.</summary>
internal static partial class ConnectionLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "server {Server} at {Remote} is up, version {Version}, SIP at {Contacts}")]
    public static partial void Up(ILogger logger, string server, NetAddress remote, string version, ImmutableArray<string> contacts);

    [LoggerMessage(Level = LogLevel.Warning, Message = "server {Server} is lost: {Reason}; it is tried again")]
    public static partial void Lost(ILogger logger, string server, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "server {Server} cannot be reached at {Host}:{Port}: {Reason}; it is tried again until it answers")]
    public static partial void Unreachable(ILogger logger, string server, string host, int port, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "server {Server} at {Host}:{Port} does not accept us: {Reason}; compare our secret with the server's. It is tried again until it does")]
    public static partial void Refused(ILogger logger, string server, string host, int port, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "listening for signalling servers on {Local} as {Listener}")]
    public static partial void Listening(ILogger logger, string listener, NetAddress local);

    [LoggerMessage(Level = LogLevel.Error, Message = "listener {Listener} cannot listen at {Host}:{Port}: {Reason}; it is tried again until it can")]
    public static partial void CannotListen(ILogger logger, string listener, string host, int port, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "listener {Listener}: a connection from {Peer} is turned away, its address is not among the allowed peers")]
    public static partial void TurnedAway(ILogger logger, string listener, IPAddress peer);

    [LoggerMessage(Level = LogLevel.Warning, Message = "listener {Listener}: the peer at {Remote} is no server that accepts us: {Reason}")]
    public static partial void Unproven(ILogger logger, string listener, NetAddress remote, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "something went wrong with the connection to {Server}; this is a defect, please report it")]
    public static partial void Fault(ILogger logger, Exception exception, string server);
}
