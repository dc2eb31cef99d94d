using static CallActors.Sip.Digest.DigestAlgorithm;

namespace CallActors.Sip.Digest;

/// <summary>The digest algorithms of RFC 7616 §6.1.</summary>
public enum DigestAlgorithm : byte
{
    /// <summary>One we do not know: a challenge with it is passed over, credentials with it are refused.</summary>
    Unknown,

    /// <summary><c>MD5</c>, which also stands where none is named.</summary>
    Md5,

    /// <summary><c>MD5-sess</c>.</summary>
    Md5Session,

    /// <summary><c>SHA-256</c>.</summary>
    Sha256,

    /// <summary><c>SHA-256-sess</c>.</summary>
    Sha256Session,

    /// <summary><c>SHA-512-256</c>.</summary>
    Sha512Over256,

    /// <summary><c>SHA-512-256-sess</c>.</summary>
    Sha512Over256Session,
}

/// <summary>Names and kinds of the digest algorithms.</summary>
public static class DigestAlgorithms
{
    /// <summary>The algorithm called <paramref name="name"/>, in any case; MD5 when the name is empty (RFC 7616 §3.3).</summary>
    public static DigestAlgorithm Find(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty) return Md5;
        for (var algorithm = Md5; algorithm <= Sha512Over256Session; algorithm++)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(name, Name(algorithm))) return algorithm;
        }
        return Unknown;
    }

    /// <summary>The name as RFC 7616 §6.1 spells it; empty for <see cref="Unknown"/>.</summary>
    public static ReadOnlySpan<byte> Name(DigestAlgorithm algorithm) => algorithm switch
    {
        Md5 => "MD5"u8,
        Md5Session => "MD5-sess"u8,
        Sha256 => "SHA-256"u8,
        Sha256Session => "SHA-256-sess"u8,
        DigestAlgorithm.Sha512Over256 => "SHA-512-256"u8,
        Sha512Over256Session => "SHA-512-256-sess"u8,
        _ => default,
    };

    /// <summary>Whether the hash of the user's secret is mixed with nonce and cnonce once more (<c>-sess</c>).</summary>
    public static bool IsSession(DigestAlgorithm algorithm) => algorithm is Md5Session or Sha256Session or Sha512Over256Session;

    /// <summary>The algorithm without <c>-sess</c>: the hash function it uses.</summary>
    public static DigestAlgorithm HashOf(DigestAlgorithm algorithm) => IsSession(algorithm) ? algorithm - 1 : algorithm;

    /// <summary>How many hexadecimal digits its hashes have; 0 for <see cref="Unknown"/>.</summary>
    public static int HexLength(DigestAlgorithm algorithm) => algorithm switch
    {
        Unknown => 0,
        Md5 or Md5Session => 32,
        _ => 64,
    };
}
