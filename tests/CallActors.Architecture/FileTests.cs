namespace CallActors.Architecture;

/// <summary>A file is one idea, and short; what is not finished is not here.</summary>
public sealed class FileTests
{
    private const int MostLines = 350;

    [Fact]
    public void No_file_is_long()
    {
        var wrong = from file in Repository.SourceFiles
                    let lines = Repository.Read(file).TrimEnd('\n').Split('\n').Length
                    where lines > MostLines
                    select $"{file} has {lines} lines; split it by ideas";
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
}
