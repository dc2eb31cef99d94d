using CallActors.Node.Samples;
using CallActors.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors.Node.Tests.Samples;

public sealed class RingingTests : IDisposable
{
    private readonly TestNet _net = new();
    private readonly Phone _alice;
    private readonly Phone _desk;
    private readonly Phone _mobile;
    private readonly Phone _voicemail;

    public RingingTests()
    {
        _alice = _net.Phone("alice");
        _desk = _net.Phone("desk");
        _mobile = _net.Phone("mobile");
        _voicemail = _net.Phone("voicemail");
    }

    public void Dispose() => _net.Dispose();

    [Fact]
    public async Task Both_phones_ring_and_the_one_that_is_not_answered_is_told()
    {
        var node = Rings();
        var alice = await _alice.Invites("bob");
        var desk = await _desk.ReceivesInvite().Rings();
        var mobile = await _mobile.ReceivesInvite().Rings();
        await mobile.Answers();
        await desk.ReceivesCancel();
        Assert.Contains("completed elsewhere", desk.Invite.Cancel!.TextOf("Reason"), StringComparison.Ordinal);
        await alice.Receives(180);
        await Ends(node, alice, mobile);
    }

    [Fact]
    public async Task Voicemail_answers_when_nobody_does()
    {
        var node = Rings();
        var alice = await _alice.Invites("bob");
        var desk = await _desk.ReceivesInvite().Rings();
        await _mobile.ReceivesInvite().Rejects(486);
        await desk.ReceivesCancel();
        Assert.InRange(_net.Now.TotalSeconds, 25, 25.5);
        var voicemail = await _voicemail.ReceivesInvite().Answers();
        await alice.Receives(180);
        await Ends(node, alice, voicemail);
    }

    [Fact]
    public async Task Nobody_has_no_phones()
    {
        var node = Rings();
        await _alice.Invites("nobody").Receives(404);
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task A_hunt_group_is_rung_one_after_the_other_and_whoever_had_a_call_is_last()
    {
        var node = _net.Serves(app => app.Invite<HuntGroup>(), services => services.AddSingleton(new HuntGroup.Team(_desk.Uri, _mobile.Uri)));
        var alice = await _alice.Invites("sales");
        var desk = await _desk.ReceivesInvite().Rings();
        await desk.ReceivesCancel();
        Assert.InRange(_net.Now.TotalSeconds, 10, 10.5);
        var mobile = await _mobile.ReceivesInvite().Rings().Answers();
        await alice.Receives(180);
        await Ends(node, alice, mobile);

        alice = await _alice.Invites("sales");
        desk = await _desk.ReceivesInvite().Answers();
        await alice.Receives(180);
        await Ends(node, alice, desk);
        alice = await _alice.Invites("sales");
        mobile = await _mobile.ReceivesInvite().Answers();
        await alice.Receives(180);
        await Ends(node, alice, mobile);
    }

    [Fact]
    public async Task A_hunt_group_where_nobody_is_says_when_to_call_again()
    {
        var node = _net.Serves(app => app.Invite<HuntGroup>(), services => services.AddSingleton(new HuntGroup.Team(_desk.Uri, _mobile.Uri)));
        var alice = await _alice.Invites("sales");
        await _desk.ReceivesInvite().Rejects(486);
        await _mobile.ReceivesInvite().Rejects(404);
        await alice.Receives(180).Receives(480);
        Assert.Equal("60", alice.Header("Retry-After"));
        node.AssertNothingLeft();
    }

    private TestNode Rings() => _net.Serves(
        app => app.Invite<Simring>(),
        services => services.AddSingleton(new Simring.Phones(user => user == "bob" ? [_desk.Uri, _mobile.Uri] : [], _voicemail.Uri)));

    private static async Task Ends(TestNode node, PlacedCall alice, OfferedCall other)
    {
        await alice.Receives(200).Acks();
        await other.ReceivesAck();
        await alice.HangsUp();
        await other.ReceivesBye();
        node.AssertNothingLeft();
    }
}
