using CallActors.TestKit.Tests.Phones;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors.TestKit.Tests;

public sealed class FlowTests : IDisposable
{
    private readonly TestNet _net = new();
    private readonly Phone _alice;
    private readonly Phone _bob;

    public FlowTests()
    {
        _alice = _net.Phone("alice");
        _bob = _net.Phone("bob");
    }

    public void Dispose() => _net.Dispose();

    [Fact]
    public async Task A_flow_connects_two_phones()
    {
        var node = _net.Serves(routes => routes.Invite<Switchboard>(), services => services.AddSingleton(_net));
        var call = await _alice.Invites("bob");
        var incoming = await _bob.ReceivesInvite().Rings();
        await call.Receives(180);
        Assert.Equal(1, node.Calls);
        await incoming.Answers();
        await call.Receives(200).Acks();
        await incoming.ReceivesAck();
        await call.HangsUp();
        await incoming.ReceivesBye();
        _net.AssertNothingLeft();
    }

    [Fact]
    public async Task A_flow_waits_in_virtual_time_and_settles_in_real_time()
    {
        var real = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _net.Serves(routes => routes.Invite<Patience>(), services => services.AddSingleton(real));
        var call = await _alice.Invites("anybody").Receives(180);
        Assert.InRange(_net.Now.TotalSeconds, 30, 30.1);
        _net.Settle(Task.Run(() => real.SetResult(486)));
        await call.Receives(486);
        _net.AssertNothingLeft();
    }

    [Fact]
    public async Task Time_stands_still_while_something_real_is_under_way()
    {
        _net.Serves(routes => routes.Invite<Asking>(), services => services.AddSingleton(_net));
        await _alice.Invites("anybody").Receives(404);
        Assert.InRange(_net.Now.TotalSeconds, 0, 0.1);
        _net.AssertNothingLeft();
    }

    [Fact]
    public async Task A_node_is_cut_off_and_comes_back()
    {
        var node = _net.Serves(routes => routes.Invite<Switchboard>(), services => services.AddSingleton(_net));
        node.Cut();
        _net.RunUntil(() => !node.IsUp);
        _net.RunUntil(() => node.IsUp);
        node.Silence();
        _net.RunUntil(() => !node.IsUp, TimeSpan.FromSeconds(10));
        node.Restore();
        _net.RunUntil(() => node.IsUp);
        var (call, incoming) = _net.Connect(_alice, _bob);
        _net.AssertEnded(call, incoming);
    }

    [Fact]
    public async Task A_node_dies_and_another_serves()
    {
        var first = _net.Serves(routes => routes.Invite<Switchboard>(), services => services.AddSingleton(_net), node: "first");
        first.Dies();
        _net.Serves(routes => routes.Invite<Switchboard>(), services => services.AddSingleton(_net), node: "second");
        var (call, incoming) = _net.Connect(_alice, _bob);
        Assert.Equal(1, _net.Census.Applications);
        _net.AssertEnded(call, incoming);
    }

    [Fact]
    public void A_flow_that_throws_is_told_with_the_ladder()
    {
        _net.Serves(routes => routes.Invite<Broken>());
        var fault = Assert.Throws<LadderException>(() => _alice.Invites("bob").Receives(180));
        Assert.StartsWith("alice expected 180 to INVITE 1, got 500", fault.Message, StringComparison.Ordinal);
        Assert.Contains("InvalidDataException: broken", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_seed_is_the_same_run_with_a_runtime()
    {
        Assert.Equal(Play(), Play());

        static string Play()
        {
            using var net = new TestNet(new TestNetOptions { Link = Net.LinkOptions.Perfect with { Loss = 0.1, Jitter = TimeSpan.FromMilliseconds(3) } });
            net.Serves(routes => routes.Invite<Switchboard>(), services => services.AddSingleton(net));
            for (var i = 0; i < 5; i++)
            {
                var call = net.Phone("alice").Invites("bob");
                var incoming = net.Phone("bob").ReceivesInvite().Answers();
                call.Receives(200).Acks();
                incoming.ReceivesAck();
                net.AssertEnded(call, incoming);
            }

            return net.Ladder.ToString();
        }
    }

    internal sealed class Switchboard(TestNet net) : CallActor
    {
        protected override async Task OnInvite(IncomingCall call)
        {
            var bridge = await call.BridgeTo(net.Phones[call.Called].Uri);
            if (!bridge.IsConnected && !call.IsSettled) await call.Reject(480);
        }
    }

    internal sealed class Patience(TaskCompletionSource<int> real) : CallActor
    {
        protected override async Task OnInvite(IncomingCall call)
        {
            await Task.Delay(TimeSpan.FromSeconds(30), Time);
            _ = call.Ring();
            await call.Reject(await real.Task);
        }
    }

    internal sealed class Asking(TestNet net) : CallActor
    {
        protected override async Task OnInvite(IncomingCall call) => await call.Reject(await net.Real(Find()));

        private static async Task<int> Find()
        {
            await Task.Delay(50).ConfigureAwait(false);
            return 404;
        }
    }

    internal sealed class Broken : CallActor
    {
        protected override Task OnInvite(IncomingCall call) => throw new InvalidDataException("broken");
    }
}
