using CallActors.Headers;
using CallActors.Ringing;
using CallActors.Targets;
using CallActors.TestKit;

namespace CallActors.Tests.Flows;

/// <summary>A caller and several targets: one after the other, all at once, in groups for a time; and forks (N16).</summary>
public sealed class RingPlanTests : IDisposable
{
    private const string Elsewhere = "SIP;cause=200;text=\"Call completed elsewhere\"";

    private readonly LegScene _scene = new();
    private readonly Phone _carol;
    private readonly Phone _dave;
    private Bridge? _bridge;

    public RingPlanTests() => (_carol, _dave) = (_scene.Net.Phone("carol"), _scene.Net.Phone("dave"));

    private Phone Bob => _scene.Bob;

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void The_first_of_all_at_once_wins_and_the_others_are_told_that_somebody_answered()
    {
        var alice = Rings(RingPlan.Parallel(Bob.Uri, _carol.Uri, _dave.Uri));
        var bob = Bob.ReceivesInvite().Rings();
        var carol = _carol.ReceivesInvite().Rings();
        var dave = _dave.ReceivesInvite().Rings();
        alice.Receives(180);
        Assert.Equal(_scene.Alice.Sdp.ToString(), dave.Body.ToString());
        carol.Answers();
        bob.ReceivesCancel();
        dave.ReceivesCancel();
        Assert.Equal(Elsewhere, bob.Invite.Cancel!.TextOf("Reason"));
        Assert.Equal(Elsewhere, dave.Invite.Cancel!.TextOf("Reason"));
        alice.Receives(200).Acks();
        carol.ReceivesAck();
        Assert.Equal(_carol.Sdp.ToString(), alice.Body.ToString());
        Assert.Equal(_carol.Uri, _bridge!.B!.Target.Uri);
        _scene.Ends(alice, carol);
    }

    [Fact]
    public void Who_answers_as_second_is_released()
    {
        var alice = Rings(RingPlan.Parallel(Bob.Uri, _carol.Uri));
        var bob = Bob.ReceivesInvite();
        var carol = _carol.ReceivesInvite();
        bob.Answers();
        carol.Answers().ReceivesAck();
        carol.ReceivesBye();
        bob.ReceivesAck();
        alice.Receives(200).Acks();
        _scene.Ends(alice, bob);
    }

    [Fact]
    public void One_after_the_other_until_one_answers()
    {
        var alice = Rings(RingPlan.Serial(Bob.Uri, _carol.Uri, _dave.Uri));
        Bob.ReceivesInvite().Rejects(486);
        _carol.ReceivesInvite().Rings().Rejects(480);
        var dave = _dave.ReceivesInvite().Answers().ReceivesAck();
        alice.Receives(180).Receives(200).Acks();
        Assert.True(_bridge!.IsConnected);
        _scene.Ends(alice, dave);
    }

    [Fact]
    public void Groups_ring_for_their_time_and_then_the_next_does()
    {
        var alice = Rings(RingPlan.Serial(RingPlan.Parallel(Bob.Uri, _carol.Uri).For(TimeSpan.FromSeconds(15)), _dave.Uri));
        var bob = Bob.ReceivesInvite().Rings();
        var carol = _carol.ReceivesInvite().Rings();
        var began = _scene.Net.Now;
        bob.ReceivesCancel();
        carol.ReceivesCancel();
        Assert.InRange((_scene.Net.Now - began).TotalSeconds, 14.9, 15.1);
        Assert.Equal(RingReasons.TimedOut, bob.Invite.Cancel!.TextOf("Reason"));
        var dave = _dave.ReceivesInvite().Answers().ReceivesAck();
        alice.Receives(180).Receives(200).Acks();
        _scene.Ends(alice, dave);
    }

