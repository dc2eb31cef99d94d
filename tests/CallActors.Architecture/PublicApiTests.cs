using System.Reflection;
using PublicApiGenerator;

namespace CallActors.Architecture;

/// <summary>What others can build on, as text beside this test: a change of it is seen in review, or it is a mistake.</summary>
/// <remarks>CallActors.Control keeps its own text beside its own tests.</remarks>
public sealed class PublicApiTests
{
    private const string Approve = "CALLACTORS_APPROVE_API";
    private const int MostShown = 60;

    [Theory]
    [InlineData("CallActors.Sip")]
    public void The_public_surface_is_the_approved_one(string project)
    {
        var file = $"tests/CallActors.Architecture/PublicApi/{project}.txt";
        var path = Path.Combine(Repository.Root, file);
        var actual = Assembly.Load(project).GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false })
            .ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
        if (Environment.GetEnvironmentVariable(Approve) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
            return;
        }

        var approved = File.Exists(path) ? Repository.Read(file).ReplaceLineEndings("\n") : "";
        if (actual == approved) return;

        Assert.Fail(
            $"The public surface of {project} is not the one in {file}:\n\n{string.Join('\n', Difference(approved, actual).Take(MostShown))}\n\n" +
            $"If it should have changed, run this, read the change and commit it:\n    {Approve}=1 dotnet test tests/CallActors.Architecture\n");
    }

    /// <summary>Lines that went and lines that came, each under the last type line before it.</summary>
    private static IEnumerable<string> Difference(string approved, string actual)
    {
        var before = Places(approved);
        var after = Places(actual);
        var gone = before.Except(after).Select(line => "- " + line);
        var come = after.Except(before).Select(line => "+ " + line);
        return gone.Concat(come).OrderBy(line => line[2..], StringComparer.Ordinal);
    }

    private static List<string> Places(string text)
    {
        var places = new List<string>();
        var type = "";
        foreach (var line in text.Split('\n'))
        {
            var member = line.Trim();
            if (line.StartsWith("    ", StringComparison.Ordinal) && line.Length > 4 && line[4] is not (' ' or '{' or '}')) type = member;
            if (member.Length > 1) places.Add(member == type ? type : $"{type} | {member}");
        }

        return places;
    }
}
