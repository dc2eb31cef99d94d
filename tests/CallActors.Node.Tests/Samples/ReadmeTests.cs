using System.Runtime.CompilerServices;

namespace CallActors.Node.Tests.Samples;

public sealed class ReadmeTests
{
    [Fact]
    public void What_the_readme_shows_is_compiled_and_run()
    {
        var root = Root();
        var flow = File.ReadAllText(Path.Combine(root, "src/CallActors.Node/Samples/EchoTest.cs"));
        var test = File.ReadAllText(Path.Combine(root, "tests/CallActors.Node.Tests/Samples/AnswerTests.cs"));
        foreach (var (page, heading, least) in new[] { ("README.md", "## Test your own flow", 1), ("docs/flows.md", "# How to write a flow", 1) })
        {
            var shown = 0;
            foreach (var code in BlocksAfter(File.ReadAllText(Path.Combine(root, page)), heading))
            {
                if (!code.StartsWith("[Fact]", StringComparison.Ordinal) && !code.StartsWith("internal sealed class", StringComparison.Ordinal)) continue;
                Assert.Contains(Plain(code), Plain(flow) + Plain(test), StringComparison.Ordinal);
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
