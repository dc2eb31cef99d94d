using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace CallActors.Sip.Digest;

/// <summary>The hashes of RFC 7616 §3.4, all as lower-case hexadecimal digits.</summary>
public static class DigestHash
{
    /// <summary>The most digits any of them has.</summary>
    public const int MaxLength = 64;

    /// <summary>Hashes a user's secret, <c>user:realm:password</c>, all plain; returns how many digits were written.</summary>
    public static int Secret(
        DigestAlgorithm algorithm, ReadOnlySpan<byte> user, ReadOnlySpan<byte> realm, ReadOnlySpan<byte> password, Span<byte> hex)
    {
        var input = new DigestInput(stackalloc byte[256]);
        input.Add(user);
        input.Add(realm);
        input.Add(password);
        return input.Hash(algorithm, hex);
    }

    /// <summary>Hashes a user's name, <c>user:realm</c>, as <c>userhash</c> does (§3.4.4); returns how many digits were written.</summary>
    public static int UserHash(DigestAlgorithm algorithm, ReadOnlySpan<byte> user, ReadOnlySpan<byte> realm, Span<byte> hex)
    {
        var input = new DigestInput(stackalloc byte[256]);
        input.Add(user);
        input.Add(realm);
        return input.Hash(algorithm, hex);
    }

    /// <summary>Makes the proof (§3.4.1); returns how many digits were written.</summary>
    /// <param name="algorithm">The algorithm.</param>
    /// <param name="secret">The hash of the user's secret by the same algorithm.</param>
    /// <param name="nonce">The server's nonce.</param>
    /// <param name="nonceCount">Eight hexadecimal digits; unused without a protection.</param>
    /// <param name="clientNonce">The client's nonce; unused without a protection, unless the algorithm is a <c>-sess</c> one.</param>
    /// <param name="protection">The <c>qop</c>.</param>
    /// <param name="method">The method; empty for the server's own proof (§3.5).</param>
    /// <param name="uri">The URI, as it stands in the credentials.</param>
    /// <param name="body">The body; only <c>auth-int</c> looks at it.</param>
    /// <param name="hex">Takes the digits.</param>
    public static int Response(
        DigestAlgorithm algorithm, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> nonceCount, ReadOnlySpan<byte> clientNonce,
        DigestProtection protection, ReadOnlySpan<byte> method, ReadOnlySpan<byte> uri, ReadOnlySpan<byte> body, Span<byte> hex)
    {
        Span<byte> a1 = stackalloc byte[MaxLength];
        var a1Length = secret.Length;
        secret.CopyTo(a1);
        if (DigestAlgorithms.IsSession(algorithm))
        {
            var session = new DigestInput(stackalloc byte[256]);
            session.Add(secret);
            session.Add(nonce);
            session.Add(clientNonce);
            a1Length = session.Hash(algorithm, a1);
        }

        Span<byte> a2 = stackalloc byte[MaxLength];
        var request = new DigestInput(stackalloc byte[256]);
        request.Add(method);
        request.Add(uri);
        if (protection == DigestProtection.AuthInt)
        {
            Span<byte> content = stackalloc byte[MaxLength];
            request.Add(content[..Hex(algorithm, body, content)]);
        }
        var a2Length = request.Hash(algorithm, a2);

        var proof = new DigestInput(stackalloc byte[512]);
        proof.Add(a1[..a1Length]);
        proof.Add(nonce);
        if (protection != DigestProtection.None)
        {
            proof.Add(nonceCount);
            proof.Add(clientNonce);
            proof.Add(protection == DigestProtection.AuthInt ? "auth-int"u8 : "auth"u8);
        }
        proof.Add(a2[..a2Length]);
        return proof.Hash(algorithm, hex);
    }

    [SuppressMessage("Security", "CA5351", Justification = "RFC 7616 keeps MD5 for the many devices that know nothing else; offering it is a choice.")]
    internal static int Hex(DigestAlgorithm algorithm, ReadOnlySpan<byte> text, Span<byte> hex)
    {
        Span<byte> hash = stackalloc byte[32];
        switch (DigestAlgorithms.HashOf(algorithm))
        {
            case DigestAlgorithm.Md5:
                hash = hash[..MD5.HashData(text, hash)];
                break;
            case DigestAlgorithm.Sha256:
                SHA256.HashData(text, hash);
                break;
            case DigestAlgorithm.Sha512Over256:
                Sha512Over256.Hash(text, hash);
                break;
            default:
                return 0;
        }
        Convert.TryToHexStringLower(hash, hex, out var written);
        return written;
    }
}

/// <summary>Texts joined by colons, to be hashed; wiped afterwards, as one of them is a password.</summary>
internal ref struct DigestInput(Span<byte> scratch)
{
    private Span<byte> _bytes = scratch;
    private int _length = -1;

    internal void Add(ReadOnlySpan<byte> text)
    {
        var start = _length + 1;
        if (start + text.Length > _bytes.Length)
        {
            var longer = new byte[Math.Max(_bytes.Length * 2, start + text.Length)];
            if (_length > 0) _bytes[.._length].CopyTo(longer);
            CryptographicOperations.ZeroMemory(_bytes);
            _bytes = longer;
        }
        if (start > 0) _bytes[_length] = (byte)':';
        text.CopyTo(_bytes[start..]);
        _length = start + text.Length;
    }

    internal readonly int Hash(DigestAlgorithm algorithm, Span<byte> hex)
    {
        var digits = DigestHash.Hex(algorithm, _bytes[..Math.Max(_length, 0)], hex);
        CryptographicOperations.ZeroMemory(_bytes);
        return digits;
    }
}
