using CallActors.TestKit;

namespace CallActors.Node.Tests.Pbx;

/// <summary>What can be dialled beside names.</summary>
public sealed class ServiceNumberTests : IDisposable
{
    private readonly PbxNet _pbx = new();
    private readonly Phone _alice;

    public ServiceNumberTests() => _alice = _pbx.Phone("alice");

    public void Dispose() => _pbx.Dispose();

    [Theory]
    [InlineData("busy", 486, null)]
    [InlineData("reject-603-gone-fishing", 603, "gone fishing")]
    [InlineData("reject-302", 302, null)]
    [InlineData("reject-200", 404, null)]
    [InlineData("reject-700", 404, null)]
    [InlineData("reject-", 404, null)]
    [InlineData("ring-171", 404, null)]
    [InlineData("ring-soon", 404, null)]
    [InlineData("hunt", 480, "Nobody Answers")]
    [InlineData("all", 480, "Nobody Answers")]
    public void Numbers_that_say_no(string number, int status, string? reason)
    {
        var alice = _alice.Invites(number).Receives(status);
        if (reason is not null) Assert.Equal(reason, System.Text.Encoding.UTF8.GetString(alice.Response!.ReasonPhrase));
        _pbx.Node.AssertNothingLeft();
    }

    [Fact]
    public void A_number_that_rings_so_long_and_then_gives_up()
    {
        _alice.Invites("ring-5").Receives(180).Receives(480);
        Assert.InRange(_pbx.Net.Now.TotalSeconds, 5, 5.5);
        _pbx.Node.AssertNothingLeft();
    }

    [Fact]
    public void A_number_that_rings_is_given_up()
    {
        var alice = _alice.Invites("ring-60").Receives(180);
        alice.Cancels().Receives(487);
        Assert.InRange(_pbx.Net.Now.TotalSeconds, 0, 2);
        _pbx.Node.AssertNothingLeft();
    }

    [Fact]
    public void The_echo_follows_hold_and_resume_and_hears_the_end()
    {
        var alice = _alice.Invites("echo").Receives(200).Acks();
        Assert.Equal(_alice.Sdp.ToString(), alice.Body.ToString());
        var held = alice.Reinvites(_alice.Sdp.SendOnly()).Receives(200);
        Assert.Contains("a=recvonly", ((SentInvite)held).Acks().Body.ToString(), StringComparison.Ordinal);
        var resumed = alice.Sends("UPDATE", _alice.Sdp.SendOnly().Resumed()).Receives(200);
        Assert.Contains("a=sendrecv", resumed.Body.ToString(), StringComparison.Ordinal);
        alice.HangsUp();
        _pbx.Node.AssertNothingLeft();
    }

    [Fact]
    public void The_echo_has_nothing_to_offer()
    {
        _alice.Invites("echo", PhoneBody.None).Receives(488);
        _pbx.Node.AssertNothingLeft();
    }

    [Fact]
    public void The_hunt_goes_from_one_to_the_next_and_leaves_the_caller_out()
    {
        var (bob, carol, dora) = (_pbx.Phone("bob"), _pbx.Phone("carol"), _pbx.Phone("dora"));
        var alice = _alice.Invites("hunt");
        var first = bob.ReceivesInvite().Rings();
        var began = _pbx.Net.Now;
        first.ReceivesCancel();
        Assert.InRange((_pbx.Net.Now - began).TotalSeconds, 10, 10.5);
        // Who declines speaks for herself alone.
        carol.ReceivesInvite().Rejects(603);
        var last = dora.ReceivesInvite().Answers();
        alice.Receives(180).Receives(200).Acks();
        last.ReceivesAck();
        alice.HangsUp();
        last.ReceivesBye();
        _pbx.Node.AssertNothingLeft();
    }

    [Fact]
    public void A_caller_who_gives_up_ends_the_hunt()
    {
        var (bob, carol) = (_pbx.Phone("bob"), _pbx.Phone("carol"));
        var alice = _alice.Invites("hunt");
        var first = bob.ReceivesInvite().Rings();
        alice.Receives(180).Cancels().Receives(487);
        first.ReceivesCancel();
        carol.ReceivesNothing(TimeSpan.FromSeconds(30));
        _pbx.Node.AssertNothingLeft();
    }

