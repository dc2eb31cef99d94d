namespace CallActors.Architecture;

/// <summary>A file is one idea, and short; what is not finished is not here.</summary>
public sealed class FileTests
{
    private const int MostLines = 350;

    /// <summary>Files that may be longer, each with its reason.</summary>
    private static readonly Dictionary<string, string> Longer = new()
    {
        ["src/CallActors.Net/Streams/StreamConnection.cs"] = "one life under one lock: reading, writing and closing are its states, and each decides over the others",
    };

    [Fact]
    public void No_file_is_long_without_a_reason()
    {
        var wrong = from file in Repository.SourceFiles
                    let lines = Lines(file).Length
                    where lines > MostLines && !Longer.ContainsKey(file)
                    select $"{file} has {lines} lines; split it by ideas, or name it here with the reason";
        Repository.Expect(wrong);
    }

    [Fact]
    public void Every_exception_is_still_one()
    {
        var wrong = from file in Longer.Keys
                    where !Repository.SourceFiles.Contains(file) || Lines(file).Length <= MostLines
                    select file;
        Repository.Expect(wrong);
    }

    [Fact]
    public void Nothing_is_left_for_later()
    {
        string[] marks = ["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Exception", "#reg" + "ion"];
        var wrong = from file in Repository.SourceFiles
                    from mark in marks
                    where Repository.Read(file).Contains(mark, StringComparison.Ordinal)
                    select $"{file}: {mark}";
        Repository.Expect(wrong);
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.Read("CallActors.sln").Replace('\\', '/');
        var wrong = from folder in new[] { "src", "tests" }
                    from path in Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.csproj", SearchOption.AllDirectories)
                    let file = Path.GetRelativePath(Repository.Root, path).Replace('\\', '/')
                    where !solution.Contains(file, StringComparison.Ordinal)
                    select file;
        Repository.Expect(wrong);
    }

    private static string[] Lines(string file) => Repository.Read(file).TrimEnd('\n').Split('\n');
}
