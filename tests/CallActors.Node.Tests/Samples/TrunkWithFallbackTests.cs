using CallActors.Node.Samples;
using CallActors.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors.Node.Tests.Samples;

public sealed class TrunkWithFallbackTests : IDisposable
{
    private readonly TestNet _net = new();
    private readonly Phone _alice;
    private readonly Phone _first;
    private readonly Phone _second;
    private readonly TestNode _node;

    public TrunkWithFallbackTests()
    {
        _alice = _net.Phone("alice");
        _first = _net.Phone("first");
        _second = _net.Phone("second");
        _node = _net.Serves(
            app => app.Invite<TrunkWithFallback>(),
            services => services.AddSingleton(new TrunkWithFallback.Carriers($"{_first.Address}", $"{_second.Address}")));
    }

    public void Dispose() => _net.Dispose();

    [Fact]
    public async Task The_first_carrier_takes_the_call()
    {
        var alice = await _alice.Invites("493012", headers: [("X-Internal-Cost", "7"), ("Subject", "lunch")]);
        var bob = await _first.ReceivesInvite().Rings().Answers();
        Assert.Equal((null, "lunch"), (bob.Header("X-Internal-Cost"), bob.Header("Subject")));
        Assert.Equal($"sip:493012@{_first.Address}", bob.Invite.RequestUri);
        await alice.Receives(180).Receives(200).Acks();
        await bob.ReceivesAck();
        await alice.HangsUp();
        await bob.ReceivesBye();
        _node.AssertNothingLeft();
    }

    [Fact]
    public async Task The_second_carrier_takes_what_the_first_cannot()
    {
        var alice = await _alice.Invites("493012");
        await _first.ReceivesInvite().Rejects(503);
        var bob = await _second.ReceivesInvite().Answers();
        await alice.Receives(200).Acks();
        await bob.ReceivesAck();
        await bob.HangsUp();
        await alice.ReceivesBye();
        _node.AssertNothingLeft();
    }

    [Fact]
    public async Task A_carrier_that_says_nothing_is_given_up_after_four_seconds()
    {
        _first.IsLinkedBy(Net.LinkOptions.Perfect with { IsDown = true });
        var alice = await _alice.Invites("493012");
        var bob = await _second.ReceivesInvite();
        Assert.InRange(_net.Now.TotalSeconds, 4, 40);
        await bob.Answers();
        await alice.Receives(200).Acks();
        await bob.ReceivesAck();
        await bob.HangsUp();
        await alice.ReceivesBye();
        _node.AssertNothingLeft();
    }

    [Fact]
    public async Task Whoever_is_busy_is_not_tried_again()
    {
        var alice = await _alice.Invites("493012");
        await _first.ReceivesInvite().Rejects(486);
        await alice.Receives(486);
        await _second.ReceivesNothing(TimeSpan.FromSeconds(2));
        _node.AssertNothingLeft();
    }

    [Fact]
    public async Task When_both_fail_the_caller_hears_the_last()
    {
        var alice = await _alice.Invites("493012");
        await _first.ReceivesInvite().Rejects(500);
        await _second.ReceivesInvite().Rejects(404);
        await alice.Receives(404);
        _node.AssertNothingLeft();
    }
}
