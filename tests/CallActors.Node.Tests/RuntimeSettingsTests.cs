using CallActors.Node.Tests.CommandLine;
using CallActors.Server.Configuration;

namespace CallActors.Node.Tests;

public sealed class RuntimeSettingsTests
{
    [Fact]
    public void Nothing_said_is_an_open_pbx()
    {
        var settings = Read([], out var findings);
        Assert.Empty(findings);
        Assert.Equal((true, null, null, null), (settings.HasPbx, settings.Password, settings.Ledger, settings.Health));
        Assert.Empty(settings.Servers);
        Assert.Null(settings.Listen);
    }

    [Fact]
    public void The_command_line_counts_before_the_environment()
    {
        var settings = Read(
            ["run", "--server", "192.0.2.1:9022", "--server", "[2001:db8::1]:9122", "--password", "here"], out var findings,
            ("CALLACTORS_PASSWORD", "there"), ("CALLACTORS_SERVER", "192.0.2.9:1"), ("CALLACTORS_LEDGER", "off"), ("CALLACTORS_HEALTH_PORT", "8080"), ("CALLACTORS_LISTEN", "0.0.0.0:9023"));
        Assert.Empty(findings);
        Assert.Equal(["192.0.2.1:9022", "2001:db8::1:9122"], settings.Servers.Select(server => server.Name));
        Assert.All(settings.Servers, server => Assert.Equal("s", server.Secret));
        Assert.Equal(("here", "off", 8080, 9023), (settings.Password, settings.Ledger, settings.Health!.Port, settings.Listen!.Port));
        Assert.True(settings.Listen.Allows(System.Net.IPAddress.Parse("192.0.2.77")));
        Assert.DoesNotContain("here", settings.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_listener_on_loopback_takes_loopback_alone() =>
        Assert.False(Read(["run", "--listen", "127.0.0.1:9023"], out _).Listen!.Allows(System.Net.IPAddress.Parse("192.0.2.77")));

    [Theory]
    [InlineData("--server", "192.0.2.1", "--server: error: '192.0.2.1' is no host:port")]
    [InlineData("--server", "a:b", "--server: error: 'a:b' is no host:port")]
    [InlineData("--listen", ":9023", "--listen: error: ':9023' is no host:port")]
    [InlineData("--health-port", "web", "--health-port: error: 'web' is not a port")]
    [InlineData("--trunk", "sip:a@b", "--trunk: error: 'sip:a@b' is no trunk")]
    [InlineData("--trunk", "493012", "--trunk: error: '493012' is no trunk")]
    public void What_is_wrong_is_told_by_its_name(string option, string value, string told)
    {
        Read(["run", option, value], out var findings);
        Assert.StartsWith(told, Assert.Single(findings), StringComparison.Ordinal);
    }

    [Fact]
    public void Records_and_trunk_are_said_either_way()
    {
        var settings = Read(["run", "--trunk", "192.0.2.1:5060"], out var findings, ("CALLACTORS_CALL_RECORDS", "calls.jsonl"), ("CALLACTORS_TRUNK", "elsewhere"));
        Assert.Empty(findings);
        Assert.Equal(("192.0.2.1:5060", "calls.jsonl"), (settings.Trunk, settings.CallRecords));
    }

    [Fact]
    public void A_node_of_a_cluster_is_told_so_on_the_command_line_and_in_the_environment()
    {
        var hocon = Read(
            ["run", "--server", "a:1", "--cluster", "--cluster-listen", "10.0.0.2:4053", "--seed", "10.0.0.1:4053", "--seed", "10.0.0.2:4053"], out var findings,
            ("CALLACTORS_NODE", "second"), ("CALLACTORS_SEEDS_FROM", "dns:nodes:4053")).Hocon;
        Assert.Empty(findings);
        Assert.True(hocon.GetBoolean("callactors.cluster.enabled"));
        Assert.Equal(("second", "10.0.0.2:4053", "10.0.0.1:4053,10.0.0.2:4053", "dns:nodes:4053"), (
            hocon.GetString("callactors.node"), hocon.GetString("callactors.cluster.listen"), hocon.GetString("callactors.cluster.seeds"), hocon.GetString("callactors.cluster.seeds-from")));
        // What nobody says is left to the folder.
        Assert.True(Read(["run", "--server", "a:1"], out _).Hocon.IsEmpty);
    }

    [Theory]
    [InlineData("--seed", "10.0.0.1:x", "--seed: error: '10.0.0.1:x' is no host:port")]
    [InlineData("--cluster-listen", "10.0.0.1", "--cluster-listen: error: '10.0.0.1' is no host:port")]
    [InlineData("--seeds-from", "nodes", "--seeds-from: error: 'nodes' is not understood; write dns:name or dns:name:port")]
    public void A_place_in_the_cluster_that_cannot_be_is_told_by_its_name(string option, string value, string told)
    {
        Read(["run", "--cluster", option, value], out var findings);
        Assert.StartsWith(told, Assert.Single(findings), StringComparison.Ordinal);
    }

    [Fact]
    public void Seeds_without_a_cluster_are_a_slip()
    {
        Read(["run", "--seed", "10.0.0.1:4053"], out var findings);
        Assert.Equal("--seed: error: it means something in a cluster only; write --cluster too", Assert.Single(findings));
        Read(["run", "--seed", "10.0.0.1:4053"], out findings, ("CALLACTORS_CLUSTER", "on"));
        Assert.Empty(findings);
    }

    [Theory]
    [InlineData("8080", "127.0.0.1", 8080)]
    [InlineData("0.0.0.0:0", "0.0.0.0", 0)]
    [InlineData("[::]:8080", "::", 8080)]
    public void Health_is_asked_for_on_this_machine_unless_somebody_says_where(string said, string host, int port)
    {
        var settings = Read(["--health-port", said], out var findings);
        Assert.Empty(findings);
        Assert.Equal(new HealthOptions { Host = host, Port = port }, settings.Health);
    }

    [Fact]
    public void A_server_twice_is_a_mistake()
    {
        Read(["run", "--server", "a:1", "--server", "a:1"], out var findings);
        Assert.Contains("named twice", Assert.Single(findings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("off", "mode", "off")]
    [InlineData("sqlite", "database", "sqlite")]
    [InlineData("sqlite:/tmp/a \"b\".db", "file", "/tmp/a \"b\".db")]
    [InlineData("Host=db;Password=a\\b", "connection", "Host=db;Password=a\\b")]
    [InlineData("postgresql:Host=db;Database=calls", "connection", "Host=db;Database=calls")]
    public void The_ledger_is_said_in_hocon(string ledger, string key, string value) =>
        Assert.Equal(value, Read(["--ledger", ledger], out _).Hocon.GetString("callactors.ledger." + key));

    private static RuntimeSettings Read(string[] arguments, out string[] findings, params (string Name, string Value)[] environment)
    {
        var found = new Findings();
        var settings = RuntimeSettings.Read(CommandLines.Run(arguments).Given!, environment.ToDictionary(variable => variable.Name, variable => variable.Value), "s", found);
        findings = [.. found.All.Select(finding => finding.ToString())];
        return settings;
    }
}
