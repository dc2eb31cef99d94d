using System.Net;
using System.Net.Sockets;

namespace CallActors.Chaos.Topology;

/// <summary>A partition that leaks would be no partition, and would prove nothing.</summary>
public sealed class ClusterLinkTests : IDisposable
{
    private readonly TcpListener _node = new(IPAddress.Loopback, 0);
    private readonly int _port = Programs.FreePort();
    private readonly ClusterLink _link;
    private int _owner;

    public ClusterLinkTests()
    {
        _node.Start();
        _link = new ClusterLink(_port, ((IPEndPoint)_node.LocalEndpoint).Port, _ => _owner);
        _link.Open();
    }

    public void Dispose()
    {
        _link.Dispose();
        _node.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cut_holds_what_is_sent_either_way_until_it_is_healed_and_leaves_others_alone(bool isNew)
    {
        _owner = 1;
        if (isNew) _link.CutFrom(1);
        using var cut = await ConnectAsync();
        _owner = 2;
        using var other = await ConnectAsync();
        if (!isNew)
        {
            using var before = await _node.AcceptTcpClientAsync();
            _link.CutFrom(1);
            await before.Client.SendAsync(new byte[] { 7 });
            await cut.Client.SendAsync(new byte[] { 8 });
            Assert.False(cut.Client.Poll(200_000, SelectMode.SelectRead));
            Assert.False(before.Client.Poll(200_000, SelectMode.SelectRead));
            _link.Heal();
            Assert.Equal((7, 8), (await ByteOf(cut), await ByteOf(before)));
            return;
        }
        // The one that is not cut is there first.
        using var first = await _node.AcceptTcpClientAsync();
        await other.Client.SendAsync(new byte[] { 9 });
        Assert.Equal(9, await ByteOf(first));
        Assert.False(_node.Pending());
        _link.Heal();
        await cut.Client.SendAsync(new byte[] { 8 });
        using var second = await _node.AcceptTcpClientAsync();
        Assert.Equal(8, await ByteOf(second));
    }

    [Fact]
    public async Task A_dead_nodes_port_is_refused_and_there_again_when_it_starts()
    {
        _link.Close();
        await Assert.ThrowsAnyAsync<SocketException>(ConnectAsync);
        _link.Open();
        using var again = await ConnectAsync();
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public async Task A_connection_is_known_by_its_process_whatever_its_family(AddressFamily family)
    {
        using var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp);
        if (family == AddressFamily.InterNetworkV6) socket.DualMode = true;
        await socket.ConnectAsync(IPAddress.Loopback, _port);
        var own = ((IPEndPoint)socket.LocalEndPoint!).Port;
        Assert.Equal(Environment.ProcessId, ClusterLink.ProcessOf(own, _port, [1, Environment.ProcessId]));
        Assert.Equal(-1, ClusterLink.ProcessOf(own, _port, []));
    }

    private static async Task<int> ByteOf(TcpClient client)
    {
        var one = new byte[1];
        await client.GetStream().ReadExactlyAsync(one);
        return one[0];
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _port);
        // It is known by whoever is asked at this moment.
        await Task.Delay(50);
        return client;
    }
}
