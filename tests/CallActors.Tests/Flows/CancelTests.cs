using CallActors.Targets;
using CallActors.TestKit;

namespace CallActors.Tests.Flows;

/// <summary>Calls that are given up: rows T18 and T31 of the conformance list.</summary>
public sealed class CancelTests : IDisposable
{
    private const string Reason = "SIP;cause=200;text=\"Call completed elsewhere\"";

    private readonly TestNet _net = new();
    private readonly Phone _alice;
    private readonly Phone _bob;

    public CancelTests()
    {
        _alice = _net.Phone("alice");
        _bob = _net.Phone("bob");
    }

    public void Dispose() => _net.Dispose();

    [Fact]
    public async Task T18_a_cancel_at_the_first_provisional_response_carries_its_reason()
    {
        InviteOutcome? outcome = null;
        var node = _net.Begins(async flow => outcome = await flow.Calls(_bob.Uri, new CallOptions
        {
            Sdp = ScriptedNets.Sdp,
            OnProgress = progress => progress.Call.Cancel(Reason),
        }).Outcome);
        var bob = await _bob.ReceivesInvite().Rings().ReceivesCancel();
        Assert.Equal(Reason, bob.Invite.Cancel!.TextOf("Reason"));
        node.AssertNothingLeft();
        Assert.IsType<InviteOutcome.Cancelled>(outcome);
        Assert.Equal(487, outcome.Status);
        Assert.False(Assert.Single(node.Records).HasFailed);
    }

    [Fact]
    public async Task T18_a_cancel_before_any_response_waits_for_the_first()
    {
        InviteOutcome? outcome = null;
        _bob.SendsTrying = false;
        var node = _net.Begins(async flow =>
        {
            var call = flow.Calls(_bob.Uri, new CallOptions { Sdp = ScriptedNets.Sdp });
            outcome = await call.Cancel(Reason);
        });
        var bob = await _bob.ReceivesInvite();
        _net.Run(TimeSpan.FromSeconds(2));
        Assert.Empty(_net.Ladder.Requests("CANCEL"));
        await bob.Rings().ReceivesCancel();
        Assert.Equal(Reason, bob.Invite.Cancel!.TextOf("Reason"));
        node.AssertNothingLeft();
        Assert.IsType<InviteOutcome.Cancelled>(outcome);
    }

    [Fact]
    public async Task T18_a_cancel_that_crosses_the_answer_leaves_no_call()
    {
        InviteOutcome? outcome = null;
        var node = _net.Begins(async flow => outcome = await flow.Calls(_bob.Uri, new CallOptions
        {
            Sdp = ScriptedNets.Sdp,
            OnProgress = progress => progress.Call.Cancel(Reason),
        }).Outcome);
        var bob = await _bob.ReceivesInvite().Rings().Answers();
        await bob.ReceivesAck().ReceivesBye();
        node.AssertNothingLeft();
        Assert.IsType<InviteOutcome.Cancelled>(outcome);
    }

    [Fact]
    public async Task T18_two_cancels_are_one()
    {
        var node = _net.Begins(async flow =>
        {
            var call = flow.Calls(CallTarget.Parse(_bob.Uri) with { RingTimeout = TimeSpan.FromSeconds(3) }, new CallOptions { Sdp = ScriptedNets.Sdp });
            await Task.Delay(TimeSpan.FromSeconds(2), _net.Time);
            await Task.WhenAll(call.Cancel(Reason), call.Cancel("other"), call.Hangup());
        });
        var bob = await _bob.ReceivesInvite().Rings().ReceivesCancel();
        Assert.Equal(Reason, bob.Invite.Cancel!.TextOf("Reason"));
        node.AssertNothingLeft();
        Assert.Single(_net.Ladder.Requests("CANCEL"));
    }

    [Fact]
    public async Task T31_the_caller_cancels_with_a_reason()
    {
        Bridge? bridge = null;
        var cancelled = false;
        var node = _net.Answers(async call =>
        {
            bridge = await call.BridgeTo(_bob.Uri);
            cancelled = call.IsCancelled && call.Cancelled.IsCancellationRequested;
        });
        var alice = await _alice.Invites("bob");
        var bob = await _bob.ReceivesInvite().Rings();
        await alice.Receives(180).Cancels(Reason);
        await bob.ReceivesCancel();
        Assert.Equal(Reason, bob.Invite.Cancel!.TextOf("Reason"));
        await alice.Receives(487);
        node.AssertNothingLeft();
        Assert.Equal((false, 487, true), (bridge!.IsConnected, Assert.IsType<InviteOutcome.Cancelled>(bridge.Outcome).Status, cancelled));
        Assert.Equal("Call completed elsewhere", Assert.IsType<InviteOutcome.Cancelled>(bridge.Outcome).Reason);
        Assert.False(Assert.Single(node.Records).HasFailed);
    }

    [Fact]
    public async Task T31_a_cancel_without_a_reason_has_none_for_the_callee_either()
    {
        var node = _net.Answers(call => call.BridgeTo(_bob.Uri));
        var alice = await _alice.Invites("bob");
        var bob = await _bob.ReceivesInvite().Rings();
        await alice.Receives(180).Cancels();
        await bob.ReceivesCancel();
        Assert.Null(bob.Invite.Cancel!.TextOf("Reason"));
        await alice.Receives(487);
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task T31_a_caller_who_cancels_before_the_callee_has_said_anything()
    {
        _bob.SendsTrying = false;
        Bridge? bridge = null;
        var node = _net.Answers(async call => bridge = await call.BridgeTo(_bob.Uri));
        var alice = await _alice.Invites("bob").Receives(100);
        var bob = await _bob.ReceivesInvite();
        await alice.Cancels(Reason).Receives(487);
        _net.Run(TimeSpan.FromSeconds(1));
        await bob.Rings().ReceivesCancel();
        node.AssertNothingLeft();
        Assert.IsType<InviteOutcome.Cancelled>(bridge!.Outcome);
    }

    [Fact]
    public async Task T31_a_caller_who_cancels_ahead_of_the_bridge_makes_no_phone_ring()
    {
        Bridge? bridge = null;
        var node = _net.Answers(async call =>
        {
            await Task.Delay(TimeSpan.FromSeconds(2), _net.Time);
            bridge = await call.BridgeTo(_bob.Uri);
        });
        var alice = await _alice.Invites("bob").Receives(100);
        _net.Run(TimeSpan.FromSeconds(1));
        await alice.Cancels().Receives(487);
        await _bob.ReceivesNothing(TimeSpan.FromSeconds(5));
        node.AssertNothingLeft();
        Assert.IsType<InviteOutcome.Cancelled>(bridge!.Outcome);
    }
}
