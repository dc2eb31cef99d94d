using CallActors.Descriptions;
using CallActors.Targets;
using CallActors.TestKit;

namespace CallActors.Tests.Flows;

/// <summary>Hold and its end, ours and theirs: rows T9, N12, N13.</summary>
public sealed class HoldTests : IDisposable
{
    private readonly LegScene _scene = new();

    public void Dispose() => _scene.Dispose();

    public static TheoryData<string> Styles => ["sendonly", "inactive", "address", "port", "session sendonly", "session inactive"];

    private static PhoneSdp Held(PhoneSdp sdp, string style) => style switch
    {
        "sendonly" => sdp.SendOnly(),
        "inactive" => sdp.Inactive(),
        "address" => sdp.HeldByAddress(),
        "port" => sdp.HeldByPort(),
        "session sendonly" => sdp.HeldBySession(),
        _ => sdp.HeldBySession("inactive"),
    };

    [Theory]
    [MemberData(nameof(Styles))]
    public void N12_their_hold_is_told_once_in_whatever_style_and_so_is_its_end(string style)
    {
        var alice = _scene.IsCalled();
        var held = alice.Reinvites(Held(_scene.Alice.Sdp, style)).Receives(200).Acks();
        Assert.DoesNotContain("a=sendrecv", held.Body.ToString(), StringComparison.Ordinal);
        Assert.True(_scene.Call.Legs[0].IsHeldByThem);
        Assert.False(_scene.Call.Legs[0].IsHeldByUs);
        alice.Reinvites(Held(_scene.Alice.Sdp, style).Again()).Receives(200).Acks();
        Assert.Equal(["held 1"], _scene.Told);
        var resumed = alice.Reinvites((_scene.Alice.Sdp with { Version = 5 }).Resumed()).Receives(200).Acks();
        Assert.Contains("a=sendrecv", resumed.Body.ToString(), StringComparison.Ordinal);
        Assert.Equal(["held 1", "resumed 1"], _scene.Told);
        Assert.False(_scene.Call.Legs[0].IsHeldByThem);
        _scene.Ends(alice);
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public void N12_a_flow_that_answers_by_itself_is_told_what_the_offer_means(string style)
    {
        List<(RemoteHoldKind Kind, bool IsHeld)> meanings = [];
        _scene.Reinvited = request =>
        {
            meanings.Add((request.Meaning!.Kind, request.Leg.IsHeldByThem));
            return request.Respond(200);
        };
        var alice = _scene.IsCalled();
        alice.Reinvites(Held(_scene.Alice.Sdp, style)).Receives(200).Acks();
        alice.Reinvites((_scene.Alice.Sdp with { Version = 5 }).Resumed()).Receives(200).Acks();
        Assert.Equal([(RemoteHoldKind.Held, false), (RemoteHoldKind.Resumed, true)], meanings);
        _scene.Ends(alice);
    }

    [Fact]
    public void N12_a_hold_by_update_is_told_too()
    {
        var alice = _scene.IsCalled();
        alice.Sends("UPDATE", _scene.Alice.Sdp.SendOnly()).Receives(200);
        alice.Sends("UPDATE", _scene.Alice.Sdp.SendOnly().Resumed()).Receives(200);
        Assert.Equal(["held 1", "resumed 1"], _scene.Told);
        _scene.Ends(alice);
    }

    [Fact]
    public void N12_a_bridge_passes_a_hold_on_and_both_legs_know_whose_it_is()
    {
        var (alice, bob) = _scene.Bridges();
        var hold = alice.Reinvites(_scene.Alice.Sdp.SendOnly());
        var relayed = bob.ReceivesReinvite();
        Assert.Equal(_scene.Alice.Sdp.SendOnly().ToString(), relayed.Body.ToString());
        relayed.Answers(_scene.Bob.Sdp.ReceiveOnly()).ReceivesAck();
        hold.Receives(200).Acks();
        var (a, b) = (_scene.Call.Legs[0], _scene.Call.Legs[1]);
        Assert.Equal((true, false, false, true), (a.IsHeldByThem, a.IsHeldByUs, b.IsHeldByThem, b.IsHeldByUs));
        Assert.Equal(["held 1"], _scene.Told);
        _scene.Ends(alice, bob);
    }

    [Fact]
    public void N13_a_refresh_with_an_implied_direction_is_no_hold()
    {
        var alice = _scene.IsCalled();
        var refresh = alice.Reinvites(_scene.Alice.Sdp.Implied()).Receives(200).Acks();
        Assert.Equal(LegScene.Ours, refresh.Body.ToString());
        Assert.Empty(_scene.Told);
        Assert.False(_scene.Call.Legs[0].IsHeldByThem);
        _scene.Ends(alice);
    }

    [Theory]
    [InlineData(HoldMode.SendOnly, "a=sendonly", "recvonly")]
    [InlineData(HoldMode.Inactive, "a=inactive", "inactive")]
    public void N12_our_hold_holds_until_it_is_ended_and_is_not_taken_for_theirs(HoldMode mode, string offered, string answered)
    {
        var bob = _scene.Calls();
        var leg = _scene.Call.Legs[0];
        var hold = _scene.Does(call => call.Legs[0].Hold(mode));
        var invite = bob.ReceivesReinvite();
        Assert.Contains(offered, invite.Body.ToString(), StringComparison.Ordinal);
        Assert.False(leg.IsHeldByUs);
        invite.Answers(_scene.Bob.Sdp with { Version = 2, Direction = answered }).ReceivesAck();
        Assert.True(_scene.Gets(hold).IsAgreed);
        Assert.Equal((true, false), (leg.IsHeldByUs, leg.IsHeldByThem));
        Assert.True(_scene.Gets(_scene.Does(call => call.Legs[0].Hold(mode))).IsAgreed);
        var resume = _scene.Does(call => call.Legs[0].Resume());
        invite = bob.ReceivesReinvite();
        Assert.Contains("a=sendrecv", invite.Body.ToString(), StringComparison.Ordinal);
        invite.Answers(_scene.Bob.Sdp with { Version = 3 }).ReceivesAck();
        Assert.True(_scene.Gets(resume).IsAgreed);
        Assert.False(leg.IsHeldByUs);
        Assert.Empty(_scene.Told);
        _scene.Ends(bob);
    }

    [Fact]
    public void T9_the_call_and_its_hold_are_both_challenged_and_both_get_credentials()
    {
        var target = CallTarget.Parse(_scene.Bob.Uri) with { Credentials = CredentialsProviders.Always("us", "secret") };
        _scene.Node.Begin<PlayedCall>((Func<PlayedCall, Task>)(call => call.Calls(target).Outcome));
        _scene.Bob.ReceivesInvite().ChallengesWith("bobs");
        var bob = _scene.Bob.ReceivesInvite().Proves("us", "secret").Answers().ReceivesAck();
        var hold = _scene.Does(call => call.Legs[0].Hold());
        bob.ReceivesReinvite().ChallengesWith("bobs");
        var again = bob.ReceivesReinvite().Proves("us", "secret");
        Assert.Contains("a=sendonly", again.Body.ToString(), StringComparison.Ordinal);
        again.Answers(_scene.Bob.Sdp.ReceiveOnly()).ReceivesAck();
        Assert.True(_scene.Gets(hold).IsAgreed);
        Assert.True(_scene.Call.Legs[0].IsHeldByUs);
        _scene.Ends(bob);
    }

    [Fact]
    public void N12_both_sides_may_hold_and_each_ends_its_own()
    {
        var alice = _scene.IsCalled();
        var leg = _scene.Call.Legs[0];
        var hold = _scene.Does(call => call.Legs[0].Hold());
        alice.ReceivesReinvite().Answers(_scene.Alice.Sdp.ReceiveOnly()).ReceivesAck();
        Assert.True(_scene.Gets(hold).IsAgreed);
        var inactive = alice.Reinvites(_scene.Alice.Sdp.Again().Inactive()).Receives(200).Acks();
        Assert.Contains("a=inactive", inactive.Body.ToString(), StringComparison.Ordinal);
        Assert.Equal((true, true), (leg.IsHeldByUs, leg.IsHeldByThem));
        var back = alice.Reinvites(_scene.Alice.Sdp.Again().Again().Resumed()).Receives(200).Acks();
        Assert.Contains("a=sendonly", back.Body.ToString(), StringComparison.Ordinal);
        Assert.Equal((true, false), (leg.IsHeldByUs, leg.IsHeldByThem));
        Assert.Equal(["held 1", "resumed 1"], _scene.Told);
        _scene.Ends(alice);
    }

    [Fact]
    public void N12_a_hold_that_is_refused_is_none()
    {
        var bob = _scene.Calls();
        var hold = _scene.Does(call => call.Legs[0].Hold());
        bob.ReceivesReinvite().Answers(488);
        Assert.False(_scene.Gets(hold).IsAgreed);
        Assert.False(_scene.Call.Legs[0].IsHeldByUs);
        _scene.Ends(bob);
    }
}
