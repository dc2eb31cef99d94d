using System.Buffers;
using System.Buffers.Text;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Sip.Digest;

/// <summary>The client's side of digest access authentication: answers a challenge (RFC 3261 §22, RFC 7616 §3.4, RFC 8760 §2.4).</summary>
/// <remarks>Chance is an input: the caller makes the client nonce, and counts how often it has used a server's nonce.</remarks>
public static class DigestClient
{
    /// <summary>The challenges of a 401 or 407 that are to be answered: for each realm the topmost we support (RFC 8760 §2.4).</summary>
    /// <param name="response">The response.</param>
    /// <param name="id"><see cref="SipHeaderId.WwwAuthenticate"/> or <see cref="SipHeaderId.ProxyAuthenticate"/>.</param>
    public static DigestChoices Choose(SipMessage response, SipHeaderId id) => new(response, id);

    /// <summary>Writes the value of Authorization or Proxy-Authorization that answers <paramref name="challenge"/>.</summary>
    /// <param name="challenge">The challenge.</param>
    /// <param name="user">Who answers. Make sure that the realm is this user's: a challenge from elsewhere would be answered just as
    /// well.</param>
    /// <param name="method">The method of the request.</param>
    /// <param name="uri">Its Request-URI.</param>
    /// <param name="body">Its body; only <c>auth-int</c> looks at it, which is taken where <c>auth</c> is not offered.</param>
    /// <param name="clientNonce">Random text of letters and digits, new for each request.</param>
    /// <param name="nonceCount">How often this nonce has been used, this time included; 1 at first.</param>
    /// <param name="target">Takes the value.</param>
    /// <returns>
    /// False, with nothing written, when the challenge is not supported or the URI or client nonce would break the header.
    /// </returns>
    public static bool TryAnswer(
        Challenge challenge, DigestUser user, ReadOnlySpan<byte> method, ReadOnlySpan<byte> uri, ReadOnlySpan<byte> body,
        ReadOnlySpan<byte> clientNonce, uint nonceCount, IBufferWriter<byte> target)
    {
        if (!challenge.IsSupported) return false;
        if (uri.IsEmpty || uri.ContainsAny(HeaderGrammar.NotInUri) || !SipToken.Is(clientNonce)) return false;
        var protection = !challenge.HasProtection ? DigestProtection.None
            : challenge.OffersAuth ? DigestProtection.Auth
            : DigestProtection.AuthInt;
        var algorithm = challenge.Algorithm;
        var realm = Plain(challenge.Realm);
        Span<byte> count = stackalloc byte[8];
        Utf8Formatter.TryFormat(nonceCount, count, out _, new StandardFormat('x', 8));
        Span<byte> hex = stackalloc byte[DigestHash.MaxLength];

        target.Write("Digest username="u8);
        if (challenge.IsUserHash)
        {
            target.Write("\""u8);
            target.Write(hex[..DigestHash.UserHash(algorithm, user.Name, realm, hex)]);
            target.Write("\""u8);
        }
        else
        {
            QuotedText.Write(user.Name, target);
        }
        WriteQuoted(", realm="u8, challenge.Realm, target);
        WriteQuoted(", nonce="u8, challenge.Nonce, target);
        WriteQuoted(", uri="u8, uri, target);

        Span<byte> secret = stackalloc byte[DigestHash.MaxLength];
        secret = secret[..DigestHash.Secret(algorithm, user.Name, realm, user.Password, secret)];
        var length = DigestHash.Response(algorithm, secret, challenge.Nonce, count, clientNonce, protection, method, uri, body, hex);
        WriteQuoted(", response="u8, hex[..length], target);
        if (challenge.NamesAlgorithm)
        {
            target.Write(", algorithm="u8);
            target.Write(DigestAlgorithms.Name(algorithm));
        }
        if (protection != DigestProtection.None || DigestAlgorithms.IsSession(algorithm)) WriteQuoted(", cnonce="u8, clientNonce, target);
        if (protection != DigestProtection.None)
        {
            target.Write(protection == DigestProtection.Auth ? ", qop=auth, nc="u8 : ", qop=auth-int, nc="u8);
            target.Write(count);
        }
        if (challenge.HasOpaque) WriteQuoted(", opaque="u8, challenge.Opaque, target);
        if (challenge.IsUserHash) target.Write(", userhash=true"u8);
        return true;
    }

    /// <summary>Whether <paramref name="info"/> proves that the server knows the secret too (RFC 7616 §3.5).</summary>
    /// <param name="info">The server's Authentication-Info.</param>
    /// <param name="sent">The credentials that were sent.</param>
    /// <param name="user">Whose they were.</param>
    /// <param name="body">The body of the response.</param>
    public static bool IsProven(AuthenticationInfo info, Credentials sent, DigestUser user, ReadOnlySpan<byte> body)
    {
        Span<byte> secret = stackalloc byte[DigestHash.MaxLength];
        secret = secret[..DigestHash.Secret(sent.Algorithm, user.Name, Plain(sent.Realm), user.Password, secret)];
        Span<byte> hex = stackalloc byte[DigestHash.MaxLength];
        var length = DigestHash.Response(
            sent.Algorithm, secret, sent.Nonce, sent.NonceCountText, sent.ClientNonce, sent.Protection, default, sent.Uri, body, hex);
        return length > 0 && System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(info.ResponseProof, hex[..length]);
    }

    internal static void WriteQuoted(ReadOnlySpan<byte> name, ReadOnlySpan<byte> inner, IBufferWriter<byte> target)
    {
        target.Write(name);
        target.Write("\""u8);
        target.Write(inner);
        target.Write("\""u8);
    }

    private static ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> inner)
    {
        if (!inner.Contains((byte)'\\')) return inner;
        var bytes = new byte[inner.Length];
        return bytes.AsSpan(0, QuotedText.Unescape(inner, bytes));
    }
}
