namespace CallActors.Sip.Headers;

/// <summary>One value of Via: where a request was sent from and where its responses go (RFC 3261 §20.42, RFC 3581).</summary>
public readonly ref struct ViaView
{
    private readonly ReadOnlySpan<byte> _host;

    private ViaView(
        ReadOnlySpan<byte> protocol, ReadOnlySpan<byte> version, ReadOnlySpan<byte> transport,
        ReadOnlySpan<byte> host, int port, ReadOnlySpan<byte> sentBy, ReadOnlySpan<byte> parameters)
    {
        Protocol = protocol;
        Version = version;
        Transport = transport;
        _host = host;
        Port = port;
        SentBy = sentBy;
        Parameters = new(parameters);
    }

    /// <summary>The protocol's name, <c>SIP</c>.</summary>
    public ReadOnlySpan<byte> Protocol { get; }

    /// <summary>The protocol's version, <c>2.0</c>.</summary>
    public ReadOnlySpan<byte> Version { get; }

    /// <summary>The transport, <c>UDP</c>, <c>TCP</c>, <c>TLS</c> or any other token.</summary>
    public ReadOnlySpan<byte> Transport { get; }

    /// <summary>Host and port as written, brackets and any white space around the colon included.</summary>
    public ReadOnlySpan<byte> SentBy { get; }

    /// <summary>The host without the brackets of an IPv6 reference.</summary>
    public ReadOnlySpan<byte> Host => IsIpv6 ? _host[1..^1] : _host;

    /// <summary>Whether the host is an IPv6 reference, <c>[…]</c>.</summary>
    public bool IsIpv6 => !_host.IsEmpty && _host[0] == (byte)'[';

    /// <summary>The port, or 0 when none is written.</summary>
    public int Port { get; }

    /// <summary>The parameters behind the sent-by.</summary>
    public HeaderParameters Parameters { get; }

    /// <summary>The <c>branch</c> parameter, or empty as in RFC 2543.</summary>
    public ReadOnlySpan<byte> Branch { get; private init; }

    /// <summary>Whether the branch is one of RFC 3261: the cookie <c>z9hG4bK</c> and something behind it (RFC 4475 §3.2.1).</summary>
    public bool HasUniqueBranch => Branch.Length > 7 && HeaderGrammar.Same(Branch[..7], "z9hG4bK"u8);

    /// <summary>The <c>received</c> parameter without the brackets some write around IPv6 (RFC 5118 §4.5), or empty.</summary>
    public ReadOnlySpan<byte> Received { get; private init; }

    /// <summary>Whether <c>rport</c> is there, with or without a value (RFC 3581 §3).</summary>
    public bool HasRport { get; private init; }

    /// <summary>The value of <c>rport</c>, or 0 when it has none.</summary>
    public int Rport { get; private init; }

    /// <summary>The <c>maddr</c> parameter, or empty.</summary>
    public ReadOnlySpan<byte> Maddr => Parameters.TryFind("maddr"u8, out var value) ? value : default;

    /// <summary>The value of a parameter; true with an empty value when it has none.</summary>
    public bool TryParameter(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) => Parameters.TryFind(name, out value);

    /// <summary>Reads one value; false when it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ViaView via)
    {
        via = default;
        var at = HeaderGrammar.SkipLws(text, 0);
        if (!TryWord(text, ref at, out var protocol) || !TrySlash(text, ref at)
            || !TryWord(text, ref at, out var version) || !TrySlash(text, ref at)
            || !TryWord(text, ref at, out var transport)) return false;

        var host = HeaderGrammar.SkipLws(text, at);
        if (host == at) return false;
        var hostEnd = HostSyntax.End(text, host);
        if (hostEnd < 0) return false;
        var end = hostEnd;
        var port = 0;
        var colon = HeaderGrammar.SkipLws(text, hostEnd);
        if (colon < text.Length && text[colon] == (byte)':')
        {
            end = HeaderGrammar.SkipLws(text, colon + 1) - 1;
            if (!HostSyntax.TryPort(text, ref end, out port)) return false;
        }

        ReadOnlySpan<byte> branch = default, received = default;
        var hasRport = false;
        uint rport = 0;
        var reader = new HeaderParameterReader(text[end..]);
        while (reader.MoveNext())
        {
            var name = reader.Current.Name;
            if (branch.IsEmpty && HeaderGrammar.Same(name, "branch"u8))
            {
                branch = reader.Current.Value;
            }
            else if (HeaderGrammar.Same(name, "rport"u8))
            {
                hasRport = true;
                if (!reader.Current.HasValue) continue;
                if (!HeaderGrammar.TryNumber(reader.Current.Value, out rport) || rport > ushort.MaxValue) return false;
            }
            else if (HeaderGrammar.Same(name, "received"u8))
            {
                received = reader.Current.Value;
            }
        }
        if (reader.IsBroken) return false;
        via = new(protocol, version, transport, text[host..hostEnd], port, text[host..end], text.Slice(end, reader.End))
        {
            Branch = branch,
            Received = received is [(byte)'[', .., (byte)']'] ? received[1..^1] : received,
            HasRport = hasRport,
            Rport = (int)rport,
        };
        return true;
    }

    private static bool TryWord(ReadOnlySpan<byte> text, scoped ref int at, out ReadOnlySpan<byte> word)
    {
        var end = HeaderGrammar.End(text, at, HeaderGrammar.Token);
        word = text[at..end];
        at = end;
        return !word.IsEmpty;
    }

    private static bool TrySlash(ReadOnlySpan<byte> text, scoped ref int at)
    {
        at = HeaderGrammar.SkipLws(text, at);
        if (at >= text.Length || text[at] != (byte)'/') return false;
        at = HeaderGrammar.SkipLws(text, at + 1);
        return true;
    }
}
