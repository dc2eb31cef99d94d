using System.Diagnostics.Metrics;

namespace CallActors.Connections;

/// <summary>What happened to connections, for whoever listens to the meter <c>CallActors</c>.</summary>
internal static class ConnectionMetrics
{
    private static readonly Meter s_meter = new("CallActors");
    private static readonly Counter<long> s_ups = s_meter.CreateCounter<long>("callactors.connections.up", description: "Connections on which a server accepted our secret.");
    private static readonly Counter<long> s_losses = s_meter.CreateCounter<long>("callactors.connections.lost", description: "Connections that ended, by how far they had got.");
    private static readonly Counter<long> s_turnedAway = s_meter.CreateCounter<long>("callactors.connections.turned_away", description: "Connections from addresses that are not listed.");

    public static void Up(string name) => s_ups.Add(1, Tag(name));

    public static void Lost(string name, LossKind kind) => s_losses.Add(1, Tag(name), new KeyValuePair<string, object?>("kind", kind.ToString()));

    public static void TurnedAway(string name) => s_turnedAway.Add(1, Tag(name));

    private static KeyValuePair<string, object?> Tag(string name) => new("server", name);
}
