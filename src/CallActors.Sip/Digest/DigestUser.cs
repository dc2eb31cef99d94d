namespace CallActors.Sip.Digest;

/// <summary>A user and password with which a client answers challenges. Never give it to a realm that it was not made for.</summary>
/// <param name="name">The user, plain.</param>
/// <param name="password">The password, plain.</param>
public sealed class DigestUser(Octets name, Octets password)
{
    /// <summary>The user, plain.</summary>
    public Octets Name { get; } = name;

    internal Octets Password { get; } = password;

    /// <summary>The user; never the password.</summary>
    public override string ToString() => Name.ToString();
}
