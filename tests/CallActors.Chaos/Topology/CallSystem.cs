using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using CallActors.Tests.Ledger;

namespace CallActors.Chaos.Topology;

/// <summary>How large the system under test is.</summary>
/// <param name="Nodes">How many runtime nodes.</param>
/// <param name="Servers">How many signalling servers.</param>
/// <param name="Trunk">Where the nodes call numbers.</param>
/// <param name="HasDatabase">Whether there is a PostgreSQL; each node keeps a file otherwise.</param>
internal sealed record SystemPlan(int Nodes, int Servers, IPEndPoint Trunk, bool HasDatabase)
{
    /// <summary>How many of the nodes are started at once; the others wait to be.</summary>
    public int First { get; init; } = Nodes;

    /// <summary>Whether nodes are given more time before they are taken for dead.</summary>
    public bool IsSlow { get; init; }
}

/// <summary>The system under test: PostgreSQL, signalling servers, and a cluster of nodes whose links can be cut. All of it on loopback, and gone afterwards.</summary>
internal sealed class CallSystem : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly string _folder;
    private readonly PostgreSqlCluster _database = new();
    private readonly List<ClusterLink> _links = [];
    private readonly SystemPlan _plan;
    private readonly Action<string> _say;

    public CallSystem(SystemPlan plan, string folder, Action<string> say) => (_plan, _folder, _say) = (plan, folder, say);

    public List<Unit> Servers { get; } = [];

    public List<Unit> Nodes { get; } = [];

    /// <summary>Where phones reach each server.</summary>
    public List<IPEndPoint> Sip { get; } = [];

    /// <summary>Where the database is reached; null without one.</summary>
    public string? Database { get; private set; }

    public async Task StartAsync()
    {
        if (_plan.HasDatabase)
        {
            await _database.InitializeAsync().ConfigureAwait(false);
            Database = _database.NewDatabase();
            _say("the database is up");
        }
        var control = Enumerable.Range(0, _plan.Servers).Select(_ => Programs.FreePort()).ToArray();
        for (var at = 0; at < _plan.Servers; at++)
        {
            Sip.Add(new IPEndPoint(IPAddress.Loopback, Programs.FreePort()));
            Servers.Add(new Unit($"server{at + 1}", _folder,
                ["serve", "--noconfig", "--loglevel", "warning", "--stdout", "--secret", "chaos", "--address", "127.0.0.1", "--port", Text(control[at]), "--contact", $"sip:{Sip[at]};transport=udp,tcp"]));
        }
        await Task.WhenAll(Servers.Select(server => server.StartAsync(s_patience))).ConfigureAwait(false);
        _say($"{Servers.Count} servers are up");

        int[] own = [.. Enumerable.Range(0, _plan.Nodes).Select(_ => Programs.FreePort())], known = [.. own.Select(_ => Programs.FreePort())];
        string[] seeds = [.. known.SelectMany(port => (string[])["--seed", $"127.0.0.1:{port}"])];
        for (var at = 0; at < _plan.Nodes; at++)
        {
            var number = at;
            var link = new ClusterLink(known[at], own[at], client => NodeOf(client, known[number]));
            _links.Add(link);
            var ledger = Database is null ? $"sqlite:{Path.Combine(_folder, $"node{at + 1}.db")}" : $"postgresql:{Database}";
            Nodes.Add(new Unit($"node{at + 1}", _folder,
            [
                "run", "--noconfig", "--loglevel", "warning", "--stdout", "--secret", "chaos", "--trunk", $"{_plan.Trunk}", "--call-records", RecordsOf(at), "--ledger", ledger, "--health-port", "0", "--drain-timeout", "20",
                "--cluster", "--node", $"node{at + 1}", "--cluster-listen", $"127.0.0.1:{own[at]}", "--cluster-known-as", $"127.0.0.1:{known[at]}", .. seeds,
                .. control.SelectMany(port => (string[])["--server", $"127.0.0.1:{port}"]),
            ])
            {
                OnStart = link.Open,
                OnEnd = link.Close,
                Environment = _plan.IsSlow ? ["CALLACTORS__CLUSTER__PROFILE=slow"] : [],
            });
        }
        await StartNodesAsync(Nodes.Take(_plan.First)).ConfigureAwait(false);
        _say($"{_plan.First} nodes are up");
    }

    /// <summary>Starts nodes that were ended, and waits until each sees all that run.</summary>
    public async Task StartNodesAsync(IEnumerable<Unit> nodes)
    {
        Unit[] all = [.. nodes];
        await Task.WhenAll(all.Select(node => node.StartAsync(s_patience))).ConfigureAwait(false);
        await WholeAsync().ConfigureAwait(false);
    }

    /// <summary>Waits until the nodes that run are one cluster.</summary>
    public async Task WholeAsync()
    {
        foreach (var node in Nodes.Where(node => node.IsRunning).ToArray())
        {
            await node.UntilAsync(async () => !node.IsRunning || await node.CountAsync("totals", "clusterNodes").ConfigureAwait(false) == Nodes.Count(each => each.IsRunning), s_patience, "sees all others").ConfigureAwait(false);
        }
    }

    /// <summary>Cuts a node off from the others, both ways; servers and database still reach it.</summary>
    public void CutOff(int node)
    {
        for (var at = 0; at < _links.Count; at++)
        {
            if (at != node)
            {
                _links[at].CutFrom(node);
                _links[node].CutFrom(at);
            }
        }
        _links[node].CutFrom(-1);
    }

    /// <summary>Brings it back.</summary>
    public void Heal()
    {
        foreach (var link in _links) link.Heal();
    }

    public Task StopDatabaseAsync() => _database.Stop();

    public Task StartDatabaseAsync() => _database.Start();

    /// <summary>The records that the nodes have written: Call-ID of the caller's leg, and key.</summary>
    public IEnumerable<(string CallId, string Key)> Records()
    {
        for (var at = 0; at < Nodes.Count; at++)
        {
            if (!File.Exists(RecordsOf(at))) continue;
            foreach (var line in File.ReadLines(RecordsOf(at)))
            {
                var record = JsonNode.Parse(line)!;
                var caller = record["legs"]!.AsArray().FirstOrDefault(leg => leg!["direction"]!.GetValue<string>() == "in");
                yield return (caller?["callId"]!.GetValue<string>() ?? "", record["key"]!.GetValue<string>());
            }
        }
    }

    /// <summary>Calls that the nodes hold.</summary>
    public async Task<long> LivingAsync(IEnumerable<Unit>? nodes = null)
    {
        var counts = await Task.WhenAll((nodes ?? Nodes).Where(node => node.IsRunning).Select(node => node.CountAsync("calls"))).ConfigureAwait(false);
        return counts.Sum(count => Math.Max(0, count));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var link in _links) link.Dispose();
        await Task.WhenAll(Nodes.Concat(Servers).Select(unit => unit.DisposeAsync().AsTask())).ConfigureAwait(false);
        if (Database is not null) await _database.DisposeAsync().ConfigureAwait(false);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private string RecordsOf(int node) => Path.Combine(_folder, $"node{node + 1}.records");

    private int NodeOf(int clientPort, int serverPort)
    {
        var process = ClusterLink.ProcessOf(clientPort, serverPort, Nodes.Where(node => node.IsRunning).Select(node => node.Id));
        return process < 0 ? -1 : Nodes.FindIndex(node => node.Id == process);
    }
}
