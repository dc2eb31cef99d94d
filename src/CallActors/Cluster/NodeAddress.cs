using System.Globalization;

namespace CallActors.Cluster;

/// <summary>Where a node of a cluster is: a host, by address or by name, and a port.</summary>
/// <param name="Host">The host; an IPv6 address without its brackets.</param>
/// <param name="Port">The port; 0 lets the system choose.</param>
internal readonly record struct NodeAddress(string Host, int Port)
{
    /// <summary>The port that nodes use unless somebody says otherwise.</summary>
    public const int DefaultPort = 4053;

    /// <summary>Reads <c>host:port</c>, <c>[v6]:port</c>, or the host alone.</summary>
    public static bool TryParse(string text, out NodeAddress address)
    {
        address = default;
        text = text.Trim();
        var bracket = text.LastIndexOf(']');
        var colon = text.LastIndexOf(':');
        var port = DefaultPort;
        // A colon within brackets, or one of several without any, is an IPv6 address's own.
        var hasPort = colon > bracket && (bracket > 0 || text.IndexOf(':', StringComparison.Ordinal) == colon);
        if (hasPort && (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port > 65_535)) return false;
        var host = (hasPort ? text[..colon] : text).Trim('[', ']');
        if (host.Length == 0 || host.AsSpan().ContainsAny(' ', '/', '@')) return false;
        address = new(host, port);
        return true;
    }

    /// <summary>Where an actor system is that can be reached.</summary>
    public static NodeAddress Of(Akka.Actor.Address system) => new(system.Host ?? "", system.Port ?? 0);

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
