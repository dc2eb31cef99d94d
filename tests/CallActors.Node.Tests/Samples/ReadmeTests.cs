using System.Runtime.CompilerServices;

namespace CallActors.Node.Tests.Samples;

public sealed class ReadmeTests
{
    // What is no part of a sample or its test, such as how a program is set up, begins with something else.
    private static readonly string[] s_beginnings = ["[Fact]", "internal sealed class", "foreach"];

    [Fact]
    public void What_the_readme_shows_is_compiled_and_run()
    {
        var root = Root();
        string[] sources = [.. Directory.GetFiles(Path.Combine(root, "src/CallActors.Node/Samples"), "*.cs"), Path.Combine(root, "tests/CallActors.Node.Tests/Samples/AnswerTests.cs")];
        var compiled = string.Join('\n', sources.Select(source => Plain(File.ReadAllText(source))));
        foreach (var (page, heading, least) in new[] { ("README.md", "## Test your own flow", 1), ("docs/flows.md", "# How to write a flow", 2) })
        {
            var shown = 0;
            foreach (var code in BlocksAfter(File.ReadAllText(Path.Combine(root, page)), heading))
            {
                if (!s_beginnings.Any(beginning => code.StartsWith(beginning, StringComparison.Ordinal))) continue;
                Assert.Contains(Plain(code), compiled, StringComparison.Ordinal);
                shown++;
            }

            Assert.True(shown >= least, $"{page} shows {shown} flows and tests.");
        }
    }

    private static IEnumerable<string> BlocksAfter(string text, string heading)
    {
        var start = text.IndexOf(heading, StringComparison.Ordinal);
        Assert.True(start >= 0, $"{heading} is missing.");
        var parts = text[start..].Split("```csharp\n");
        foreach (var part in parts[1..]) yield return part[..part.IndexOf("```", StringComparison.Ordinal)];
    }

    // Indentation and comments are the page's own.
    private static string Plain(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal)));

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));
}
