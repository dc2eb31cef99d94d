namespace CallActors.Descriptions;

/// <summary>The o= line: whose session it is, and which version of it (RFC 8866 §5.2).</summary>
/// <param name="User">The user name, <c>-</c> when there is none.</param>
/// <param name="Id">The session's id; text, as not every sender's fits a number.</param>
/// <param name="Version">The version of this description.</param>
/// <param name="Place">Network type, address type and address.</param>
public readonly record struct SessionOrigin(string User, string Id, string Version, string Place)
{
    /// <summary>The same session, one version on (RFC 3264 §8). A version that is no number stays what it is.</summary>
    public SessionOrigin Next() => this with { Version = Increment(Version) };

    /// <summary>The line.</summary>
    public override string ToString() => $"o={User} {Id} {Version} {Place}";

    internal static SessionOrigin? Read(string line)
    {
        if (!line.StartsWith("o=", StringComparison.Ordinal)) return null;
        var parts = line[2..].Split(' ', 4, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return parts.Length < 3 ? null : new(parts[0], parts[1], parts[2], parts.Length == 4 ? parts[3] : "");
    }

    // Versions are 64-bit numbers by habit and longer ones by law, so they are counted as written.
    private static string Increment(string version)
    {
        if (version.Length == 0 || version.AsSpan().ContainsAnyExceptInRange('0', '9')) return version;
        var digits = version.ToCharArray();
        for (var at = digits.Length - 1; at >= 0; at--)
        {
            if (digits[at] != '9')
            {
                digits[at]++;
                return new(digits);
            }
            digits[at] = '0';
        }
        return "1" + new string(digits);
    }
}
