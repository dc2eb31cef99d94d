using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CallActors.Net;
using CallActors.Server.Transports;

namespace CallActors.Server.Configuration;

/// <summary>One SIP address to bind, written as a URI: <c>sip:[user@]host[:port][;transport=udp,tcp]</c>.</summary>
public sealed record ContactOptions
{
    /// <summary>What is bound when nothing is configured: every interface, port 5060, UDP and TCP.</summary>
    public static ContactOptions Default { get; } = new() { Text = "sip:*;transport=udp,tcp", Host = AnyHost };

    /// <summary>The host that stands for every interface.</summary>
    public const string AnyHost = "*";

    /// <summary>The URI as configured.</summary>
    public required string Text { get; init; }

    /// <summary>True for sips:, which our Contact headers then show too.</summary>
    public bool IsSips { get; init; }

    /// <summary>The user part, which our Contact headers show; null for none.</summary>
    public string? User { get; init; }

    /// <summary>The host to bind: an IP literal without brackets, a name, or <see cref="AnyHost"/>.</summary>
    public required string Host { get; init; }

    /// <summary>The port; null for each transport's own default, 0 for a port of the system's choice.</summary>
    public int? Port { get; init; }

    /// <summary>The transports to bind, each once, in the order given.</summary>
    public ImmutableArray<NetProtocol> Transports { get; init; } = [NetProtocol.Udp, NetProtocol.Tcp];

    /// <summary>The IPv4 address to advertise instead of the bound one; null for none.</summary>
    public IPAddress? ExternalIp { get; init; }

    /// <summary>The network whose peers reach us by the bound address; null leaves it to the server, which goes by the address.</summary>
    public IPNetwork? LocalNet { get; init; }

    /// <summary>Names that resolve to this contact.</summary>
    public ImmutableArray<string> DnsNames { get; init; } = [];

    /// <summary>True when every interface is to be bound.</summary>
    public bool IsWildcard => Host == AnyHost;

    /// <summary>The port to bind for a transport.</summary>
    public int PortOf(NetProtocol protocol) => Port ?? DefaultPortOf(protocol);

    /// <summary>The port of a transport where none is written: RFC 3261 §19.1.2, and drachtio's choice for WebSocket.</summary>
    public static int DefaultPortOf(NetProtocol protocol) => protocol switch
    {
        NetProtocol.Ws => 5080,
        NetProtocol.Wss => 5081,
        _ => SipProtocols.DefaultPort(protocol),
    };

    /// <summary>Reads a contact's URI. On false <paramref name="fault"/> says what is wrong and what to write instead.</summary>
    public static bool TryParse(string text, out ContactOptions contact, out string fault)
    {
        contact = Default;
        var uri = text.AsSpan().Trim();
        if (Scheme(uri) is not { } isSips)
            return Fail("it does not begin with sip: or sips:; write for example sip:192.0.2.1:5060;transport=udp,tcp", out fault);

        var rest = uri[(isSips ? 5 : 4)..];
        var semicolon = rest.IndexOf(';');
        var address = semicolon < 0 ? rest : rest[..semicolon];
        var parameters = semicolon < 0 ? [] : rest[(semicolon + 1)..];

        string? user = null;
        if (address.LastIndexOf('@') is >= 0 and var at)
        {
            user = address[..at].ToString();
            address = address[(at + 1)..];
        }
        if (!TryHostPort(address, out var host, out var port, out fault) || !TryTransports(parameters, out var transports, out fault)) return false;

        contact = new() { Text = uri.ToString(), IsSips = isSips, User = user, Host = host, Port = port, Transports = transports };
        return true;
    }

    private static bool? Scheme(ReadOnlySpan<char> uri) =>
        uri.StartsWith("sip:", StringComparison.OrdinalIgnoreCase) ? false
        : uri.StartsWith("sips:", StringComparison.OrdinalIgnoreCase) ? true
        : null;

    private static bool TryHostPort(ReadOnlySpan<char> address, out string host, out int? port, out string fault)
    {
        host = "";
        port = null;
        fault = "";
        var isBracketed = address.StartsWith("[");
        var end = isBracketed ? address.IndexOf(']') : address.IndexOf(':');
        if (isBracketed && (end < 0 || !IPAddress.TryParse(address[1..end], out var ip) || ip.AddressFamily is not AddressFamily.InterNetworkV6))
            return Fail("the brackets hold no IPv6 address; write for example sip:[2001:db8::1]:5060", out fault);
        var name = isBracketed ? address[1..end] : end < 0 ? address : address[..end];
        var after = isBracketed ? address[(end + 1)..] : end < 0 ? [] : address[end..];

        if (name.IsEmpty) return Fail("it names no host; write an IP address, or * for every interface", out fault);
        if (name.IndexOfAny(" \t\"<>") >= 0) return Fail("the host holds a blank or a quote", out fault);
        if (!after.IsEmpty)
        {
            if (after[0] != ':' || !ushort.TryParse(after[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return Fail(address.Count(':') > 1 && address[0] != '['
                    ? "an IPv6 address stands in brackets: sip:[2001:db8::1]:5060"
                    : $"'{after.TrimStart(':')}' is not a port from 0 to 65535", out fault);
            port = number;
        }
        host = name.ToString();
        return true;
    }

    private static bool TryTransports(ReadOnlySpan<char> parameters, out ImmutableArray<NetProtocol> transports, out string fault)
    {
        transports = Default.Transports;
        fault = "";
        foreach (var range in parameters.Split(';'))
        {
            var parameter = parameters[range].Trim();
            if (!parameter.StartsWith("transport=", StringComparison.OrdinalIgnoreCase)) continue;
            var found = ImmutableArray.CreateBuilder<NetProtocol>();
            var list = parameter["transport=".Length..];
            foreach (var item in list.Split(','))
            {
                var name = list[item].Trim();
                if (!TryProtocol(name, out var protocol))
                    return Fail($"'{name}' is not a transport; write one or more of udp, tcp, tls, ws, wss with commas between", out fault);
                if (!found.Contains(protocol)) found.Add(protocol);
            }
            transports = found.ToImmutable();
        }
        return true;
    }

    private static bool TryProtocol(ReadOnlySpan<char> name, out NetProtocol protocol) =>
        Enum.TryParse(name, ignoreCase: true, out protocol) && char.IsAsciiLetter(name[0]);

    private static bool Fail(string reason, out string fault)
    {
        fault = reason;
        return false;
    }
}
