namespace CallActors;

/// <summary>A user and a password for digest challenges (RFC 7616, 8760). The password is never written anywhere.</summary>
/// <param name="User">The user's name.</param>
/// <param name="Password">The password.</param>
public sealed record Credentials(string User, string Password)
{
    /// <inheritdoc/>
    public override string ToString() => $"Credentials {{ User = {User} }}";
}
