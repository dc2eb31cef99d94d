namespace CallActors.Sip.Digest;

/// <summary>
/// What a server keeps of a user's password: its hashes, from which every proof can be checked and no other realm be entered.
/// </summary>
public sealed class DigestSecret
{
    private readonly Octets _md5;
    private readonly Octets _sha256;
    private readonly Octets _sha512Over256;

    private DigestSecret(Octets md5, Octets sha256, Octets sha512Over256)
    {
        _md5 = md5;
        _sha256 = sha256;
        _sha512Over256 = sha512Over256;
    }

    /// <summary>The secret of a user whose password is known, good for every algorithm.</summary>
    public static DigestSecret OfPassword(ReadOnlySpan<byte> user, ReadOnlySpan<byte> realm, ReadOnlySpan<byte> password) => new(
        Hash(DigestAlgorithm.Md5, user, realm, password),
        Hash(DigestAlgorithm.Sha256, user, realm, password),
        Hash(DigestAlgorithm.Sha512Over256, user, realm, password));

    /// <summary>
    /// The secret of a user of whom only one hash of <c>user:realm:password</c> is known; null when it is none of that algorithm.
    /// </summary>
    public static DigestSecret? OfHash(DigestAlgorithm algorithm, ReadOnlySpan<byte> hex)
    {
        if (hex.Length != DigestAlgorithms.HexLength(algorithm) || hex.ContainsAnyExcept(Headers.HeaderGrammar.Hex)) return null;
        Span<byte> lower = stackalloc byte[DigestHash.MaxLength];
        System.Text.Ascii.ToLower(hex, lower, out var length);
        var hash = Octets.Of(lower[..length]);
        return DigestAlgorithms.HashOf(algorithm) switch
        {
            DigestAlgorithm.Md5 => new(hash, default, default),
            DigestAlgorithm.Sha256 => new(default, hash, default),
            DigestAlgorithm.Sha512Over256 => new(default, default, hash),
            _ => null,
        };
    }

    /// <summary>The hash for an algorithm; empty when it is not known.</summary>
    internal ReadOnlySpan<byte> For(DigestAlgorithm algorithm) => DigestAlgorithms.HashOf(algorithm) switch
    {
        DigestAlgorithm.Md5 => _md5.Span,
        DigestAlgorithm.Sha256 => _sha256.Span,
        DigestAlgorithm.Sha512Over256 => _sha512Over256.Span,
        _ => default,
    };

    private static Octets Hash(DigestAlgorithm algorithm, ReadOnlySpan<byte> user, ReadOnlySpan<byte> realm, ReadOnlySpan<byte> password)
    {
        Span<byte> hex = stackalloc byte[DigestHash.MaxLength];
        return Octets.Of(hex[..DigestHash.Secret(algorithm, user, realm, password, hex)]);
    }
}
