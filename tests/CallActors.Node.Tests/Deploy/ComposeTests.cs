using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CallActors.Node.Tests.Deploy;

/// <summary>docker-compose.yml: two servers, three nodes and a database that know each other by the right names and ports.</summary>
public sealed partial class ComposeTests
{
    private static readonly JsonObject s_services = DeployedFile.Yaml("docker-compose.yml").Single()["services"]!.AsObject();

    public static TheoryData<string> Programs => [.. s_services.Select(service => service.Key).Where(name => name != "database")];

    [Fact]
    public void There_are_two_servers_three_nodes_and_a_database() =>
        Assert.Equal(["database", "node1", "node2", "node3", "server1", "server2"], s_services.Select(service => service.Key).Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Programs))]
    public void The_program_understands_what_it_is_told(string name)
    {
        var service = s_services[name]!;
        var environment = service["environment"]!.AsObject().ToDictionary(variable => variable.Key, variable => Resolved(variable.Value!.GetValue<string>()));
        var arguments = service["command"]!.AsArray().Select(argument => Resolved(argument!.GetValue<string>()));
        Assert.Empty(DeployedFile.Findings(arguments, environment));
    }

    [Theory, MemberData(nameof(Programs))]
    public void Every_name_that_it_speaks_to_is_a_service_that_listens_there(string name)
    {
        var service = s_services[name]!;
        var text = service.ToJsonString();
        foreach (Match place in Place().Matches(text))
        {
            Assert.True(s_services.ContainsKey(place.Groups["name"].Value), $"{name} speaks to {place.Value}");
            Assert.Equal(place.Groups["name"].Value.StartsWith("server", StringComparison.Ordinal) ? "9022" : "4053", place.Groups["port"].Value);
        }
        if (name.StartsWith("node", StringComparison.Ordinal))
        {
            Assert.Equal([name, name], Regex.Matches(text, $"\"({name})(?::4053)?\"").Take(2).Select(match => match.Groups[1].Value));
            foreach (var other in (string[])["server1:9022,server2:9022", "node1:4053,node2:4053,node3:4053"]) Assert.Contains(other, text, StringComparison.Ordinal);
        }
        else
        {
            // What the phones reach is what the server says in its Contact.
            var port = Regex.Match(text, @"sip:\*:(\d+);").Groups[1].Value;
            Assert.Equal([$"{port}:{port}/udp", $"{port}:{port}/tcp"], service["ports"]!.AsArray().Select(each => each!.GetValue<string>()));
        }
    }

    [Theory, MemberData(nameof(Programs))]
    public void It_is_started_again_asked_for_its_health_and_given_time_to_drain(string name)
    {
        var service = s_services[name]!;
        Assert.Equal("always", service["restart"]!.GetValue<string>());
        Assert.NotNull(service["healthcheck"]!["test"]);
        Assert.True(int.Parse(service["stop_grace_period"]!.GetValue<string>().TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture) > 30);
    }

    private static string Resolved(string text) => Variable().Replace(text, variable => variable.Value.Contains("EXTERNAL_IP", StringComparison.Ordinal) ? "192.0.2.1" : "s3cret").Replace("$$", "$", StringComparison.Ordinal);

    [GeneratedRegex(@"\$\{[^}]*\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\b(?<name>(server|node)\d):(?<port>\d+)")]
    private static partial Regex Place();
}
