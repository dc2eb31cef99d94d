using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CallActors.Node.CommandLine;
using CallActors.Node.Tests.CommandLine;
using CallActors.Server.Configuration;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace CallActors.Node.Tests.Deploy;

/// <summary>The files that put the program into operation, and what the program itself says of what they tell it.</summary>
internal static partial class DeployedFile
{
    public static string Root { get; } = FindRoot();

    /// <summary>The documents of a YAML file, anchors and merges resolved; every scalar is a text.</summary>
    public static IReadOnlyList<JsonNode> Yaml(string path)
    {
        var documents = new List<JsonNode>();
        var toJson = new SerializerBuilder().JsonCompatible().Build();
        foreach (var text in DocumentEnd().Split(File.ReadAllText(Path.Combine(Root, path))))
        {
            if (new DeserializerBuilder().Build().Deserialize<object?>(new MergingParser(new Parser(new StringReader(text)))) is { } document) documents.Add(JsonNode.Parse(toJson.Serialize(document))!);
        }
        return documents;
    }

    /// <summary>What the program finds wrong in its arguments and environment, as a container or a unit would give them.</summary>
    public static IReadOnlyList<string> Findings(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        string[] line = [.. arguments];
        var (_, _, error, given) = CommandLines.Run(line);
        if (given is null) return [$"{string.Join(' ', line)}: {error}"];
        var findings = new Findings();
        var options = new ConfigurationSources { NoFile = true, DefaultFile = "/nowhere", Environment = environment, CommandLine = given.Apply }.Read(findings);
        var settings = RuntimeSettings.Read(given, environment, options.Admin.Secret, findings);
        var known = RunOptions.Run.Select(option => RunOptions.VariableOf(option.Name)).Append(RunOptions.VariableOf(RunOptions.Server)).ToHashSet();
        string[] unknown = [.. environment.Keys.Where(name => name.StartsWith("CALLACTORS_", StringComparison.Ordinal) && !known.Contains(name)).Select(name => $"nobody reads {name}")];
        string[] alone = line[0] == "run" && settings.Servers.IsEmpty ? ["no servers"] : [];
        return [.. findings.All.Select(finding => finding.ToString()), .. unknown, .. alone];
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CallActors.sln"))) return folder.FullName;
        }
        throw new InvalidOperationException("The tests run from inside the repository.");
    }

    [GeneratedRegex("(?m)^---$")]
    private static partial Regex DocumentEnd();
}
