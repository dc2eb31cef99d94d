using System.Buffers;
using System.Security.Cryptography;
using CallActors.Sip.Headers;

namespace CallActors.Sip.Digest;

/// <summary>What a server thinks of credentials.</summary>
public enum DigestVerdict : byte
{
    /// <summary>The user is who it says, and this request is not a copy of another.</summary>
    Accepted,

    /// <summary>The proof is right but the nonce is too old, not ours or used before: challenge again with <c>stale=true</c>.</summary>
    Stale,

    /// <summary>The user is unknown or the proof wrong: challenge again, or 403.</summary>
    Wrong,

    /// <summary>Another scheme or realm, or an algorithm that was not offered: as if there were none (RFC 4475 §3.3.7).</summary>
    NotForUs,

    /// <summary>Something is missing: 400.</summary>
    Incomplete,
}

/// <summary>A verdict and the memory to use from then on.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Memory">The memory, which has grown only if the credentials were accepted.</param>
public readonly record struct DigestVerification(DigestVerdict Verdict, NonceMemory Memory);

/// <summary>The server's side of digest access authentication for one realm, as a value (RFC 3261 §22, RFC 7616, RFC 8760 §2.3).</summary>
/// <remarks>
/// It has neither clock, chance nor state: time, salts and the <see cref="NonceMemory"/> are inputs, the next memory a result.
/// </remarks>
/// <param name="realm">The realm, plain.</param>
/// <param name="key">Makes and knows its nonces.</param>
public sealed class DigestServer(Octets realm, NonceKey key)
{
    /// <summary>The realm, plain.</summary>
    public Octets Realm { get; } = realm;

    /// <summary>The algorithms offered, the preferred one first: one challenge each, in this order.</summary>
    public IReadOnlyList<DigestAlgorithm> Algorithms { get; init; } = [DigestAlgorithm.Sha256, DigestAlgorithm.Md5];

    /// <summary>Whether <c>auth-int</c> is offered beside <c>auth</c>.</summary>
    public bool OffersAuthInt { get; init; }

    /// <summary>Whether clients may name the user by a hash (RFC 7616 §3.4.4).</summary>
    public bool OffersUserHash { get; init; }

    /// <summary>Whether a client may answer without <c>qop</c>, as before RFC 2617; its nonce is then good for one request.</summary>
    public bool AllowsNoProtection { get; init; } = true;

    /// <summary>How long a nonce may be used.</summary>
    public TimeSpan NonceLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many nonces in use are remembered at most.</summary>
    public int MaxNonces { get; init; } = 10_000;

    /// <summary>Writes the value of one WWW-Authenticate or Proxy-Authenticate field.</summary>
    /// <param name="algorithm">One of <see cref="Algorithms"/>; the same nonce may go into the fields of all of them.</param>
    /// <param name="nonce">A nonce made with the key (<see cref="NonceKey.Make"/>).</param>
    /// <param name="isStale">Whether only the nonce was wrong (<see cref="DigestVerdict.Stale"/>).</param>
    /// <param name="target">Takes the value.</param>
    public void WriteChallenge(DigestAlgorithm algorithm, Octets nonce, bool isStale, IBufferWriter<byte> target)
    {
        target.Write("Digest realm="u8);
        QuotedText.Write(Realm, target);
        DigestClient.WriteQuoted(", nonce="u8, nonce, target);
        target.Write(", algorithm="u8);
        target.Write(DigestAlgorithms.Name(algorithm));
        target.Write(OffersAuthInt ? ", qop=\"auth,auth-int\""u8 : ", qop=\"auth\""u8);
        if (OffersUserHash) target.Write(", userhash=true"u8);
        if (isStale) target.Write(", stale=true"u8);
    }

