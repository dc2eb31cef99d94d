using CallActors.Sip;
using CallActors.Sip.Digest;

namespace CallActors.Targets;

/// <summary>
/// A user and what proves it: the password, or only the hash of user, realm and password (<c>HA1</c>), which is good for that realm alone. It never shows the proof.
/// </summary>
public sealed class SipCredentials
{
    private SipCredentials(string user, string? password, DigestSecret? secret)
    {
        User = user;
        Password = password;
        Secret = secret;
    }

    /// <summary>The user.</summary>
    public string User { get; }

    internal string? Password { get; }

    internal DigestSecret? Secret { get; }

    /// <summary>A user and password.</summary>
    public static SipCredentials OfPassword(string user, string password)
    {
        ArgumentException.ThrowIfNullOrEmpty(user);
        ArgumentNullException.ThrowIfNull(password);
        return new(user, password, null);
    }

    /// <summary>A user and the hash of <c>user:realm:password</c> in hexadecimal digits.</summary>
    /// <exception cref="ArgumentException">It is no hash of that algorithm.</exception>
    public static SipCredentials OfHash(string user, string hash, DigestAlgorithm algorithm = DigestAlgorithm.Md5)
    {
        ArgumentException.ThrowIfNullOrEmpty(user);
        ArgumentException.ThrowIfNullOrEmpty(hash);
        var secret = DigestSecret.OfHash(algorithm, Octets.Of(hash).Span) ?? throw new ArgumentException($"No hash of {algorithm}.", nameof(hash));
        return new(user, null, secret);
    }

    /// <summary>The user, for the digest client of SIP; null when only a hash is known.</summary>
    internal DigestUser? ToDigestUser() => Password is null ? null : new(User, Password);

    /// <summary>The user; never the proof.</summary>
    public override string ToString() => User;
}

/// <summary>Who asks to be shown credentials, and for what.</summary>
/// <param name="Realm">The realm of the challenge.</param>
/// <param name="Method">The method of the request that was challenged.</param>
/// <param name="Uri">Its Request-URI.</param>
/// <param name="IsProxy">Whether a proxy asks (407), and not the far end (401).</param>
public sealed record CredentialsRequest(string Realm, string Method, string Uri, bool IsProxy);

/// <summary>Finds the credentials for a challenge; null when there are none for that realm, and then the challenge is the outcome.</summary>
public delegate ValueTask<SipCredentials?> CredentialsProvider(CredentialsRequest request, CancellationToken cancellation);

/// <summary>The usual providers.</summary>
public static class CredentialsProviders
{
    /// <summary>The same credentials for every realm: right for a trunk, and for nobody who places calls to strangers.</summary>
    public static CredentialsProvider Always(SipCredentials credentials) => (_, _) => new(credentials);

    /// <summary>The same user and password for every realm.</summary>
    public static CredentialsProvider Always(string user, string password) => Always(SipCredentials.OfPassword(user, password));

    /// <summary>Credentials by their realm, which compares by case (RFC 3261 §22.1).</summary>
    public static CredentialsProvider ByRealm(IReadOnlyDictionary<string, SipCredentials> realms) =>
        (request, _) => new(realms.GetValueOrDefault(request.Realm));
}
