using System.Collections;
using System.Reflection;
using Akka.Configuration;
using CallActors.Cluster;

namespace CallActors.Hosting;

/// <summary>The configuration of a node: the files of its hocon folder and what is laid over them, in one fixed order.</summary>
/// <remarks>
/// From weak to strong: our reference.conf, serialization.conf, cluster.conf and cluster-slow.conf if the node is in a cluster,
/// ledger-(database).conf if it keeps a ledger, callactors.conf, every other file of the folder by name, what the application
/// says, the environment. A file of ours that is not in the folder is taken from inside the assembly.
/// </remarks>
public static class HoconFolder
{
    private const string Application = "callactors.conf";

    private static readonly string[] Ours =
        ["serialization.conf", "cluster.conf", "cluster-slow.conf", "ledger-sqlite.conf", "ledger-postgresql.conf", Application];

    /// <summary>The files of ours, as they come.</summary>
    internal static IReadOnlyList<string> Files => Ours;

    /// <summary>Reads the folder, with this process's environment.</summary>
    /// <param name="folder">The folder; null is "hocon" beside the program. It need not be there.</param>
    /// <param name="application">What the application sets in code, over the files.</param>
    public static Config Load(string? folder = null, Config? application = null) =>
        Load(folder, application, Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? ""));

    /// <summary>Reads the folder, with this environment.</summary>
    internal static Config Load(string? folder, Config? application, IReadOnlyDictionary<string, string> environment)
    {
        folder ??= Path.Combine(AppContext.BaseDirectory, "hocon");
        string? Variable(string name) => environment.TryGetValue(name, out var value) ? value : null;
        Config Read(string name) => Parse(folder, name, Variable);

        var reference = Reference();
        var overlay = HoconEnvironment.Read(environment);
        var others = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*.conf").Select(Path.GetFileName).Where(name => !Ours.Contains(name)).Order(StringComparer.Ordinal).Select(name => Read(name!)).ToArray()
            : [];

        // The strongest layers decide which files are read, so they are folded first, and then again over those files.
        Config[] strong = [Read(Application), .. others, .. application is null ? [] : new[] { application }, overlay];
        var decision = Fold([reference, .. strong]);
        Config[] chosen = [.. Chosen(decision).Select(Read)];
        var merged = Fold([reference, .. chosen, .. Derived(decision), .. strong, .. Name(decision)]);
        HoconEnvironment.Check(environment, Fold([reference, .. Ours.Select(Read)]));
        return merged;
    }

    /// <summary>What every key is when nobody says otherwise.</summary>
    internal static Config Reference() => HoconText.Parse("reference.conf", Embedded("reference.conf")!, _ => null);

    private static IEnumerable<string> Chosen(Config decision)
    {
        yield return "serialization.conf";
        if (decision.GetBoolean("callactors.cluster.enabled"))
        {
            yield return "cluster.conf";
            switch (decision.GetString("callactors.cluster.profile"))
            {
                case "fast": break;
                case "slow": yield return "cluster-slow.conf"; break;
                case var other: throw new HoconException($"callactors.cluster.profile is fast or slow, not '{other}'.");
            }
        }
        switch (decision.GetString("callactors.ledger.database"))
        {
            case "sqlite": yield return "ledger-sqlite.conf"; break;
            case "postgresql": yield return "ledger-postgresql.conf"; break;
            case var other: throw new HoconException($"callactors.ledger.database is sqlite or postgresql, not '{other}'.");
        }
    }

    // What ours say in few words, in Akka's. Whoever sets Akka's own keys overrules it.
    private static IEnumerable<Config> Derived(Config decision)
    {
        if (decision.GetBoolean("callactors.cluster.enabled")) yield return ClusterPlace.From(decision).Hocon;
    }

    // Alone a node needs no name that tells it from others.
    private static IEnumerable<Config> Name(Config decision)
    {
        if (decision.GetString("callactors.node").Length > 0) yield break;
        var name = decision.GetBoolean("callactors.cluster.enabled") ? ClusterPlace.From(decision).Name : "node";
        yield return ConfigurationFactory.ParseString($"callactors.node = {HoconText.Quote(name)}");
    }

    // Each over what was before it.
    private static Config Fold(IEnumerable<Config> layers) => layers.Aggregate((below, above) => above.IsEmpty ? below : above.WithFallback(below));

    private static Config Parse(string folder, string name, Func<string, string?> environment)
    {
        var file = Path.Combine(folder, name);
        return File.Exists(file)
            ? HoconText.Parse(file, File.ReadAllText(file), environment)
            : HoconText.Parse($"{name} (inside CallActors)", Embedded(name)!, environment);
    }

    private static string? Embedded(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("hocon/" + name);
        if (stream is null) return null;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
