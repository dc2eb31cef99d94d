using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace CallActors.Server.Configuration;

/// <summary>One configured text with its place. It is read as what it should be; null means that it is not, and that a finding says so.</summary>
/// <param name="Text">The text without the blanks around it.</param>
/// <param name="Place">Where it stands.</param>
/// <param name="Findings">Where a wrong text is noted.</param>
public sealed record Setting(string Text, string Place, Findings Findings)
{
    private const StringComparison AnyCase = StringComparison.OrdinalIgnoreCase;

    /// <summary>A whole number within bounds; <paramref name="meaning"/> names it for the operator.</summary>
    public int? Integer(string meaning, int least, int most = int.MaxValue)
    {
        if (long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return (int)number;
        Findings.Error(Place, $"'{Text}' is not {meaning}; write a whole number from {least} to {most}");
        return null;
    }

    /// <summary>A port, 0 included only where it has a meaning.</summary>
    public int? Port(int least = 0) => Integer("a port", least, ushort.MaxValue);

    /// <summary>A count of seconds.</summary>
    public TimeSpan? Seconds(int least = 0) =>
        Integer("a number of seconds", least, 1_000_000) is { } count ? TimeSpan.FromSeconds(count) : null;

    /// <summary>A count of milliseconds.</summary>
    public TimeSpan? Milliseconds(int least = 1) =>
        Integer("a number of milliseconds", least, 3_600_000) is { } count ? TimeSpan.FromMilliseconds(count) : null;

    /// <summary>A count of megabytes, as bytes.</summary>
    public long? Megabytes(int least = 1) => Integer("a number of megabytes", least, 1_000_000) is { } count ? count * 1024L * 1024 : null;

    /// <summary>A switch: yes, true, on or 1, and their opposites, in any case.</summary>
    public bool? Switch() => Text.ToLowerInvariant() switch
    {
        "yes" or "true" or "on" or "1" => true,
        "no" or "false" or "off" or "0" => false,
        _ => Wrong<bool>("write yes or no"),
    };

    /// <summary>A log level by drachtio's name.</summary>
    public LogVerbosity? Verbosity() => Text.ToLowerInvariant() switch
    {
        "notice" => LogVerbosity.Notice,
        "error" => LogVerbosity.Error,
        "warning" => LogVerbosity.Warning,
        "info" => LogVerbosity.Info,
        "debug" => LogVerbosity.Debug,
        _ => Wrong<LogVerbosity>("write notice, error, warning, info or debug"),
    };

    /// <summary>The oldest TLS version to speak; what RFC 8996 retired is raised to 1.2.</summary>
    public TlsVersion? TlsVersion()
    {
        switch (Text)
        {
            case "1.2": return Configuration.TlsVersion.Tls12;
            case "1.3": return Configuration.TlsVersion.Tls13;
            case "1.0" or "1" or "1.1":
                Findings.Warn(Place, $"TLS {Text} is retired (RFC 8996) and not offered; 1.2 is the oldest version spoken");
                return Configuration.TlsVersion.Tls12;
            default: return Wrong<TlsVersion>("write 1.2 or 1.3");
        }
    }

    /// <summary>Who refreshes a session; anything unknown is nobody, with a warning, as drachtio has it.</summary>
    public SessionRefresher Refresher()
    {
        if (Enum.TryParse<SessionRefresher>(Text, ignoreCase: true, out var refresher) && Enum.IsDefined(refresher)) return refresher;
        Findings.Warn(Place, $"'{Text}' is no refresher, so nobody is; write none, uac or uas");
        return SessionRefresher.None;
    }

    /// <summary>What spammers get.</summary>
    public SpammerAction? SpammerAction() => Text.ToLowerInvariant() switch
    {
        "discard" => Configuration.SpammerAction.Discard,
        "reject" => Configuration.SpammerAction.Reject,
        _ => Wrong<SpammerAction>("write discard or reject"),
    };

    /// <summary>A dotted IPv4 address.</summary>
    public IPAddress? IPv4Address()
    {
        // The framework also reads 10.1 and 0x0a000001; nobody means those.
        if (IPAddress.TryParse(Text, out var address) && address.AddressFamily is AddressFamily.InterNetwork && address.ToString() == Text)
            return address;
        Findings.Error(Place, $"'{Text}' is not an IPv4 address; write for example 203.0.113.5");
        return null;
    }

    /// <summary>An IPv4 network in CIDR form; bits beyond the prefix are ignored.</summary>
    public IPNetwork? IPv4Network()
    {
        var slash = Text.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && byte.TryParse(Text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var prefix) && prefix <= 32
            && IPAddress.TryParse(Text.AsSpan(0, slash), out var address) && address.AddressFamily is AddressFamily.InterNetwork)
        {
            Span<byte> octets = stackalloc byte[4];
            address.TryWriteBytes(octets, out _);
            for (var bit = prefix; bit < 32; bit++) octets[bit / 8] &= (byte)~(0x80 >> (bit % 8));
            return new IPNetwork(new IPAddress(octets), prefix);
        }
        Findings.Error(Place, $"'{Text}' is not an IPv4 network; write for example 10.0.0.0/8");
        return null;
    }

    /// <summary>A contact's URI.</summary>
    public ContactOptions? Contact()
    {
        if (ContactOptions.TryParse(Text, out var contact, out var fault)) return contact;
        Findings.Error(Place, $"the contact '{Text}' cannot be bound: {fault}");
        return null;
    }

    /// <summary>The URL of a request handler.</summary>
    public Uri? HandlerUrl()
    {
        if (Uri.TryCreate(Text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" or "tcp" or "tls" && url.Host.Length > 0
            && (url.Scheme is "http" or "https" || url.Port > 0))
            return url;
        Findings.Error(Place, $"'{Text}' is not the URL of a request handler; write http://host:port/path or https://…, or tcp://host:port or tls://host:port for an application");
        return null;
    }

    /// <summary>True for POST, false for GET.</summary>
    public bool? IsPost() => Text.ToUpperInvariant() switch
    {
        "POST" => true,
        "GET" => false,
        _ => Wrong<bool>("write GET or POST"),
    };

    /// <summary>A URI to send to.</summary>
    public string? SipUri()
    {
        if ((Text.StartsWith("sip:", AnyCase) && Text.Length > 4) || (Text.StartsWith("sips:", AnyCase) && Text.Length > 5)) return Text;
        Findings.Error(Place, $"'{Text}' is not a SIP URI; write for example sip:192.0.2.10:5060;transport=udp");
        return null;
    }

    /// <summary>The items of a list with commas, semicolons or blanks between.</summary>
    public ImmutableArray<string> Items() => [.. Text.Split([',', ';', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries)];

    private T? Wrong<T>(string remedy) where T : struct
    {
        Findings.Error(Place, $"'{Text}' cannot be used here; {remedy}");
        return null;
    }
}
