using CallActors.Node.Samples;
using CallActors.Server.Configuration;
using CallActors.TestKit;

namespace CallActors.Node.Tests.Samples;

public sealed class OutboundApplicationTests
{
    // Where a node of the name "node" lives.
    private const string There = "tcp://10.0.2.1:9023";

    [Fact]
    public async Task The_server_connects_for_each_call_and_hangs_up_the_connection_behind_it()
    {
        await using var net = new TestNet(new TestNetOptions
        {
            Server = options => options with { RequestHandlers = [new RequestHandlerOptions { Method = "INVITE", Url = There, Target = new Uri(There) }] },
        });
        var node = net.Serves(OutboundApplication.Route, configure: options => options with { Listeners = [OutboundApplication.Listener(9023)] });
        var alice = await net.Phone("alice").Invites("echo");
        var bob = await net.Phone("bob").Invites("sales");
        await bob.Receives(480);
        await alice.Receives(180).Receives(200).Acks();
        // The node's own connection, and that of the call.
        Assert.Equal(2, net.Census.Applications);
        await alice.HangsUp();
        node.AssertNothingLeft();
        Assert.Equal(1, net.Census.Applications);
    }
}
