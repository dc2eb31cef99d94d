using CallActors.TestKit;

namespace CallActors.Node.Tests.Pbx;

/// <summary>Users call each other by name.</summary>
public sealed class ExtensionTests : IDisposable
{
    private readonly PbxNet _pbx = new();
    private readonly Phone _alice;
    private readonly Phone _bob;

    public ExtensionTests()
    {
        _alice = _pbx.Phone("alice");
        _bob = _pbx.Phone("bob");
    }

    public void Dispose() => _pbx.Dispose();

    [Fact]
    public void They_talk_until_the_caller_hangs_up()
    {
        var (alice, bob) = PbxNet.Connect(_alice, _bob);
        Assert.Equal(_bob.Sdp.ToString(), alice.Body.ToString());
        Assert.Equal(_alice.Sdp.ToString(), bob.Body.ToString());
        Assert.Contains("sip:alice@", bob.Header("From"), StringComparison.Ordinal);
        alice.HangsUp();
        bob.ReceivesBye();
        _pbx.Node.AssertNothingLeft();
    }

    [Fact]
    public void They_talk_until_the_callee_hangs_up()
    {
        var (alice, bob) = PbxNet.Connect(_alice, _bob);
        bob.HangsUp();
        alice.ReceivesBye();
        _pbx.Node.AssertNothingLeft();
    }

    [Fact]
    public void A_caller_who_gives_up_stops_the_ringing()
    {
        var alice = _alice.Invites("bob");
        var bob = _bob.ReceivesInvite().Rings();
        alice.Receives(180).Cancels().Receives(487);
        bob.ReceivesCancel();
        _pbx.Node.AssertNothingLeft();
    }

    [Theory]
    [InlineData(486)]
    [InlineData(603)]
    public void What_the_phone_says_is_what_the_caller_hears(int status)
    {
        var alice = _alice.Invites("bob");
        _bob.ReceivesInvite().Rejects(status);
        alice.Receives(status);
        _pbx.Node.AssertNothingLeft();
    }

    [Fact]
    public void A_phone_that_nobody_picks_up_rings_for_a_minute()
    {
        var alice = _alice.Invites("bob");
        var bob = _bob.ReceivesInvite().Rings();
        alice.Receives(180);
        _pbx.Net.Run(TimeSpan.FromSeconds(59));
        bob.ReceivesCancel();
        Assert.InRange(_pbx.Net.Now.TotalSeconds, 60, 61);
        alice.Receives(408);
        _pbx.Node.AssertNothingLeft();
    }

    [Fact]
    public void Whoever_never_registered_does_not_exist() => Fails("nobody", 404);

    [Fact]
    public void Whoever_has_left_is_away()
    {
        _bob.Registers(expires: 0);
        Fails("bob", 480);
    }

    [Fact]
    public void Whoever_did_not_register_again_is_away()
    {
        _pbx.Net.Run(TimeSpan.FromMinutes(61));
        Fails("bob", 480);
    }

    [Fact]
    public void A_user_with_two_phones_picks_up_either()
    {
        // A second phone of the same user, at another address.
        var mobile = _pbx.Net.Phone("mobile");
        mobile.Sends("REGISTER", "bob", headers: [("To", _bob.From), ("Expires", "600")]).Receives(200);
        var alice = _alice.Invites("bob");
        var desk = _bob.ReceivesInvite().Rings();
        var answering = mobile.ReceivesInvite().Rings().Answers();
        desk.ReceivesCancel();
        alice.Receives(180).Receives(200).Acks();
        answering.ReceivesAck();
        answering.HangsUp();
        alice.ReceivesBye();
        _pbx.Node.AssertNothingLeft();
    }

    [Fact]
    public void Hold_and_resume_reach_the_other_side()
    {
        var (alice, bob) = PbxNet.Connect(_alice, _bob);
        var hold = alice.Reinvites(_alice.Sdp.SendOnly());
        bob.ReceivesReinvite().Answers(_bob.Sdp.ReceiveOnly()).ReceivesAck();
        Assert.Contains("a=recvonly", hold.Receives(200).Acks().Body.ToString(), StringComparison.Ordinal);
        // The one who is held may resume nothing; the one who holds may.
        var resume = alice.Reinvites(_alice.Sdp.SendOnly().Resumed());
        var asked = bob.ReceivesReinvite();
        Assert.Contains("a=sendrecv", asked.Body.ToString(), StringComparison.Ordinal);
        asked.Answers(_bob.Sdp.ReceiveOnly().Resumed()).ReceivesAck();
        resume.Receives(200).Acks();
        bob.HangsUp();
        alice.ReceivesBye();
        _pbx.Node.AssertNothingLeft();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_update_passes_from_either_side_as_what_every_phone_understands(bool fromCaller)
    {
        var (alice, bob) = PbxNet.Connect(_alice, _bob);
        var (from, to) = fromCaller ? ((PhoneDialog)alice, (PhoneDialog)bob) : (bob, alice);
        var update = from.Sends("UPDATE", from.Phone.Sdp.SendOnly());
        var asked = to.ReceivesReinvite();
        Assert.Contains("a=sendonly", asked.Body.ToString(), StringComparison.Ordinal);
        asked.Answers(to.Phone.Sdp.ReceiveOnly()).ReceivesAck();
        Assert.Contains("a=recvonly", update.Receives(200).Body.ToString(), StringComparison.Ordinal);
        alice.HangsUp();
        bob.ReceivesBye();
        _pbx.Node.AssertNothingLeft();
    }

    [Fact]
    public void Keys_and_messages_pass()
    {
        var (alice, bob) = PbxNet.Connect(_alice, _bob);
        var key = alice.Sends("INFO", PhoneBody.Of("application/dtmf-relay", "Signal=5\r\n"));
        Assert.Equal("Signal=5\r\n", bob.Receives("INFO").Answers(200).Body.ToString());
        key.Receives(200);
        var message = bob.Sends("MESSAGE", "on my way");
        Assert.Equal("on my way", alice.Receives("MESSAGE").Answers(202).Body.ToString());
        message.Receives(202);
        alice.HangsUp();
        bob.ReceivesBye();
        _pbx.Node.AssertNothingLeft();
    }

    private void Fails(string user, int status)
    {
        _alice.Registers();
        _alice.Invites(user).Receives(status);
        _pbx.Node.AssertNothingLeft();
    }
}
