using System.Reflection;
using System.Xml.Linq;

namespace CallActors.Architecture;

/// <summary>A project exists to forbid something. These are the only references there may be, in the project files and in what was compiled.</summary>
public sealed class ArrowTests
{
    /// <summary>Each project under src/ and the ones of ours that it references: the picture in the README.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["CallActors.Sip"] = [],
        ["CallActors.Control"] = ["CallActors.Sip"],
        ["CallActors.Net"] = [],
        ["CallActors.Server"] = ["CallActors.Sip", "CallActors.Control", "CallActors.Net"],
        ["CallActors"] = ["CallActors.Sip", "CallActors.Control", "CallActors.Net"],
        ["CallActors.TestKit"] = ["CallActors", "CallActors.Server"],
        ["CallActors.Node"] = ["CallActors.Server", "CallActors"],
    };

    private static readonly string[] Existing = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)
        .Select(path => Path.GetFileNameWithoutExtension(path))];

    public static TheoryData<string> Projects => [.. Existing];

    [Theory, MemberData(nameof(Projects))]
    public void Each_project_references_exactly_what_its_arrows_say(string project)
    {
        Assert.Contains(project, Arrows.Keys);
        var references = ProjectFile(project).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
        Assert.Equal(Arrows[project].Intersect(Existing).Order(StringComparer.Ordinal), references.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("CallActors.Sip")]
    [InlineData("CallActors.Control")]
    [InlineData("CallActors.Net")]
    public void Sip_control_and_net_use_no_package(string project)
    {
        // Analyzers end with the compilation and are not references.
        var packages = ProjectFile(project).Descendants("PackageReference").Where(package => package.Attribute("PrivateAssets")?.Value != "all");
        Assert.Empty(packages);
    }

    [Theory]
    [InlineData("CallActors.Sip")]
    [InlineData("CallActors.Control")]
    public void The_pure_projects_use_the_runtime_alone_and_are_guarded_by_the_banned_symbols(string project)
    {
        var file = ProjectFile(project);
        Assert.Empty(file.Descendants("FrameworkReference"));
        Assert.Contains(file.Descendants("PackageReference"), package => package.Attribute("Include")!.Value.EndsWith(".BannedApiAnalyzers", StringComparison.Ordinal));
        Assert.Contains(file.Descendants("AdditionalFiles"), files => files.Attribute("Include")!.Value.EndsWith("BannedSymbols.txt", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("CallActors.Sip")]
    [InlineData("CallActors.Control")]
    [InlineData("CallActors.Net")]
    [InlineData("CallActors.Server")]
    public void What_was_compiled_references_nothing_of_ours_beyond_the_arrows(string project)
    {
        var referenced = Assembly.Load(project).GetReferencedAssemblies().Select(name => name.Name!).ToArray();
        Assert.Empty(referenced.Where(name => name.StartsWith("CallActors", StringComparison.Ordinal)).Except(Arrows[project]));
        Assert.DoesNotContain(referenced, name => name.StartsWith("Akka", StringComparison.Ordinal));
        if (project is "CallActors.Sip" or "CallActors.Control")
            Assert.All(referenced, name => Assert.True(name.StartsWith("System", StringComparison.Ordinal) || name.StartsWith("CallActors", StringComparison.Ordinal), name));
    }

    private static XDocument ProjectFile(string project) => XDocument.Load(Path.Combine(Repository.Root, "src", project, project + ".csproj"));
}
