using System.Text.RegularExpressions;

namespace CallActors.Architecture;

/// <summary>The source tree that these tests were built from.</summary>
internal static partial class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Every C# file under src/ and tests/, by its path from the root, with forward slashes.</summary>
    public static IReadOnlyList<string> SourceFiles { get; } =
        [.. SourceFilesUnder("src"), .. SourceFilesUnder("tests")];

    public static IReadOnlyList<string> SourceFilesUnder(string folder) =>
        [.. Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !Generated().IsMatch(path))
            .Order(StringComparer.Ordinal)];

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    /// <summary>Fails with the whole list when anything is wrong.</summary>
    public static void Expect(IEnumerable<string> nothingWrong)
    {
        var wrong = nothingWrong.ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "CallActors.sln"))) return folder;
        }
        throw new InvalidOperationException("These tests read the source tree and run from inside it.");
    }

    [GeneratedRegex("(^|/)(bin|obj|node_modules)/")]
    private static partial Regex Generated();
}