    [Fact]
    public void A_target_that_is_added_while_others_ring_rings_too()
    {
        var late = new LateTargets();
        var alice = Rings(RingPlan.Parallel(Bob.Uri), new BridgeOptions { Late = late });
        var bob = Bob.ReceivesInvite().Rings();
        alice.Receives(180);
        Assert.True(_scene.Gets(_scene.Does(_ => Task.FromResult(late.Add(_carol.Uri)))));
        var carol = _carol.ReceivesInvite().Rings().Answers().ReceivesAck();
        bob.ReceivesCancel();
        alice.Receives(200).Acks();
        Assert.False(_scene.Gets(_scene.Does(_ => Task.FromResult(late.Add(_dave.Uri)))));
        _scene.Ends(alice, carol);
    }

    [Fact]
    public void A_caller_who_goes_ends_all_of_it()
    {
        var alice = Rings(RingPlan.Serial(RingPlan.Parallel(Bob.Uri, _carol.Uri), _dave.Uri));
        var bob = Bob.ReceivesInvite().Rings();
        var carol = _carol.ReceivesInvite().Rings();
        alice.Receives(180).Cancels("SIP;cause=600;text=\"Busy Everywhere\"").Receives(487);
        bob.ReceivesCancel();
        carol.ReceivesCancel();
        Assert.Equal("SIP;cause=600;text=\"Busy Everywhere\"", bob.Invite.Cancel!.TextOf("Reason"));
        _dave.ReceivesNothing(TimeSpan.FromSeconds(1));
        _scene.Node.AssertNothingLeft();
        Assert.IsType<InviteOutcome.Cancelled>(_bridge!.Outcome);
    }

    [Fact]
    public void When_all_fail_the_caller_hears_the_best_of_it()
    {
        var alice = Rings(RingPlan.Parallel(Bob.Uri, _carol.Uri, _dave.Uri));
        Bob.ReceivesInvite().Rejects(503);
        _carol.ReceivesInvite().Rejects(486, reason: "Lunch");
        _dave.ReceivesInvite().Rejects(500);
        alice.Receives(486);
        Assert.Equal("Lunch", System.Text.Encoding.UTF8.GetString(alice.Response!.ReasonPhrase));
        Assert.Equal(486, _bridge!.Outcome.Status);
        _scene.Node.AssertNothingLeft();
    }

    [Fact]
    public void A_6xx_speaks_for_everybody()
    {
        var alice = Rings(RingPlan.Parallel(Bob.Uri, _carol.Uri));
        var bob = Bob.ReceivesInvite().Rings();
        _carol.ReceivesInvite().Rejects(603);
        bob.ReceivesCancel();
        alice.Receives(180).Receives(603);
        _scene.Node.AssertNothingLeft();
    }

    [Fact]
    public void Nobody_in_time_is_a_time_out()
    {
        var alice = Rings(RingPlan.Parallel(Bob.Uri, _carol.Uri), new BridgeOptions { RingTimeout = TimeSpan.FromSeconds(20) });
        var bob = Bob.ReceivesInvite().Rings();
        var carol = _carol.ReceivesInvite().Rings();
        bob.ReceivesCancel();
        carol.ReceivesCancel();
        alice.Receives(180).Receives(408);
        Assert.Equal(new InviteOutcome.TimedOut(TimeSpan.FromSeconds(20)), _bridge!.Outcome);
        _scene.Node.AssertNothingLeft();
    }

    [Fact]
    public void A_failed_plan_leaves_the_caller_to_another()
    {
        _scene.Invited = async call =>
        {
            _bridge = await call.BridgeTo(Bob.Uri);
            if (!_bridge.IsConnected) _bridge = await call.BridgeTo(_carol.Uri);
        };
        var alice = _scene.Alice.Invites("team");
        Bob.ReceivesInvite().Rejects(486);
        var carol = _carol.ReceivesInvite().Answers().ReceivesAck();
        alice.Receives(200).Acks();
        _scene.Ends(alice, carol);
    }