    [Fact]
    public void All_ring_at_once_and_the_first_answer_wins()
    {
        var (bob, carol, dora) = (_pbx.Phone("bob"), _pbx.Phone("carol"), _pbx.Phone("dora"));
        var alice = _alice.Invites("all");
        var atBob = bob.ReceivesInvite().Rings();
        var atCarol = carol.ReceivesInvite().Rings();
        // Who declines speaks for herself alone.
        dora.ReceivesInvite().Rejects(603);
        _pbx.Net.Run(TimeSpan.FromSeconds(20));
        atCarol.Answers();
        atBob.ReceivesCancel();
        Assert.Contains("cause=200", atBob.Invite.Cancel!.TextOf("Reason"), StringComparison.Ordinal);
        alice.Receives(180).Receives(200).Acks();
        atCarol.ReceivesAck();
        Assert.Equal(carol.Sdp.ToString(), alice.Body.ToString());
        _alice.ReceivesNothing(TimeSpan.FromSeconds(1));
        atCarol.HangsUp();
        alice.ReceivesBye();
        _pbx.Node.AssertNothingLeft();
    }

    [Fact]
    public void All_say_no()
    {
        var (bob, carol) = (_pbx.Phone("bob"), _pbx.Phone("carol"));
        var alice = _alice.Invites("all");
        bob.ReceivesInvite().Rejects(486);
        carol.ReceivesInvite().Rejects(603);
        alice.Receives(480);
        _pbx.Node.AssertNothingLeft();
    }

    [Fact]
    public void All_ring_for_a_minute_and_a_caller_who_gives_up_ends_it()
    {
        var (bob, carol) = (_pbx.Phone("bob"), _pbx.Phone("carol"));
        var alice = _alice.Invites("all");
        var atBob = bob.ReceivesInvite().Rings();
        var atCarol = carol.ReceivesInvite().Rings();
        alice.Receives(180).Cancels().Receives(487);
        atBob.ReceivesCancel();
        atCarol.ReceivesCancel();

        alice = _alice.Invites("all");
        var began = _pbx.Net.Now;
        atBob = bob.ReceivesInvite().Rings();
        atCarol = carol.ReceivesInvite().Rings();
        alice.Receives(180);
        _pbx.Net.Run(TimeSpan.FromSeconds(59));
        atBob.ReceivesCancel();
        atCarol.ReceivesCancel();
        Assert.InRange((_pbx.Net.Now - began).TotalSeconds, 59, 61);
        alice.Receives(480);
        _pbx.Node.AssertNothingLeft();
    }

    [Fact]
    public void A_click_calls_the_caller_back_and_then_the_other()
    {
        var bob = _pbx.Phone("bob");
        _alice.Invites("click-bob").Receives(480);
        var alice = _alice.ReceivesInvite();
        Assert.Contains("sip:bob@", alice.Header("From"), StringComparison.Ordinal);
        alice.Rings().Answers().ReceivesAck();
        Assert.Contains("a=inactive", alice.Invite.Ack!.BodyOf().ToString(), StringComparison.Ordinal);
        var other = bob.ReceivesInvite();
        Assert.Contains("sip:alice@", other.Header("From"), StringComparison.Ordinal);
        other.Rings().Answers().ReceivesAck();
        var offered = alice.ReceivesReinvite().Answers(_alice.Sdp.Resumed());
        var asked = other.ReceivesReinvite();
        Assert.Equal(_alice.Sdp.Resumed().ToString(), asked.Body.ToString());
        asked.Answers(bob.Sdp.Again()).ReceivesAck();
        offered.ReceivesAck();
        alice.HangsUp();
        other.ReceivesBye();
        _pbx.Node.AssertNothingLeft();
    }

    [Fact]
    public void A_click_at_somebody_who_does_not_answer_releases_the_caller()
    {
        var bob = _pbx.Phone("bob");
        _alice.Invites("click-bob").Receives(480);
        var alice = _alice.ReceivesInvite().Answers().ReceivesAck();
        bob.ReceivesInvite().Rejects(486);
        alice.ReceivesBye();
        _pbx.Node.AssertNothingLeft();
    }

    [Fact]
    public void A_click_at_nobody_releases_the_caller()
    {
        _alice.Invites("click-nobody").Receives(480);
        _alice.ReceivesInvite().Answers().ReceivesAck().ReceivesBye();
        _pbx.Node.AssertNothingLeft();
    }
}
