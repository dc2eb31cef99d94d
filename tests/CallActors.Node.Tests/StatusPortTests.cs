using System.Net;
using System.Net.Sockets;

namespace CallActors.Node.Tests;

public sealed class StatusPortTests
{
    [Fact]
    public async Task Each_connection_gets_one_line_and_its_end()
    {
        await using var status = new StatusPort(0, new FakeSignalling());
        for (var round = 0; round < 3; round++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(status.Local);
            using var reader = new StreamReader(client.GetStream());
            Assert.Equal("""{"transactions":2,"connections":1,"totals":{"requestsReceived":7}}""" + "\n", await reader.ReadToEndAsync());
        }
    }

    [Fact]
    public async Task A_client_that_is_gone_before_its_line_changes_nothing()
    {
        await using var status = new StatusPort(0, new FakeSignalling());
        for (var round = 0; round < 20; round++)
        {
            using var hasty = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
            await hasty.ConnectAsync(status.Local);
        }
        using var client = new TcpClient();
        await client.ConnectAsync(status.Local);
        using var reader = new StreamReader(client.GetStream());
        Assert.NotEmpty(await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task It_is_reached_from_this_machine_alone()
    {
        await using var status = new StatusPort(0, new FakeSignalling());
        Assert.Equal(IPAddress.Loopback, status.Local.Address);
    }
}