    /// <summary>Judges credentials.</summary>
    /// <param name="credentials">The credentials.</param>
    /// <param name="method">The method of the request; of the INVITE for its ACK (RFC 3261 §22.1).</param>
    /// <param name="body">Its body.</param>
    /// <param name="secret">The secret of <see cref="Credentials.User"/>, or null when there is no such user; both take the same
    /// time.</param>
    /// <param name="memory">What was accepted so far.</param>
    /// <param name="now">The time, on the clock that the nonces were made with.</param>
    public DigestVerification Verify(
        Credentials credentials, ReadOnlySpan<byte> method, ReadOnlySpan<byte> body, DigestSecret? secret, NonceMemory memory, TimeSpan now)
    {
        if (!credentials.IsDigest || !credentials.IsOf(Realm) || !IsOffered(credentials.Algorithm)) return new(DigestVerdict.NotForUs, memory);
        if (!credentials.IsComplete) return new(DigestVerdict.Incomplete, memory);
        if (!IsAllowed(credentials.Protection)) return new(DigestVerdict.NotForUs, memory);
        if (!IsProven(credentials, method, body, secret)) return new(DigestVerdict.Wrong, memory);

        var expired = now - NonceLifetime;
        if (!key.TryRead(credentials.Nonce, out var issued) || issued < expired || issued > now) return new(DigestVerdict.Stale, memory);
        var count = credentials.Protection == DigestProtection.None ? 1 : credentials.NonceCount;
        return memory.Accept(credentials.Nonce, issued, count, expired, MaxNonces) is { } next
            ? new(DigestVerdict.Accepted, next)
            : new(DigestVerdict.Stale, memory);
    }

    /// <summary>Writes the value of Authentication-Info that answers accepted credentials (RFC 7616 §3.5).</summary>
    /// <param name="accepted">The credentials.</param>
    /// <param name="secret">The user's secret.</param>
    /// <param name="body">The body of the response.</param>
    /// <param name="nextNonce">A nonce to use from now on, or none.</param>
    /// <param name="target">Takes the value.</param>
    public static void WriteInfo(
        Credentials accepted, DigestSecret secret, ReadOnlySpan<byte> body, Octets nextNonce, IBufferWriter<byte> target)
    {
        Span<byte> hex = stackalloc byte[DigestHash.MaxLength];
        hex = hex[..Response(accepted, secret.For(accepted.Algorithm), default, body, hex)];
        DigestClient.WriteQuoted("rspauth="u8, hex, target);
        if (accepted.Protection != DigestProtection.None)
        {
            target.Write(accepted.Protection == DigestProtection.Auth ? ", qop=auth, nc="u8 : ", qop=auth-int, nc="u8);
            target.Write(accepted.NonceCountText);
            DigestClient.WriteQuoted(", cnonce="u8, accepted.ClientNonce, target);
        }
        if (!nextNonce.IsEmpty) DigestClient.WriteQuoted(", nextnonce="u8, nextNonce, target);
    }

    private bool IsOffered(DigestAlgorithm algorithm)
    {
        foreach (var offered in Algorithms)
        {
            if (offered == algorithm) return true;
        }
        return false;
    }

    private bool IsAllowed(DigestProtection protection) => protection switch
    {
        DigestProtection.None => AllowsNoProtection,
        DigestProtection.Auth => true,
        DigestProtection.AuthInt => OffersAuthInt,
        _ => false,
    };

    private static bool IsProven(Credentials credentials, ReadOnlySpan<byte> method, ReadOnlySpan<byte> body, DigestSecret? secret)
    {
        // For a user that is not there the proof is made all the same, so that the time it takes tells nobody who is.
        Span<byte> nobody = stackalloc byte[DigestHash.MaxLength];
        nobody.Fill((byte)'0');
        scoped ReadOnlySpan<byte> hash = secret is null ? default : secret.For(credentials.Algorithm);
        var isKnown = !hash.IsEmpty;
        if (!isKnown) hash = nobody[..DigestAlgorithms.HexLength(credentials.Algorithm)];

        Span<byte> expected = stackalloc byte[DigestHash.MaxLength];
        expected = expected[..Response(credentials, hash, method, body, expected)];
        Span<byte> given = stackalloc byte[DigestHash.MaxLength];
        if (credentials.Response.Length != expected.Length) return false;
        System.Text.Ascii.ToLower(credentials.Response, given, out var length);
        return CryptographicOperations.FixedTimeEquals(expected, given[..length]) && isKnown;
    }

    private static int Response(
        Credentials credentials, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> method, ReadOnlySpan<byte> body, Span<byte> hex) =>
        DigestHash.Response(
            credentials.Algorithm, secret, credentials.Nonce, credentials.NonceCountText, credentials.ClientNonce, credentials.Protection,
            method, credentials.Uri, body, hex);
}
