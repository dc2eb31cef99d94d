using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using CallActors.Cluster;
using CallActors.Connections;
using CallActors.Control.Events;
using CallActors.Tests.Ledger;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallActors.Tests.Cluster;

public sealed class DeadNodesTests
{
    /// <summary>No silence is long enough to be noticed: what is found out is found out by the port.</summary>
    private const string Patient = """
        akka.cluster.failure-detector.acceptable-heartbeat-pause = 60s
        akka.coordinated-shutdown.run-by-actor-system-terminate = off
        """;

    [Fact]
    public async Task A_node_whose_port_is_refused_is_removed_at_once_and_its_shards_live_again()
    {
        await using var a = await Start();
        await using var b = await Start(a);
        await using var c = await Start(a);
        await LedgerNode.Until(() => Nodes(a) == 3 && Nodes(b) == 3 && c.Sharded.Here.Count >= 16, "all are there");
        var key = CallKey.New(c.Region.NextShard());
        c.Tell(RegionNode.Begin(key));
        await LedgerNode.Until(() => c.Counts.Live == 1, "the call lives");

        var place = c.Place;
        await c.System.Terminate();
        var since = Stopwatch.GetTimestamp();
        a.System.EventStream.Publish(new NodeGone(place.ToString(), Departure.Closed, "s"));
        await LedgerNode.Until(() => Nodes(a) == 2 && Nodes(b) == 2, "it is removed");
        Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        await LedgerNode.Until(
            () =>
            {
                a.Tell(RegionNode.Begin(key));
                return a.Counts.Live + b.Counts.Live == 1;
            },
            "the call lives again");
    }

    [Fact]
    public async Task A_node_that_lives_is_left_alone_whatever_is_said_of_it()
    {
        await using var a = await Start();
        await using var b = await Start(a);
        await LedgerNode.Until(() => Nodes(a) == 2, "both are there");
        for (var n = 0; n < 20; n++) a.System.EventStream.Publish(new NodeGone(b.Place.ToString(), Departure.Silent, "s"));
        a.System.EventStream.Publish(new NodeGone("127.0.0.1:1", Departure.Closed, "s"));
        a.System.EventStream.Publish(new NodeGone(a.Place.ToString(), Departure.Closed, "s"));
        a.System.EventStream.Publish(new NodeGone("no address at all", Departure.Closed, "s"));
        await Task.Delay(1_000);
        Assert.Equal(2, Nodes(a));
    }

    [Fact]
    public async Task A_node_that_is_silent_to_a_server_and_to_the_others_is_removed_before_the_resolver_decides()
    {
        const string undecided = """
            akka.cluster.failure-detector { heartbeat-interval = 100ms, acceptable-heartbeat-pause = 1s, expected-response-after = 100ms }
            akka.cluster.split-brain-resolver { stable-after = 120s, down-all-when-unstable = off }
            akka.coordinated-shutdown.run-by-actor-system-terminate = off
            """;
        await using var a = await RegionNode.InCluster(hocon: undecided);
        a.System.ActorOf(DeadNodes.PropsFor(NullLogger.Instance));
        await using var b = await RegionNode.InCluster(a, hocon: undecided);
        await using var c = await RegionNode.InCluster(a, hocon: undecided);
        await LedgerNode.Until(() => Nodes(a) == 3, "all are there");

        // It listens on its port still, and answers nobody.
        c.System.ActorSelection("/system/cluster/heartbeatReceiver").Tell(PoisonPill.Instance);
        await LedgerNode.Until(() => Akka.Cluster.Cluster.Get(a.System).State.Unreachable.Count == 1, "it is missed");
        Assert.Equal(3, Nodes(a));
        a.System.EventStream.Publish(new NodeGone(c.Place.ToString(), Departure.Silent, "s"));
        await LedgerNode.Until(() => Nodes(a) == 2, "it is removed");
    }

    [Fact]
    public async Task A_port_says_whether_somebody_listens()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var node = new NodeAddress("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);
        Assert.Equal(PortAnswer.Open, await PortProbe.KnockAsync(node));
        listener.Stop();
        Assert.Equal(PortAnswer.Refused, await PortProbe.KnockAsync(node));
        Assert.Equal(PortAnswer.Nothing, await PortProbe.KnockAsync(new("no.such.name.invalid", 1)));
    }

    [Theory]
    [InlineData("10.0.0.1:4060", "10.0.0.1", 4060, "10.0.0.1:4060")]
    [InlineData("node-1", "node-1", 4053, "node-1:4053")]
    [InlineData("[2001:db8::1]:5", "2001:db8::1", 5, "[2001:db8::1]:5")]
    [InlineData("2001:db8::1", "2001:db8::1", 4053, "[2001:db8::1]:4053")]
    public void A_node_is_named_by_host_and_port(string text, string host, int port, string again)
    {
        Assert.True(NodeAddress.TryParse(text, out var node));
        Assert.Equal((host, port, again), (node.Host, node.Port, node.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":5")]
    [InlineData("a:b")]
    [InlineData("a:65536")]
    [InlineData("a b")]
    [InlineData("sip:a@b")]
    public void What_is_no_node_is_told_from_one(string text) => Assert.False(NodeAddress.TryParse(text, out _));

    private static async Task<RegionNode> Start(RegionNode? other = null)
    {
        var node = await RegionNode.InCluster(other, hocon: Patient);
        node.System.ActorOf(DeadNodes.PropsFor(NullLogger.Instance), "dead-nodes");
        return node;
    }

    private static int Nodes(RegionNode node) => Akka.Cluster.Cluster.Get(node.System).State.Members.Count;
}
