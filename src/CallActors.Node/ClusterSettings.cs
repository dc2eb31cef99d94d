using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using CallActors.Node.CommandLine;
using CallActors.Server.Configuration;

namespace CallActors.Node;

/// <summary>What the operator says of the cluster on the command line or in the environment; what is null is left to the hocon folder.</summary>
internal sealed record ClusterSettings
{
    /// <summary>Whether the node is in one.</summary>
    public bool? IsOn { get; init; }

    /// <summary>What it is called.</summary>
    public string? Node { get; init; }

    /// <summary>What it listens on for the others.</summary>
    public string? Listen { get; init; }

    /// <summary>What they know it by.</summary>
    public string? KnownAs { get; init; }

    /// <summary>The nodes that it joins.</summary>
    public ImmutableArray<string> Seeds { get; init; } = [];

    /// <summary>The name whose addresses they have.</summary>
    public string? SeedsFrom { get; init; }

    /// <summary>The same as hocon.</summary>
    public string Hocon
    {
        get
        {
            var text = new StringBuilder();
            if (IsOn is true) text.Append("callactors.cluster.enabled = on\n");
            Add("node", Node);
            Add("cluster.listen", Listen);
            Add("cluster.known-as", KnownAs);
            Add("cluster.seeds", Seeds.IsEmpty ? null : string.Join(',', Seeds));
            Add("cluster.seeds-from", SeedsFrom);
            return text.ToString();

            void Add(string key, string? value)
            {
                if (value is not null) text.Append(CultureInfo.InvariantCulture, $"callactors.{key} = {RuntimeSettings.Quoted(value)}\n");
            }
        }
    }

    /// <summary>An option without which another means nothing is missing: that is a slip, and silence would be a cluster of one.</summary>
    public static void Check(GivenOptions given, IReadOnlyDictionary<string, string> environment, Findings findings)
    {
        if (given.Has(RunOptions.Cluster) || environment.ContainsKey(RunOptions.VariableOf(RunOptions.Cluster))) return;
        foreach (var option in (string[])[RunOptions.ClusterListen, RunOptions.ClusterKnownAs, RunOptions.Seed, RunOptions.SeedsFrom])
        {
            if (given.Has(option)) findings.Error(option, $"it means something in a cluster only; write {RunOptions.Cluster} too");
        }
    }
}
