using Akka.Configuration;
using CallActors.Cluster;
using CallActors.Hosting;
using CallActors.Ledger;

namespace CallActors.Tests.Hosting;

public sealed class HoconFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("callactors-hocon-").FullName;
    private readonly Dictionary<string, string> _environment = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_empty_folder_is_what_the_files_say_as_they_come()
    {
        var config = Load();
        Assert.Equal(new LedgerOptions(), LedgerOptions.From(config));
        Assert.Equal(new RegionOptions(), RegionOptions.From(config));
        Assert.Equal("data/ledger.db", config.GetString("callactors.ledger.file"));
        Assert.False(config.GetBoolean("akka.actor.serialization-settings.allow-unregistered-types", true));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_empty_one() =>
        Assert.Equal("node", HoconFolder.Load(Path.Combine(_folder, "nowhere"), null, _environment).GetString("callactors.node"));

    /// <summary>From weak to strong, each over all before it.</summary>
    [Fact]
    public void Each_layer_is_laid_over_the_one_before()
    {
        string Mode(Config? application = null) => Load(application).GetString("callactors.ledger.interval");

        Assert.Equal("250ms", Mode());
        Write("ledger-sqlite.conf", "callactors.ledger.interval = 1s");
        Assert.Equal("1s", Mode());
        Write("callactors.conf", "callactors.ledger { interval = 2s, database = sqlite }");
        Assert.Equal("2s", Mode());
        Write("site.conf", "callactors.ledger.interval = 3s");
        Assert.Equal("3s", Mode());
        Write("zone.conf", "callactors.ledger.interval = 4s");
        Assert.Equal("4s", Mode());
        var application = ConfigurationFactory.ParseString("callactors.ledger.interval = 5s");
        Assert.Equal("5s", Mode(application));
        _environment["CALLACTORS__LEDGER__INTERVAL"] = "6s";
        Assert.Equal("6s", Mode(application));
    }

    [Fact]
    public void The_cluster_is_read_where_there_is_one_and_its_profile_is_laid_over_it()
    {
        Assert.False(Load().HasPath("akka.cluster.failure-detector"));
        _environment["CALLACTORS_CLUSTER"] = "on";
        Assert.Equal("1500ms", Load().GetString("akka.cluster.failure-detector.acceptable-heartbeat-pause"));
        _environment["CALLACTORS__CLUSTER__PROFILE"] = "slow";
        var slow = Load();
        Assert.Equal("3s", slow.GetString("akka.cluster.failure-detector.acceptable-heartbeat-pause"));
        Assert.Equal("100ms", slow.GetString("akka.cluster.failure-detector.min-std-deviation"));
        Assert.Equal("10ms", slow.GetString("akka.cluster.down-removal-margin"));
        _environment["CALLACTORS__CLUSTER__PROFILE"] = "quick";
        Assert.Contains("'quick'", Assert.Throws<HoconException>(() => Load()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_ledgers_file_follows_its_database()
    {
        _environment["CALLACTORS_LEDGER_DATABASE"] = "postgresql";
        _environment["CALLACTORS_LEDGER_CONNECTION"] = "Host=db;Password=\"a;b\\\"";
        Assert.Equal("Host=db;Password=\"a;b\\\"", Load().GetString("callactors.ledger.connection"));
        _environment["CALLACTORS_LEDGER_DATABASE"] = "oracle";
        Assert.Contains("'oracle'", Assert.Throws<HoconException>(() => Load()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_a_node_stands_is_said_in_few_words_and_comes_out_in_akkas()
    {
        _environment["CALLACTORS_CLUSTER"] = "on";
        _environment["CALLACTORS_CLUSTER_LISTEN"] = "127.0.0.1:4060";
        _environment["CALLACTORS_SEED"] = "10.0.0.1:4053, [2001:db8::1]:4054,host";
        var config = Load();
        Assert.Equal(("127.0.0.1", 4060, "127.0.0.1", 0), Places(config));
        Assert.Equal("127.0.0.1:4060", config.GetString("callactors.node"));
        Assert.Equal(["10.0.0.1:4053", "[2001:db8::1]:4054", "host:4053"], ClusterPlace.From(config).Seeds.Select(seed => seed.ToString()));

        _environment["CALLACTORS_CLUSTER_KNOWN_AS"] = "node-1.example:5000";
        _environment["CALLACTORS_NODE"] = "first";
        Assert.Equal(("127.0.0.1", 4060, "node-1.example", 5000), Places(Load()));
        Assert.Equal("first", Load().GetString("callactors.node"));
        // Whoever writes Akka's own keys is heard.
        _environment["AKKA__REMOTE__DOT_NETTY__TCP__PORT"] = "9";
        Assert.Equal(9, Places(Load()).Port);

        static (string, int Port, string, int) Places(Config config)
        {
            var tcp = config.GetConfig("akka.remote.dot-netty.tcp");
            return (tcp.GetString("hostname"), tcp.GetInt("port"), tcp.GetString("public-hostname"), tcp.GetInt("public-port"));
        }
    }

    [Fact]
    public void Who_listens_everywhere_is_known_by_one_address()
    {
        _environment["CALLACTORS_CLUSTER"] = "on";
        _environment["CALLACTORS_CLUSTER_LISTEN"] = "0.0.0.0:4053";
        Assert.NotEqual("0.0.0.0", Load().GetString("akka.remote.dot-netty.tcp.public-hostname"));
    }

    [Theory]
    [InlineData("CALLACTORS_CLUSTER_LISTEN", "127.0.0.1:x", "callactors.cluster.listen: '127.0.0.1:x' is no host:port")]
    [InlineData("CALLACTORS_SEED", "a b", "callactors.cluster.seeds: 'a b' is no host:port")]
    [InlineData("CALLACTORS_SEEDS_FROM", "consul:x", "callactors.cluster.seeds-from: 'consul:x' is not understood; write dns:name")]
    public void A_place_that_cannot_be_is_told_by_its_key(string variable, string value, string told)
    {
        _environment["CALLACTORS_CLUSTER"] = "on";
        _environment[variable] = value;
        Assert.StartsWith(told, Assert.Throws<HoconException>(() => Load()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_knows_no_other_is_told_to()
    {
        _environment["CALLACTORS_CLUSTER"] = "on";
        Assert.Contains("--seed host:port (CALLACTORS_SEED, callactors.cluster.seeds)", Assert.Throws<HoconException>(() => ClusterPlace.Check(Load())).Message, StringComparison.Ordinal);
        _environment["AKKA__CLUSTER__SEED_NODES__0"] = "akka.tcp://callactors@c:3";
        ClusterPlace.Check(Load());
    }

    [Fact]
    public void A_variable_for_a_key_that_there_is_not_is_an_error()
    {
        _environment["CALLACTORS__LEDGER__MOOD"] = "off";
        Assert.Contains("callactors.ledger.mood", Assert.Throws<HoconException>(() => Load()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_of_the_section_CallActors_is_none_of_hocon()
    {
        _environment["CallActors__DrainTimeout"] = "60";
        Load();
    }

    [Fact]
    public void A_mode_that_there_is_not_is_an_error()
    {
        _environment["CALLACTORS_LEDGER"] = "sometimes";
        Assert.Contains("'sometimes'", Assert.Throws<ConfigurationException>(() => LedgerOptions.From(Load())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("off", LedgerMode.Off)]
    [InlineData("behind", LedgerMode.Behind)]
    [InlineData("before-answer", LedgerMode.BeforeAnswer)]
    public void The_mode_is_one_of_three(string text, LedgerMode mode)
    {
        _environment["CALLACTORS_LEDGER"] = text;
        Assert.Equal(mode, LedgerOptions.From(Load()).Mode);
    }

    [Theory]
    [InlineData("a = 1\nb {\n c = 2\n", 2, "never closed")]
    [InlineData("a = 1\n}\n", 2, "closes nothing")]
    [InlineData("a = [1, 2}\n", 1, "closes nothing")]
    [InlineData("a = 1\nb = %{NOT_SET}\n", 2, "NOT_SET")]
    [InlineData("a = 1\nb { c = 2 },\nd = 3\n", 2, "")]
    public void An_error_names_the_file_and_the_line(string text, int line, string says)
    {
        Write("site.conf", text);
        var error = Assert.Throws<HoconException>(() => Load());
        Assert.Equal((Path.Combine(_folder, "site.conf"), line), (error.File, error.Line));
        Assert.Contains($"site.conf, line {line}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Placeholders_stand_for_variables_but_not_in_comments()
    {
        _environment["NAME"] = "x";
        _environment["QUOTE"] = "say \"\\\" # not a comment";
        Write("site.conf", """
            # %{NOT_SET} is nothing here
            site {
              a = %{NAME}            // nor %{NOT_SET} here
              b = "<%{NAME}:%{OTHER:y}>"
              c = "%{QUOTE}"
              d = "%{EMPTY:}"
              e = "# %{NAME}"
            }
            """);
        var site = Load().GetConfig("site");
        Assert.Equal(["x", "<x:y>", _environment["QUOTE"], "", "# x"], new[] { "a", "b", "c", "d", "e" }.Select(key => site.GetString(key)));
    }

    [Fact]
    public void A_variable_of_two_lines_cannot_smuggle_a_key_in()
    {
        _environment["NAME"] = "x\nakka.loglevel = DEBUG";
        Write("site.conf", "site = %{NAME}");
        Assert.Equal(1, Assert.Throws<HoconException>(() => Load()).Line);
    }

    private Config Load(Config? application = null) => HoconFolder.Load(_folder, application, _environment);

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder, file), text);
}
