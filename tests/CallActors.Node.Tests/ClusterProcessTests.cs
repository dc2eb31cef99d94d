using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;

namespace CallActors.Node.Tests;

/// <summary>Several nodes as an operator runs them: processes that join, die and leave.</summary>
public sealed class ClusterProcessTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Nodes_join_are_missed_when_they_die_and_leave_when_told()
    {
        await using var first = await NodeAsync("127.0.0.1:0");
        await using var second = await NodeAsync(first.Cluster);
        await using var third = await NodeAsync(first.Cluster);
        await HasAsync(first, 3);
        await HasAsync(second, 3);
        Assert.Contains($"cluster       {second.Cluster}\n", second.Output, StringComparison.Ordinal);

        third.Signal("KILL");
        await HasAsync(first, 2);
        await HasAsync(second, 2);
        await first.LoggedAsync($"cluster: the process of {third.Cluster} is dead: its port is refused");

        second.Signal("TERM");
        Assert.Equal(0, await second.EndAsync());
        await HasAsync(first, 1);
        first.Signal("TERM");
        Assert.Equal(0, await first.EndAsync());
    }

    [Fact]
    public async Task A_node_that_knows_no_other_says_what_it_needs()
    {
        var (code, _, error) = await ServerProcess.RunAsync("run", "--noconfig", "--ledger", "off", "--listen", "127.0.0.1:0", "--cluster");
        Assert.Equal(1, code);
        Assert.Contains("write --seed host:port", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_waits_for_the_others_can_be_told_to_leave()
    {
        // Nobody listens there: a port that was the system's choice a moment ago.
        int nowhere;
        using (var listener = new TcpListener(System.Net.IPAddress.Loopback, 0))
        {
            listener.Start();
            nowhere = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        }
        await using var node = ServerProcess.Start(["run", "--noconfig", "--stdout", "--ledger", "off", "--listen", "127.0.0.1:0", "--cluster", "--cluster-listen", "127.0.0.1:0", "--seed", $"127.0.0.1:{nowhere}"]);
        await node.LoggedAsync($"joins 127.0.0.1:{nowhere}");
        node.Signal("TERM");
        Assert.Equal(0, await node.EndAsync());
    }

    private static Task<ServerProcess> NodeAsync(string seed) => ServerProcess.NodeAsync(
        ["run", "--noconfig", "--stdout", "--ledger", "off", "--listen", "127.0.0.1:0", "--no-pbx", "--cluster", "--cluster-listen", "127.0.0.1:0", "--seed", seed]);

    private static async Task HasAsync(ServerProcess node, int nodes)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < s_patience; await Task.Delay(50))
        {
            using var client = new TcpClient();
            await client.ConnectAsync(node.Status);
            using var status = await JsonDocument.ParseAsync(client.GetStream());
            if (status.RootElement.GetProperty("totals").GetProperty("clusterNodes").GetInt64() == nodes) return;
        }
        throw new TimeoutException($"There were never {nodes} nodes:\n{node.Error}");
    }
}
