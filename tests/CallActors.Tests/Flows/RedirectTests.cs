using CallActors.Targets;
using CallActors.TestKit;

namespace CallActors.Tests.Flows;

/// <summary>Redirections of calls that we place: row T2 and its neighbours.</summary>
public sealed class RedirectTests : IDisposable
{
    private readonly LegScene _scene = new();
    private readonly Phone _carol;
    private OutgoingCall? _call;

    public RedirectTests() => _carol = _scene.Net.Phone("carol");

    private InviteOutcome Outcome => _call!.Outcome.IsCompleted ? _call.Outcome.Result : throw new InvalidOperationException("There is no outcome yet.");

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void T2_a_redirection_is_followed_with_the_uri_kept()
    {
        Calls(new RedirectPolicy(KeepRequestUri: true));
        var first = _scene.Bob.ReceivesInvite();
        first.Redirects(_carol.Uri);
        var second = _carol.ReceivesInvite().Answers().ReceivesAck();
        Assert.Equal(first.Invite.RequestUri, second.Invite.RequestUri);
        Assert.NotEqual(first.CallId, second.CallId);
        Assert.True(Outcome.IsAnswered);
        second.HangsUp();
        _scene.Node.AssertNothingLeft();
    }

    [Fact]
    public void T2_a_redirection_is_followed_to_its_contact()
    {
        Calls(RedirectPolicy.Follow);
        _scene.Bob.ReceivesInvite().Redirects(_carol.Uri);
        var carol = _carol.ReceivesInvite().Answers().ReceivesAck();
        Assert.Equal(_carol.Uri, carol.Invite.RequestUri);
        Assert.Equal(_carol.Uri, _call!.Target.Uri);
        carol.HangsUp();
        _scene.Node.AssertNothingLeft();
    }

    [Fact]
    public void T2_a_redirection_is_the_outcome_where_none_is_followed()
    {
        Calls(RedirectPolicy.None);
        _scene.Bob.ReceivesInvite().Redirects(_carol.Uri);
        _scene.Node.AssertNothingLeft();
        Assert.Equal(302, Outcome.Status);
        _carol.ReceivesNothing(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void The_best_contact_comes_first_and_the_next_when_it_fails()
    {
        var dave = _scene.Net.Phone("dave");
        Calls(RedirectPolicy.Follow);
        _scene.Bob.ReceivesInvite().Responds(302, null, [("Contact", $"<{dave.Uri}>;q=0.2, <{_carol.Uri}>;q=0.7")]);
        _carol.ReceivesInvite().Rejects(480);
        var answered = dave.ReceivesInvite().Answers().ReceivesAck();
        answered.HangsUp();
        _scene.Node.AssertNothingLeft();
    }

    [Fact]
    public void A_loop_ends()
    {
        Calls(RedirectPolicy.Follow);
        _scene.Bob.ReceivesInvite().Redirects(_carol.Uri);
        _carol.ReceivesInvite().Redirects(_scene.Bob.Uri);
        _scene.Bob.ReceivesNothing(TimeSpan.FromSeconds(1));
        _scene.Node.AssertNothingLeft();
        Assert.Equal(302, Outcome.Status);
    }

    [Fact]
    public void A_cancel_meets_the_redirected_call()
    {
        Calls(RedirectPolicy.Follow);
        _scene.Bob.ReceivesInvite().Redirects(_carol.Uri);
        var carol = _carol.ReceivesInvite().Rings();
        _ = _scene.Does(_ => _call!.Cancel());
        carol.ReceivesCancel();
        _scene.Node.AssertNothingLeft();
        Assert.IsType<InviteOutcome.Cancelled>(Outcome);
    }

    [Fact]
    public void A_bridge_follows_redirections_too()
    {
        _scene.Invited = call => call.BridgeTo(_scene.Bob.Uri, new BridgeOptions { Redirects = RedirectPolicy.Follow });
        var alice = _scene.Alice.Invites("team");
        _scene.Bob.ReceivesInvite().Redirects(_carol.Uri);
        var carol = _carol.ReceivesInvite().Answers().ReceivesAck();
        alice.Receives(200).Acks();
        _scene.Ends(alice, carol);
    }

    private void Calls(RedirectPolicy policy)
    {
        _scene.Node.Begin<PlayedCall>((Func<PlayedCall, Task>)(call => (_call = call.Calls(_scene.Bob.Uri, new CallOptions { Sdp = LegScene.Ours, Redirects = policy })).Outcome));
    }
}
