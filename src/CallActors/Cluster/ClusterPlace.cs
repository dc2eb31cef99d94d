using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Akka.Configuration;
using CallActors.Hosting;

namespace CallActors.Cluster;

/// <summary>Where a node of a cluster stands and how it finds the others; `callactors.cluster` in hocon/callactors.conf says what each means.</summary>
internal sealed record ClusterPlace
{
    private const string Dns = "dns:";

    /// <summary>What the node listens on.</summary>
    public required NodeAddress Listen { get; init; }

    /// <summary>What the others know it by; its port is 0 where it is that of <see cref="Listen"/>.</summary>
    public required NodeAddress Known { get; init; }

    /// <summary>The nodes that it joins, itself perhaps among them.</summary>
    public ImmutableArray<NodeAddress> Seeds { get; init; } = [];

    /// <summary>A name whose addresses are those of the nodes to join, and their port; null for none.</summary>
    public NodeAddress? SeedsFrom { get; init; }

    /// <summary>Reads `callactors.cluster`.</summary>
    /// <exception cref="HoconException">Something in it cannot be.</exception>
    public static ClusterPlace From(Config config)
    {
        var cluster = config.GetConfig("callactors.cluster");
        var listen = Address("listen", cluster.GetString("listen"));
        var place = new ClusterPlace
        {
            Listen = listen,
            Known = cluster.GetString("known-as") is { Length: > 0 } known ? Address("known-as", known.Contains(':', StringComparison.Ordinal) ? known : known + ":0") : new(Own(listen.Host), 0),
            Seeds = [.. Texts(cluster.GetString("seeds")).Select(text => Address("seeds", text))],
            SeedsFrom = cluster.GetString("seeds-from") is { Length: > 0 } name ? FromName(name) : null,
        };
        return place;
    }

    /// <summary>What the node is called when nobody gave it a name.</summary>
    public string Name => (Known.Port == 0 ? Known with { Port = Listen.Port } : Known).ToString();

    /// <summary>The same in Akka's words. The nodes to join are told to it when the node starts, for their addresses may have to be looked up.</summary>
    public Config Hocon => ConfigurationFactory.ParseString(
        $$"""
        akka.remote.dot-netty.tcp {
          hostname = {{HoconText.Quote(Listen.Host)}}
          port = {{Listen.Port}}
          public-hostname = {{HoconText.Quote(Known.Host)}}
          public-port = {{Known.Port}}
        }
        """);

    /// <summary>Fails for a node that would find nobody, and begin a cluster of its own without a word.</summary>
    /// <exception cref="HoconException">It would.</exception>
    public static void Check(Config config)
    {
        var cluster = config.GetConfig("callactors.cluster");
        if (cluster.GetString("seeds").Length > 0 || cluster.GetString("seeds-from").Length > 0 || config.GetStringList("akka.cluster.seed-nodes", []).Count > 0) return;
        throw new HoconException("A node of a cluster has to know one to join: write --seed host:port (CALLACTORS_SEED, callactors.cluster.seeds), or --seeds-from dns:name:port. The first node of all names itself.");
    }

    private static string[] Texts(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static NodeAddress FromName(string text) => text.StartsWith(Dns, StringComparison.OrdinalIgnoreCase)
        ? Address("seeds-from", text[Dns.Length..])
        : throw new HoconException($"callactors.cluster.seeds-from: '{text}' is not understood; write dns:name, or dns:name:port.");

    private static NodeAddress Address(string key, string text) => NodeAddress.TryParse(text, out var address)
        ? address
        : throw new HoconException($"callactors.cluster.{key}: '{text}' is no host:port; write for example 10.0.0.1:{NodeAddress.DefaultPort}.");

    // Whoever listens everywhere has to be known by one address all the same.
    private static string Own(string listen)
    {
        if (!IPAddress.TryParse(listen, out var bound) || !(bound.Equals(IPAddress.Any) || bound.Equals(IPAddress.IPv6Any))) return listen;
        foreach (var card in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (card.OperationalStatus != OperationalStatus.Up || card.NetworkInterfaceType == NetworkInterfaceType.Loopback) continue;
            foreach (var address in card.GetIPProperties().UnicastAddresses)
            {
                if (address.Address.AddressFamily == AddressFamily.InterNetwork) return address.Address.ToString();
            }
        }
        return IPAddress.Loopback.ToString();
    }
}
