using CallActors.Headers;
using CallActors.TestKit;

namespace CallActors.Tests.Flows;

/// <summary>Reliable provisional responses (RFC 3262): rows T1 and T27 of the conformance list.</summary>
public sealed class PrackTests : IDisposable
{
    private readonly TestNet _net = new();
    private readonly Phone _alice;
    private readonly Phone _bob;

    public PrackTests()
    {
        _alice = _net.Phone("alice");
        _bob = _net.Phone("bob");
    }

    public void Dispose() => _net.Dispose();

    [Fact]
    public async Task T1_a_reliable_180_is_acknowledged_by_itself()
    {
        InviteOutcome? outcome = null;
        var node = _net.Begins(async flow => outcome = await flow.Calls(_bob.Uri, new CallOptions { Sdp = ScriptedNets.Sdp }).Outcome);
        var bob = await _bob.ReceivesInvite().RingsReliably();
        var prack = await bob.Invite.TakesPrack();
        Assert.Equal($"100 {bob.Invite.Request.CSeq} INVITE", prack.Header("RAck"));
        Assert.True(prack.Body.IsEmpty);
        await prack.Answers(200);
        await bob.Answers().ReceivesAck();
        Assert.True(outcome!.IsAnswered);
        await bob.HangsUp();
        node.AssertNothingLeft();
        Assert.Single(_net.Ladder.Requests("PRACK"));
    }

    [Fact]
    public async Task T1_each_reliable_response_has_its_own_prack_and_a_lost_one_comes_again()
    {
        InviteOutcome? outcome = null;
        List<int> heard = [];
        var node = _net.Begins(async flow => outcome = await flow.Calls(_bob.Uri, new CallOptions
        {
            Sdp = ScriptedNets.Sdp,
            OnProgress = progress =>
            {
                heard.Add(progress.Status);
                return Task.CompletedTask;
            },
        }).Outcome);
        _bob.LosesReceived("PRACK", 1);
        var bob = await _bob.ReceivesInvite().RingsReliably(183, _bob.Sdp).ReceivesPrack();
        await bob.RingsReliably(180).ReceivesPrack();
        await bob.Answers().ReceivesAck();
        Assert.True(outcome!.IsAnswered);
        Assert.Equal([183, 180], heard.Distinct());
        await bob.HangsUp();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task T27_a_reliable_180_is_reliable_on_both_legs()
    {
        Bridge? bridge = null;
        var node = _net.Answers(async call => bridge = await call.BridgeTo(_bob.Uri, new BridgeOptions { RequestHeaders = HeaderPolicy.All, ResponseHeaders = HeaderPolicy.All }));
        var alice = await _alice.Invites("bob", headers: [("Supported", "100rel")]);
        var bob = await _bob.ReceivesInvite().RingsReliably(180, null, [("X-Ring", "twice")]).ReceivesPrack();
        await alice.Receives(180);
        Assert.Contains("100rel", alice.Header("Require"), StringComparison.Ordinal);
        Assert.Equal("twice", alice.Header("X-Ring"));
        await alice.Pracks();
        await bob.Answers();
        await alice.Receives(200).Acks();
        await bob.ReceivesAck();
        Assert.True(bridge!.IsConnected);
        Assert.Equal(2, _net.Ladder.Requests("PRACK").Count());
        await alice.HangsUp();
        await bob.ReceivesBye();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task T27_the_200_waits_for_the_callers_prack()
    {
        var node = _net.Answers(call => call.BridgeTo(_bob.Uri));
        var alice = await _alice.Invites("bob", headers: [("Supported", "100rel")]);
        var bob = await _bob.ReceivesInvite().RingsReliably(183, _bob.Sdp).ReceivesPrack();
        await alice.Receives(183);
        Assert.Equal(_bob.Sdp.ToString(), alice.Body.ToString());
        await bob.Answers();
        _net.Run(TimeSpan.FromSeconds(3));
        Assert.DoesNotContain(alice.Invite.Heard, response => response.StatusCode == 200);
        await alice.Pracks();
        await alice.Receives(200).Acks();
        await bob.ReceivesAck();
        await bob.HangsUp();
        await alice.ReceivesBye();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task T27_a_caller_who_knows_no_100rel_hears_an_ordinary_180()
    {
        var node = _net.Answers(call => call.BridgeTo(_bob.Uri, new BridgeOptions { ResponseHeaders = HeaderPolicy.All }));
        var alice = await _alice.Invites("bob");
        var bob = await _bob.ReceivesInvite().RingsReliably().ReceivesPrack();
        await alice.Receives(180);
        Assert.Null(alice.Header("Require"));
        Assert.Null(alice.Header("RSeq"));
        await bob.Answers();
        await alice.Receives(200).Acks();
        await bob.ReceivesAck();
        await alice.HangsUp();
        await bob.ReceivesBye();
        node.AssertNothingLeft();
    }
}