    [Fact]
    public void Each_target_has_its_own_way_caller_headers_and_credentials()
    {
        var trunk = CallTarget.Parse("sip:+4930123@carrier.example") with
        {
            NextHop = _carol.Uri,
            Caller = new CallerIdentity { Number = "+4940999", Name = "Desk" },
            Headers = HeaderPolicy.None.Set("X-Trunk", "7"),
            Credentials = CredentialsProviders.Always("trunk", "secret"),
        };
        var alice = Rings(RingPlan.Parallel(Bob.Uri, trunk), new BridgeOptions { RequestHeaders = HeaderPolicy.None.Copy("Subject") }, [("Subject", "lunch")]);
        var bob = Bob.ReceivesInvite().Rings();
        Assert.Equal(("lunch", null), (bob.Header("Subject"), bob.Header("X-Trunk")));
        Assert.StartsWith("<sip:alice@", bob.Header("From"), StringComparison.Ordinal);
        var carol = _carol.ReceivesInvite().ChallengesWith("carrier");
        carol = _carol.ReceivesInvite().Proves("trunk", "secret");
        Assert.Equal("sip:+4930123@carrier.example", carol.Invite.RequestUri);
        Assert.Equal((null, "7"), (carol.Header("Subject"), carol.Header("X-Trunk")));
        Assert.StartsWith("\"Desk\" <sip:+4940999@", carol.Header("From"), StringComparison.Ordinal);
        carol.Answers().ReceivesAck();
        bob.ReceivesCancel();
        alice.Receives(180).Receives(200).Acks();
        _scene.Ends(alice, carol);
    }

    [Fact]
    public void A_bare_host_is_given_the_number_that_was_called()
    {
        var alice = Rings($"{Bob.Address}");
        var bob = Bob.ReceivesInvite().Answers().ReceivesAck();
        Assert.Equal($"sip:team@{Bob.Address}", bob.Invite.RequestUri);
        alice.Receives(200).Acks();
        _scene.Ends(alice, bob);
    }

    [Fact]
    public void A_caller_without_an_offer_answers_whoever_offers_first()
    {
        _scene.Invited = async call => _bridge = await call.BridgeTo(RingPlan.Parallel(Bob.Uri, _carol.Uri));
        var alice = _scene.Alice.Invites("team", PhoneBody.None);
        var bob = Bob.ReceivesInvite().Rings();
        var carol = _carol.ReceivesInvite().Rings();
        Assert.True(carol.Body.IsEmpty);
        carol.Answers();
        bob.ReceivesCancel();
        alice.Receives(180).Receives(200).Acks(_scene.Alice.Sdp);
        Assert.Equal(_carol.Sdp.ToString(), alice.Body.ToString());
        carol.ReceivesAck();
        Assert.Equal(_scene.Alice.Sdp.ToString(), carol.Invite.Ack!.BodyOf().ToString());
        Assert.True(_bridge!.IsConnected);
        _scene.Ends(alice, carol);
    }

    [Fact]
    public void Targets_that_are_none_are_told_at_the_call()
    {
        Assert.Throws<ArgumentException>(() => RingPlan.Parallel(Bob.Uri, "no target at all"));
        Assert.Throws<ArgumentException>(() => (RingPlan)"");
    }

    [Fact]
    public void N16_the_second_fork_that_answers_is_released()
    {
        var bob = _scene.Calls();
        var fork = bob.Forks();
        fork.Answers().ReceivesAck();
        fork.ReceivesBye();
        Assert.True(_scene.Gets(_scene.Does(call => ((OutgoingCall)call.Legs[0]).Outcome)).IsAnswered);
        _scene.Ends(bob);
    }

    private PlacedCall Rings(RingPlan plan, BridgeOptions? options = null, (string, string?)[]? headers = null)
    {
        _scene.Invited = async call => _bridge = await call.BridgeTo(plan, options);
        return _scene.Alice.Invites("team", headers: headers);
    }
}
