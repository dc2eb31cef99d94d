using System.Text.Json.Nodes;

namespace CallActors.Node.Tests.Deploy;

/// <summary>The manifests for Kubernetes: every name in them means something, and the program understands what it is told.</summary>
public sealed class KubernetesTests
{
    private static readonly Dictionary<string, string> s_versions = new() { ["Service"] = "v1", ["StatefulSet"] = "apps/v1", ["PodDisruptionBudget"] = "policy/v1" };

    public static TheoryData<string, int> Files => new() { { "deploy/kubernetes/servers.yaml", 2 }, { "deploy/kubernetes/nodes.yaml", 3 } };

    [Theory, MemberData(nameof(Files))]
    public void Each_file_is_a_set_with_its_service_and_its_budget(string file, int replicas)
    {
        var (service, set, budget) = Read(file);
        foreach (var document in (JsonNode[])[service, set, budget]) Assert.Equal(s_versions[Text(document["kind"])], Text(document["apiVersion"]));
        Assert.Equal($"{replicas}", Text(set["spec"]!["replicas"]));
        Assert.Equal(Text(service["metadata"]!["name"]), Text(set["spec"]!["serviceName"]));
        var labels = set["spec"]!["template"]!["metadata"]!["labels"]!.ToJsonString();
        Assert.Equal([labels, labels, labels], [set["spec"]!["selector"]!["matchLabels"]!.ToJsonString(), service["spec"]!["selector"]!.ToJsonString(), budget["spec"]!["selector"]!["matchLabels"]!.ToJsonString()]);
        // The majority of three stays, and one of two servers.
        Assert.Equal("1", Text(budget["spec"]!["maxUnavailable"]));
        Assert.Equal("None", Text(service["spec"]!["clusterIP"]));
        Assert.True(int.Parse(Text(set["spec"]!["template"]!["spec"]!["terminationGracePeriodSeconds"]), System.Globalization.CultureInfo.InvariantCulture) > 30);
    }

    [Theory, MemberData(nameof(Files))]
    public void Every_port_and_volume_that_is_named_is_there(string file, int _)
    {
        var (service, set, _) = Read(file);
        var container = Container(set);
        var ports = container["ports"]!.AsArray().ToDictionary(port => Text(port!["name"]), port => Text(port!["containerPort"]));
        var probes = container.AsObject().Where(entry => entry.Key.EndsWith("Probe", StringComparison.Ordinal)).ToArray();
        Assert.Contains("readinessProbe", probes.Select(probe => probe.Key));
        Assert.Contains("livenessProbe", probes.Select(probe => probe.Key));
        foreach (var (_, probe) in probes)
        {
            var asked = probe!["httpGet"] ?? probe["tcpSocket"];
            Assert.Contains(Text(asked!["port"]), ports.Keys);
            if (asked["path"] is { } path) Assert.Contains(Text(path), (string[])["/health/live", "/health/ready"]);
        }
        foreach (var port in service["spec"]!["ports"]!.AsArray()) Assert.Equal(Text(port!["port"]), ports[Text(port["name"])]);
        var claims = set["spec"]!["volumeClaimTemplates"]?.AsArray().Select(claim => Text(claim!["metadata"]!["name"])) ?? [];
        Assert.Equal(claims, container["volumeMounts"]?.AsArray().Select(mount => Text(mount!["name"])) ?? []);
    }

    [Theory, MemberData(nameof(Files))]
    public void The_program_understands_what_it_is_told(string file, int _)
    {
        var (_, set, _) = Read(file);
        var container = Container(set);
        // What the cluster fills in.
        var known = new Dictionary<string, string> { ["POD_NAME"] = $"{Text(set["metadata"]!["name"])}-1", ["HOST_IP"] = "192.0.2.1" };
        var environment = new Dictionary<string, string>();
        foreach (var variable in container["env"]!.AsArray())
        {
            var name = Text(variable!["name"]);
            environment[name] = variable["value"] is { } value ? Filled(Text(value), known)
                : variable["valueFrom"]!["fieldRef"] is not null ? known[name]
                : name == "CALLACTORS_LEDGER" ? "postgresql:Host=db;Database=callactors" : "s3cret";
        }
        var arguments = container["args"]!.AsArray().Select(argument => Filled(Text(argument), known));
        Assert.Empty(DeployedFile.Findings(arguments, environment));
    }

    [Fact]
    public void The_nodes_know_each_other_and_the_servers_by_the_names_that_their_sets_give_them()
    {
        var (_, servers, _) = Read("deploy/kubernetes/servers.yaml");
        var (_, nodes, _) = Read("deploy/kubernetes/nodes.yaml");
        var environment = Container(nodes)["env"]!.AsArray().ToDictionary(variable => Text(variable!["name"]), variable => variable!["value"] is { } value ? Text(value) : "");
        Assert.Equal(Places(servers, 9022), environment["CALLACTORS_SERVER"]);
        Assert.Equal(Places(nodes, 4053), environment["CALLACTORS_SEED"]);
        Assert.Equal($"$(POD_NAME).{Text(nodes["spec"]!["serviceName"])}:4053", environment["CALLACTORS_CLUSTER_KNOWN_AS"]);
    }

    private static string Places(JsonNode set, int port) => string.Join(',', Enumerable.Range(0, int.Parse(Text(set["spec"]!["replicas"]), System.Globalization.CultureInfo.InvariantCulture))
        .Select(number => $"{Text(set["metadata"]!["name"])}-{number}.{Text(set["spec"]!["serviceName"])}:{port}"));

    private static (JsonNode Service, JsonNode Set, JsonNode Budget) Read(string file)
    {
        var documents = DeployedFile.Yaml(file);
        Assert.Equal(["Service", "StatefulSet", "PodDisruptionBudget"], documents.Select(document => Text(document["kind"])));
        return (documents[0], documents[1], documents[2]);
    }

    private static JsonNode Container(JsonNode set) => Assert.Single(set["spec"]!["template"]!["spec"]!["containers"]!.AsArray())!;

    private static string Filled(string text, Dictionary<string, string> known) => known.Aggregate(text, (filled, variable) => filled.Replace($"$({variable.Key})", variable.Value, StringComparison.Ordinal));

    private static string Text(JsonNode? node) => node!.GetValue<string>();
}
