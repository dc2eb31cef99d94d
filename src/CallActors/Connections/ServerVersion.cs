namespace CallActors.Connections;

/// <summary>What the version that a server gives of itself says about it: <c>v</c> and three numbers, whatever follows.</summary>
internal static class ServerVersion
{
    private static readonly Version s_pings = new(0, 8, 2);

    /// <summary>Whether it knows <c>ping</c>. One older than 0.8.2 would take it for a fault; one that does not say is taken to be new.</summary>
    public static bool AnswersPings(string version)
    {
        if (version is not ['v', ..]) return true;
        var end = 1;
        while (end < version.Length && (char.IsAsciiDigit(version[end]) || version[end] == '.')) end++;
        return !Version.TryParse(version.AsSpan(1, end - 1), out var parsed) || parsed >= s_pings;
    }
}
