namespace CallActors.Sip.Tests.Messages;

/// <summary>Finds the 49 messages of RFC 4475, which are not part of this repository.</summary>
public static class TortureMessages
{
    public const string Absent =
        "The RFC 4475 messages are not here: set CALLACTORS_SHARED to the folder that holds data/rfc4475, or put it into shared/data/rfc4475 above this one.";

    /// <summary>The folder of the .dat files; null when there is none.</summary>
    public static string? Folder { get; } = Find();

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder!, name + ".dat"));

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("CALLACTORS_SHARED") is { Length: > 0 } shared)
        {
            foreach (var candidate in new[] { Path.Combine(shared, "data", "rfc4475"), Path.Combine(shared, "rfc4475"), shared })
            {
                if (File.Exists(Path.Combine(candidate, "wsinv.dat"))) return candidate;
            }
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data", "rfc4475");
            if (Directory.Exists(candidate)) return candidate;
        }

        return null;
    }
}

/// <summary>A fact that says why it is skipped where the RFC 4475 messages are absent.</summary>
public sealed class TortureFactAttribute : FactAttribute
{
    public TortureFactAttribute()
    {
        if (TortureMessages.Folder is null) Skip = TortureMessages.Absent;
    }
}

/// <summary>A theory that says why it is skipped where the RFC 4475 messages are absent.</summary>
public sealed class TortureTheoryAttribute : TheoryAttribute
{
    public TortureTheoryAttribute()
    {
        if (TortureMessages.Folder is null) Skip = TortureMessages.Absent;
    }
}
