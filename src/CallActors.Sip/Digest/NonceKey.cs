using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace CallActors.Sip.Digest;

/// <summary>
/// Makes nonces that carry the time they were issued and a seal, so that issuing one costs no memory and nobody else can make one.
/// </summary>
/// <remarks>
/// Time and chance are inputs: the key and the salts come from the host, as does the time, on one clock that never goes back.
/// </remarks>
public sealed class NonceKey
{
    private const int TimeDigits = 16;
    private const int SaltDigits = 16;
    private const int SealDigits = 32;
    private const int Length = TimeDigits + SaltDigits + SealDigits;

    private readonly byte[] _key;

    /// <summary>A key of at least 16 random bytes, chosen anew at each start.</summary>
    public NonceKey(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(key.Length, 16);
        _key = key.ToArray();
    }

    /// <summary>A nonce issued at <paramref name="now"/>; <paramref name="salt"/> is 64 random bits that make it one of its kind.</summary>
    public Octets Make(TimeSpan now, ulong salt)
    {
        Span<byte> nonce = stackalloc byte[Length];
        Span<byte> plain = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(plain, now.Ticks);
        BinaryPrimitives.WriteUInt64BigEndian(plain[8..], salt);
        Convert.TryToHexStringLower(plain, nonce, out _);
        Seal(nonce[..^SealDigits], nonce[^SealDigits..]);
        return Octets.Of(nonce);
    }

    /// <summary>Whether <paramref name="nonce"/> was made with this key, and when.</summary>
    public bool TryRead(ReadOnlySpan<byte> nonce, out TimeSpan issued)
    {
        issued = default;
        if (nonce.Length != Length) return false;
        Span<byte> seal = stackalloc byte[SealDigits];
        Seal(nonce[..^SealDigits], seal);
        if (!CryptographicOperations.FixedTimeEquals(seal, nonce[^SealDigits..])) return false;
        if (!long.TryParse(nonce[..TimeDigits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var ticks)) return false;
        issued = TimeSpan.FromTicks(ticks);
        return true;
    }

    private void Seal(ReadOnlySpan<byte> text, Span<byte> seal)
    {
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(_key, text, hash);
        Convert.TryToHexStringLower(hash[..(SealDigits / 2)], seal, out _);
    }
}
