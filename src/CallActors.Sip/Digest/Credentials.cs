using System.Globalization;
using CallActors.Sip.Headers;

namespace CallActors.Sip.Digest;

/// <summary>Authorization or Proxy-Authorization: who a client says it is, and its proof (RFC 3261 §20.7, RFC 7616 §3.4).</summary>
public readonly ref struct Credentials
{
    private readonly ReadOnlySpan<byte> _rest;
    private readonly ReadOnlySpan<byte> _username;
    private readonly ReadOnlySpan<byte> _extendedUsername;

    private Credentials(
        ReadOnlySpan<byte> scheme, ReadOnlySpan<byte> rest, ReadOnlySpan<byte> username = default, ReadOnlySpan<byte> extendedUsername = default)
    {
        Scheme = scheme;
        _rest = rest;
        _username = username;
        _extendedUsername = extendedUsername;
    }

    /// <summary>The scheme, <c>Digest</c> or another.</summary>
    public ReadOnlySpan<byte> Scheme { get; }

    /// <summary>Whether the scheme is Digest.</summary>
    public bool IsDigest => HeaderGrammar.Same(Scheme, "Digest"u8);

    /// <summary>What follows the scheme.</summary>
    public ReadOnlySpan<byte> Rest => _rest;

    /// <summary>The parameters; of a scheme other than Digest as far as they have that form.</summary>
    public AuthParameterReader Parameters => new(_rest);

    /// <summary>The user as plain UTF-8, from <c>username</c> or <c>username*</c>; a hash when <see cref="IsUserHash"/>.</summary>
    public Octets User => _extendedUsername.IsEmpty ? Plain(_username) : Extended(_extendedUsername);

    /// <summary>The <c>realm</c>, backslash escapes left in.</summary>
    public ReadOnlySpan<byte> Realm { get; private init; }

    /// <summary>The <c>nonce</c>.</summary>
    public ReadOnlySpan<byte> Nonce { get; private init; }

    /// <summary>The <c>uri</c> that was hashed: the Request-URI as the client sent it, which proxies may have changed since.</summary>
    public ReadOnlySpan<byte> Uri { get; private init; }

    /// <summary>The <c>response</c>, the proof, in hexadecimal digits.</summary>
    public ReadOnlySpan<byte> Response { get; private init; }

    /// <summary>The <c>cnonce</c>.</summary>
    public ReadOnlySpan<byte> ClientNonce { get; private init; }

    /// <summary>The <c>opaque</c>.</summary>
    public ReadOnlySpan<byte> Opaque { get; private init; }

    /// <summary>The <c>algorithm</c>.</summary>
    public DigestAlgorithm Algorithm { get; private init; }

    /// <summary>The <c>qop</c>.</summary>
    public DigestProtection Protection { get; private init; }

    /// <summary>The <c>nc</c>: how often the client has used this nonce, this time included; 0 when absent or broken.</summary>
    public uint NonceCount { get; private init; }

    /// <summary>The <c>nc</c> as written, as it was hashed.</summary>
    public ReadOnlySpan<byte> NonceCountText { get; private init; }

    /// <summary>Whether the user is named by a hash (RFC 7616 §3.4.4).</summary>
    public bool IsUserHash { get; private init; }

    /// <summary>Whether everything a proof needs is there; what is not deserves 400 (RFC 7616 §3.4).</summary>
    public bool IsComplete => IsDigest
        && (!_username.IsEmpty || !_extendedUsername.IsEmpty) && !Nonce.IsEmpty && !Uri.IsEmpty && !Response.IsEmpty
        && (Protection == DigestProtection.None || !ClientNonce.IsEmpty && NonceCount > 0);

    /// <summary>Whether <see cref="Realm"/> is <paramref name="realm"/>, which is plain; realms compare with case.</summary>
    public bool IsOf(ReadOnlySpan<byte> realm) => QuotedText.Same(Realm, realm);

    /// <summary>Reads one field value; false when it is broken. What is missing from it, <see cref="IsComplete"/> tells.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Credentials credentials)
    {
        credentials = default;
        if (!AuthScheme.TrySplit(text, out var scheme, out var rest)) return false;
        credentials = new(scheme, rest);
        if (!credentials.IsDigest) return !rest.ContainsAny(HeaderGrammar.NotInText);

        ReadOnlySpan<byte> username = default, extended = default, realm = default, nonce = default, uri = default, response = default;
        ReadOnlySpan<byte> cnonce = default, opaque = default, algorithm = default, qop = default, nc = default;
        var isUserHash = false;
        var reader = new AuthParameterReader(rest);
        while (reader.MoveNext())
        {
            var name = reader.Current.Name;
            var value = reader.Current.Value;
            if (HeaderGrammar.Same(name, "username"u8)) username = value;
            else if (HeaderGrammar.Same(name, "username*"u8)) extended = value;
            else if (HeaderGrammar.Same(name, "realm"u8)) realm = value;
            else if (HeaderGrammar.Same(name, "nonce"u8)) nonce = value;
            else if (HeaderGrammar.Same(name, "uri"u8)) uri = value;
            else if (HeaderGrammar.Same(name, "response"u8)) response = value;
            else if (HeaderGrammar.Same(name, "cnonce"u8)) cnonce = value;
            else if (HeaderGrammar.Same(name, "opaque"u8)) opaque = value;
            else if (HeaderGrammar.Same(name, "algorithm"u8)) algorithm = value;
            else if (HeaderGrammar.Same(name, "qop"u8)) qop = value;
            else if (HeaderGrammar.Same(name, "nc"u8)) nc = value;
            else if (HeaderGrammar.Same(name, "userhash"u8)) isUserHash = HeaderGrammar.Same(value, "true"u8);
        }
        if (reader.IsBroken) return false;
        credentials = new(scheme, rest, username, extended)
        {
            Realm = realm,
            Nonce = nonce,
            Uri = uri,
            Response = response,
            ClientNonce = cnonce,
            Opaque = opaque,
            Algorithm = DigestAlgorithms.Find(algorithm),
            Protection = ProtectionOf(qop),
            NonceCount = CountOf(nc),
            NonceCountText = nc,
            IsUserHash = isUserHash,
        };
        return true;
    }

    private static DigestProtection ProtectionOf(ReadOnlySpan<byte> qop) =>
        qop.IsEmpty ? DigestProtection.None
        : HeaderGrammar.Same(qop, "auth"u8) ? DigestProtection.Auth
        : HeaderGrammar.Same(qop, "auth-int"u8) ? DigestProtection.AuthInt
        : DigestProtection.Unknown;

    private static uint CountOf(ReadOnlySpan<byte> nc) =>
        nc.Length == 8 && uint.TryParse(nc, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var count) ? count : 0;

    private static Octets Plain(ReadOnlySpan<byte> inner)
    {
        if (!inner.Contains((byte)'\\')) return Octets.Of(inner);
        var bytes = new byte[inner.Length];
        return Octets.Of(bytes.AsSpan(0, QuotedText.Unescape(inner, bytes)));
    }

    // RFC 5987 §3.2: charset'language'percent-encoded; RFC 7616 §3.4 allows UTF-8 only.
    private static Octets Extended(ReadOnlySpan<byte> value)
    {
        var first = value.IndexOf((byte)'\'');
        if (first < 0 || !HeaderGrammar.Same(value[..first], "UTF-8"u8)) return default;
        var second = value[(first + 1)..].IndexOf((byte)'\'');
        if (second < 0) return default;
        var text = value[(first + second + 2)..];
        var bytes = new byte[text.Length];
        return Octets.Of(bytes.AsSpan(0, UriEscaping.Unescape(text, bytes)));
    }
}
