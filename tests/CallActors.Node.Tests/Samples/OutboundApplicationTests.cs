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
        await Connects(net, () => node.Calls == 1);
        await alice.Receives(180).Receives(200).Acks();
        var bob = await net.Phone("bob").Invites("sales");
        await Connects(net, () => bob.Invite.Heard.Any(response => response.IsFinal));
        await bob.Receives(480);
        Assert.Equal("Gone Fishing", System.Text.Encoding.UTF8.GetString(bob.Response!.ReasonPhrase));
        await alice.HangsUp();
        node.AssertNothingLeft();
        // What remains is the node's own connection.
        net.RunUntil(() => net.Census.Applications == 1);
    }

    // The server dials in real time: virtual time goes on little by little until it has.
    private static async Task Connects(TestNet net, Func<bool> isSo)
    {
        for (var turn = 0; turn < 1000 && !isSo(); turn++)
        {
            net.Settle(Task.Delay(5));
            net.Run(TimeSpan.FromMilliseconds(1));
        }

        await Task.CompletedTask;
    }
}
