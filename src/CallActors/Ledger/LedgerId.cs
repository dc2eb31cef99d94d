using System.Security.Cryptography;
using Akka.Configuration;

namespace CallActors.Ledger;

/// <summary>What the rows of one run of one node are under. No two runs ever write under the same, so nobody can write to a ledger that was taken over.</summary>
/// <param name="Node">The node's name, the same from start to start.</param>
/// <param name="Run">The run: sixteen letters, never used again.</param>
internal readonly record struct LedgerId(string Node, string Run)
{
    /// <summary>How long a run's name is.</summary>
    public const int RunLength = 16;

    /// <summary>In front of a run it is the role in the cluster by which the others know what a node writes under.</summary>
    public const string Role = "ledger-";

    private const string Key = "callactors.ledger.run";

    /// <summary>All ids of a node begin with it.</summary>
    public string Prefix => $"{Legacy}#";

    /// <summary>What releases before this one wrote under, whatever the run.</summary>
    public string Legacy => "ledger-" + Node;

    /// <summary>A run that there never was.</summary>
    public static string NewRun() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RunLength / 2));

    /// <summary>The same configuration for a new run, which the other nodes of a cluster know by its role.</summary>
    public static Config ForNewRun(Config config)
    {
        var run = NewRun();
        var roles = config.GetStringList("akka.cluster.roles", []).Append(Role + run).Select(Hosting.HoconText.Quote);
        return ConfigurationFactory.ParseString($"{Key} = {run}, akka.cluster.roles = [{string.Join(", ", roles)}]").WithFallback(config);
    }

    /// <summary>The run of a configuration, or a new one that nobody else knows.</summary>
    public static string RunOf(Config config) => config.GetString(Key, "") is { Length: RunLength } run ? run : NewRun();

    /// <summary>As it stands in the database.</summary>
    public override string ToString() => Prefix + Run;
}
