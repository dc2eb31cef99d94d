using CallActors.Sip.Headers;

namespace CallActors.Sip.Digest;

/// <summary>The qualities of protection of RFC 7616 §3.3.</summary>
public enum DigestProtection : byte
{
    /// <summary>None named, as before RFC 2617: neither nonce count nor cnonce.</summary>
    None,

    /// <summary><c>auth</c>: method and URI.</summary>
    Auth,

    /// <summary><c>auth-int</c>: the body as well.</summary>
    AuthInt,

    /// <summary>Another, which we do not know.</summary>
    Unknown,
}

/// <summary>WWW-Authenticate or Proxy-Authenticate: what a server wants to be told (RFC 3261 §20.44, RFC 7616 §3.3).</summary>
public readonly ref struct Challenge
{
    private readonly ReadOnlySpan<byte> _rest;

    private Challenge(ReadOnlySpan<byte> scheme, ReadOnlySpan<byte> rest)
    {
        Scheme = scheme;
        _rest = rest;
    }

    /// <summary>The scheme, <c>Digest</c> or another.</summary>
    public ReadOnlySpan<byte> Scheme { get; }

    /// <summary>Whether the scheme is Digest.</summary>
    public bool IsDigest => HeaderGrammar.Same(Scheme, "Digest"u8);

    /// <summary>The parameters; of a scheme other than Digest as far as they have that form.</summary>
    public AuthParameterReader Parameters => new(_rest);

    /// <summary>The <c>realm</c>, backslash escapes left in.</summary>
    public ReadOnlySpan<byte> Realm { get; private init; }

    /// <summary>The <c>nonce</c>.</summary>
    public ReadOnlySpan<byte> Nonce { get; private init; }

    /// <summary>The <c>opaque</c>, to be sent back as it is.</summary>
    public ReadOnlySpan<byte> Opaque { get; private init; }

    /// <summary>Whether <c>opaque</c> is there, empty or not.</summary>
    public bool HasOpaque { get; private init; }

    /// <summary>Whether only the nonce was too old and the same user and password may be tried again.</summary>
    public bool IsStale { get; private init; }

    /// <summary>The <c>algorithm</c>.</summary>
    public DigestAlgorithm Algorithm { get; private init; }

    /// <summary>Whether the algorithm is named, and not MD5 by default.</summary>
    public bool NamesAlgorithm { get; private init; }

    /// <summary>Whether any <c>qop</c> is offered.</summary>
    public bool HasProtection { get; private init; }

    /// <summary>Whether <c>qop</c> offers <c>auth</c>.</summary>
    public bool OffersAuth { get; private init; }

    /// <summary>Whether <c>qop</c> offers <c>auth-int</c>.</summary>
    public bool OffersAuthInt { get; private init; }

    /// <summary>Whether the user may be named by a hash (RFC 7616 §3.4.4).</summary>
    public bool IsUserHash { get; private init; }

    /// <summary>Whether we can answer: Digest, with realm and nonce, an algorithm and a protection we know.</summary>
    public bool IsSupported =>
        IsDigest && !Nonce.IsEmpty && Algorithm != DigestAlgorithm.Unknown && (!HasProtection || OffersAuth || OffersAuthInt);

    /// <summary>Reads one field value; false when it is broken, a Digest challenge also without realm or nonce.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Challenge challenge)
    {
        challenge = default;
        if (!AuthScheme.TrySplit(text, out var scheme, out var rest)) return false;
        challenge = new(scheme, rest);
        if (!challenge.IsDigest) return !rest.ContainsAny(HeaderGrammar.NotInText);

        ReadOnlySpan<byte> realm = default, nonce = default, opaque = default, algorithm = default, qop = default;
        bool isStale = false, isUserHash = false, hasRealm = false, hasQop = false, hasOpaque = false;
        var reader = new AuthParameterReader(rest);
        while (reader.MoveNext())
        {
            var value = reader.Current.Value;
            switch (reader.Current.Name.Length)
            {
                case 3 when Is(reader.Current, "qop"u8):
                    qop = value;
                    hasQop = true;
                    break;
                case 5 when Is(reader.Current, "realm"u8):
                    realm = value;
                    hasRealm = true;
                    break;
                case 5 when Is(reader.Current, "nonce"u8):
                    nonce = value;
                    break;
                case 5 when Is(reader.Current, "stale"u8):
                    isStale = HeaderGrammar.Same(value, "true"u8);
                    break;
                case 6 when Is(reader.Current, "opaque"u8):
                    opaque = value;
                    hasOpaque = true;
                    break;
                case 8 when Is(reader.Current, "userhash"u8):
                    isUserHash = HeaderGrammar.Same(value, "true"u8);
                    break;
                case 9 when Is(reader.Current, "algorithm"u8):
                    algorithm = value;
                    break;
            }
        }
        if (reader.IsBroken || !hasRealm || nonce.IsEmpty) return false;
        challenge = new(scheme, rest)
        {
            Realm = realm,
            Nonce = nonce,
            Opaque = opaque,
            HasOpaque = hasOpaque,
            IsStale = isStale,
            IsUserHash = isUserHash,
            Algorithm = DigestAlgorithms.Find(algorithm),
            NamesAlgorithm = !algorithm.IsEmpty,
            HasProtection = hasQop,
            OffersAuth = TokenList.Contains(qop, "auth"u8),
            OffersAuthInt = TokenList.Contains(qop, "auth-int"u8),
        };
        return true;
    }

    private static bool Is(AuthParameter parameter, ReadOnlySpan<byte> name) => HeaderGrammar.Same(parameter.Name, name);
}
