namespace CallActors.Sip.Headers;

/// <summary>A SIP, SIPS or tel URI, or the outline of any other, read where it stands (RFC 3261 §19.1, RFC 3966).</summary>
/// <remarks>
/// Every part is a range of the bytes that were read and still escaped, so a <c>%00</c> or an <c>%40</c> ends nothing (RFC 4475 §3.1.1.3,
/// §3.1.1.4). Wider than the grammar in three places that cost nothing and are common in the field: the user part may hold <c>#</c>,
/// brackets and UTF-8 (<see cref="HasStrictUser"/> tells), an empty parameter is passed over, and a header part may hold an unescaped '@'.
/// </remarks>
public readonly ref struct SipUriView
{
    private readonly ReadOnlySpan<byte> _text;
    private readonly int _body;
    private readonly int _userEnd;
    private readonly int _passwordEnd;
    private readonly int _host;
    private readonly int _hostEnd;
    private readonly int _hostPortEnd;
    private readonly int _parametersEnd;

    private SipUriView(
        ReadOnlySpan<byte> text, UriScheme scheme, int body, int userEnd, int passwordEnd,
        int host, int hostEnd, int hostPortEnd, int parametersEnd, int port)
    {
        _text = text;
        Scheme = scheme;
        _body = body;
        _userEnd = userEnd;
        _passwordEnd = passwordEnd;
        _host = host;
        _hostEnd = hostEnd;
        _hostPortEnd = hostPortEnd;
        _parametersEnd = parametersEnd;
        Port = port;
    }

    /// <summary>The whole URI.</summary>
    public ReadOnlySpan<byte> Text => _text;

    /// <summary>Which scheme it has.</summary>
    public UriScheme Scheme { get; }

    /// <summary>The scheme as written, without its colon.</summary>
    public ReadOnlySpan<byte> SchemeName => _body == 0 ? default : _text[..(_body - 1)];

    /// <summary>Everything after the scheme and its colon; all there is to know of a URI of another scheme.</summary>
    public ReadOnlySpan<byte> Opaque => _text[_body..];

    /// <summary>Whether this is a SIP or SIPS URI.</summary>
    public bool IsSip => Scheme is UriScheme.Sip or UriScheme.Sips;

    /// <summary>The user, still escaped; the number of a tel URI; empty when there is none.</summary>
    public ReadOnlySpan<byte> User => _text[_body.._userEnd];

    /// <summary>The password, still escaped; empty when there is none.</summary>
    public ReadOnlySpan<byte> Password => _passwordEnd > _userEnd ? _text[(_userEnd + 1).._passwordEnd] : default;

    /// <summary>User and password as written, without the '@'.</summary>
    public ReadOnlySpan<byte> UserInfo => _text[_body.._passwordEnd];

    /// <summary>The host without the brackets of an IPv6 reference; empty but for SIP and SIPS.</summary>
    public ReadOnlySpan<byte> Host => IsIpv6 ? _text[(_host + 1)..(_hostEnd - 1)] : _text[_host.._hostEnd];

    /// <summary>Host and port as written, brackets included.</summary>
    public ReadOnlySpan<byte> HostPort => _text[_host.._hostPortEnd];

    /// <summary>Whether the host is an IPv6 reference, <c>[…]</c>.</summary>
    public bool IsIpv6 => _host < _hostEnd && _text[_host] == (byte)'[';

    /// <summary>Whether the host is an IPv4 or IPv6 address and not a name.</summary>
    public bool IsIpLiteral => IsIpv6 || HostSyntax.IsIpv4(Host);

    /// <summary>The port, or 0 when none is written.</summary>
    public int Port { get; }

    /// <summary>
    /// Whether the user part keeps to the grammar of RFC 3261 §25.1; what is received may be looser, what we send should not be.
    /// </summary>
    public bool HasStrictUser => !IsSip || HeaderGrammar.EndEscaped(User, 0, HeaderGrammar.StrictUser) == User.Length;

    /// <summary>The URI parameters, still escaped.</summary>
    public UriParameters Parameters => new(_text[_hostPortEnd.._parametersEnd]);

    /// <summary>The header part behind the '?', still escaped, without the '?'; empty when there is none.</summary>
    public UriHeaders Headers => new(_parametersEnd < _text.Length ? _text[(_parametersEnd + 1)..] : default);

    /// <summary>The URI without its header part.</summary>
    public ReadOnlySpan<byte> WithoutHeaders => _text[.._parametersEnd];

    /// <summary>The <c>transport</c> parameter, or empty.</summary>
    public ReadOnlySpan<byte> Transport => Value("transport"u8);

    /// <summary>The <c>maddr</c> parameter, or empty.</summary>
    public ReadOnlySpan<byte> Maddr => Value("maddr"u8);

    /// <summary>The <c>method</c> parameter, or empty.</summary>
    public ReadOnlySpan<byte> Method => Value("method"u8);

    /// <summary>Whether the <c>lr</c> parameter is there: the element routes loosely (RFC 3261 §16.12).</summary>
    public bool Lr => Parameters.Contains("lr"u8);

    /// <summary>The value of a URI parameter, still escaped; true with an empty value when it has none.</summary>
    public bool TryParameter(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) => Parameters.TryFind(name, out value);

    /// <summary>
    /// Reads a URI that fills <paramref name="text"/>; false when it is none, or a SIP, SIPS or tel URI that breaks its grammar.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out SipUriView uri)
    {
        uri = default;
        if (text.Length < 4) return TryOther(text, out uri);
        if ((text[0] | 0x20) == 's' && (text[1] | 0x20) == 'i' && (text[2] | 0x20) == 'p')
        {
            if (text[3] == (byte)':') return TrySip(text, UriScheme.Sip, 4, out uri);
            if ((text[3] | 0x20) == 's' && text.Length > 4 && text[4] == (byte)':') return TrySip(text, UriScheme.Sips, 5, out uri);
        }
        else if (text[3] == (byte)':' && (text[0] | 0x20) == 't' && (text[1] | 0x20) == 'e' && (text[2] | 0x20) == 'l')
        {
            return TryTel(text, out uri);
        }
        return TryOther(text, out uri);
    }

    private static bool TrySip(ReadOnlySpan<byte> text, UriScheme scheme, int body, out SipUriView uri)
    {
        uri = default;
        int userEnd = body, passwordEnd = body, host = body;
        var at = text[body..].IndexOf((byte)'@');
        if (at >= 0)
        {
            passwordEnd = body + at;
            host = passwordEnd + 1;
            var info = text[..passwordEnd];
            userEnd = HeaderGrammar.EndEscaped(info, body, HeaderGrammar.User);
            if (userEnd == body) return false;
            if (userEnd < passwordEnd && info[userEnd] != (byte)':') return false;
            if (userEnd < passwordEnd && HeaderGrammar.EndEscaped(info, userEnd + 1, HeaderGrammar.Password) != passwordEnd) return false;
        }

        var hostEnd = HostSyntax.End(text, host);
        if (hostEnd < 0) return false;
        var end = hostEnd;
        var port = 0;
        if (end < text.Length && text[end] == (byte)':' && !HostSyntax.TryPort(text, ref end, out port)) return false;

        var hostPortEnd = end;
        if (end < text.Length && text[end] == (byte)';') end = HeaderGrammar.EndEscaped(text, end, HeaderGrammar.UriParameters);
        var parametersEnd = end;
        if (end < text.Length && text[end] == (byte)'?') end = HeaderGrammar.EndEscaped(text, end + 1, HeaderGrammar.UriHeaders);
        if (end != text.Length) return false;
        uri = new(text, scheme, body, userEnd, passwordEnd, host, hostEnd, hostPortEnd, parametersEnd, port);
        return true;
    }

    // RFC 3966 §3: a number of digits and visual separators, then parameters.
    private static bool TryTel(ReadOnlySpan<byte> text, out SipUriView uri)
    {
        uri = default;
        var numberEnd = HeaderGrammar.End(text, 4, HeaderGrammar.TelNumber);
        if (!text[4..numberEnd].ContainsAny(HeaderGrammar.Hex) && !text[4..numberEnd].ContainsAny((byte)'*', (byte)'#')) return false;
        var end = numberEnd;
        if (end < text.Length && text[end] == (byte)';') end = HeaderGrammar.EndEscaped(text, end, HeaderGrammar.UriParameters);
        if (end != text.Length) return false;
        uri = new(text, UriScheme.Tel, 4, numberEnd, numberEnd, numberEnd, numberEnd, numberEnd, end, 0);
        return true;
    }

    private static bool TryOther(ReadOnlySpan<byte> text, out SipUriView uri)
    {
        uri = default;
        var colon = HeaderGrammar.End(text, 0, HeaderGrammar.Scheme);
        if (colon == 0 || colon >= text.Length - 1 || text[colon] != (byte)':' || !char.IsAsciiLetter((char)text[0])) return false;
        if (text.ContainsAny(HeaderGrammar.NotInUri)) return false;
        var body = colon + 1;
        var end = text.Length;
        uri = new(text, UriScheme.Other, body, body, body, end, end, end, end, 0);
        return true;
    }

    private ReadOnlySpan<byte> Value(ReadOnlySpan<byte> name) => Parameters.TryFind(name, out var value) ? value : default;
}
