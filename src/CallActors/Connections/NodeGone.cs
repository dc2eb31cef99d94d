using CallActors.Control.Events;

namespace CallActors.Connections;

/// <summary>A signalling server tells that the last connection of another process of the application has ended: published on the actor system's event stream.</summary>
/// <param name="Node">The process, as it named itself: host and port in a cluster.</param>
/// <param name="How">How its connection ended. It proves nothing by itself.</param>
/// <param name="Server">Who told.</param>
internal sealed record NodeGone(string Node, Departure How, string Server);
