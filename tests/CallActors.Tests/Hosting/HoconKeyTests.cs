using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Akka.Persistence;
using Akka.Persistence.Sql;
using CallActors.Hosting;

namespace CallActors.Tests.Hosting;

/// <summary>A key that nobody reads is silence, so every key of our files must be one that somebody knows.</summary>
public sealed partial class HoconKeyTests : IAsyncLifetime
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "hocon");

    /// <summary>Below these, names are the operator's own.</summary>
    private static readonly string[] Free = ["akka.actor.serializers.", "akka.actor.serialization-bindings.", "callactors.ledger-dispatcher.", "callactors.call-dispatcher."];

    private readonly ActorSystem _system = ActorSystem.Create("reference", """
        akka { actor.provider = cluster, loglevel = OFF, stdout-loglevel = OFF, loggers = [] }
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        """);

    public static TheoryData<string> Files => [.. HoconFolder.Files];

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _system.Terminate();

    [Fact]
    public void Every_file_of_ours_lies_in_the_folder_and_inside_the_assembly()
    {
        Assert.Equal(HoconFolder.Files.Order(StringComparer.Ordinal), Directory.EnumerateFiles(Folder, "*.conf").Select(Path.GetFileName).Order(StringComparer.Ordinal)!);
        // Without the folder the very same comes out.
        Assert.Equal(HoconFolder.Load(null, null, Empty).ToString(), HoconFolder.Load("nowhere", null, Empty).ToString());
    }

    [Theory, MemberData(nameof(Files))]
    public void Every_key_of_a_file_is_known(string file)
    {
        var config = HoconText.Parse(file, File.ReadAllText(Path.Combine(Folder, file)), _ => null);
        AssertKnown(KeysOf(config));
    }

    [Fact]
    public void Every_key_of_our_reference_is_known() =>
        AssertKnown(KeysOf(HoconFolder.Reference()).Where(key => !key.StartsWith("callactors.", StringComparison.Ordinal)));

    [Theory]
    [InlineData("callactors.ledger.mood")]
    [InlineData("akka.cluster.failure-detector.treshold")]
    [InlineData("akka.persistence.journal.callactors.paralelism")]
    public void A_key_with_a_slip_of_the_pen_is_not(string key) => Assert.Throws<Xunit.Sdk.EqualException>(() => AssertKnown([key]));

    [Fact]
    public void Callactors_conf_shows_every_key_of_ours_with_what_it_is_without()
    {
        var text = File.ReadAllText(Path.Combine(Folder, "callactors.conf"));
        var shown = HoconText.Parse("callactors.conf", CommentedOut().Replace(text, "$1$2"), _ => null);
        var reference = HoconFolder.Reference();
        // Where the database is stands in its own file.
        string[] elsewhere = ["callactors.ledger.file", "callactors.ledger.connection"];
        var ours = KeysOf(reference).Where(key => key.StartsWith("callactors.", StringComparison.Ordinal) && !Free.Any(key.StartsWith)).Except(elsewhere);
        Assert.Equal(ours.Order(StringComparer.Ordinal), KeysOf(shown).Order(StringComparer.Ordinal));
        Assert.All(KeysOf(shown), key => Assert.Equal((key, reference.GetString(key)), (key, shown.GetString(key))));
    }

    private static Dictionary<string, string> Empty => [];

    private void AssertKnown(IEnumerable<string> keys)
    {
        ClusterSharding.Get(_system);
        Persistence.Instance.Apply(_system);
        var akka = _system.Settings.Config;
        var reference = HoconFolder.Reference();
        var journal = SqlPersistence.DefaultJournalConfiguration.WithFallback(akka.GetConfig("akka.persistence.journal-plugin-fallback"));
        const string Journal = "akka.persistence.journal.callactors.";

        bool IsKnown(string key) =>
            Free.Any(key.StartsWith)
            || (key.StartsWith("callactors.", StringComparison.Ordinal) ? reference.HasPath(key)
                : key.StartsWith(Journal, StringComparison.Ordinal) ? journal.HasPath(key[Journal.Length..])
                : akka.HasPath(key));

        Assert.Equal([], keys.Where(key => !IsKnown(key)));
    }

    private static List<string> KeysOf(Config config)
    {
        List<string> keys = [];
        Walk("", config.Root.GetObject());
        return keys;

        void Walk(string path, HoconObject level)
        {
            foreach (var (name, value) in level.Items)
            {
                // A name with dots in it is quoted, and free.
                if (value.IsObject()) Walk(path + name + ".", value.GetObject());
                else keys.Add(path + name);
            }
        }
    }

    [GeneratedRegex(@"^(\s*)# ([a-z-]+ (?:=|\{) ?.*)$", RegexOptions.Multiline)]
    private static partial Regex CommentedOut();
}
