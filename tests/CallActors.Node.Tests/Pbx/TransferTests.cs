using CallActors.TestKit;

namespace CallActors.Node.Tests.Pbx;

/// <summary>Transfers between phones, blind and attended.</summary>
public sealed class TransferTests : IDisposable
{
    private readonly PbxNet _pbx = new();
    private readonly Phone _alice;
    private readonly Phone _bob;
    private readonly Phone _carol;

    public TransferTests()
    {
        _alice = _pbx.Phone("alice");
        _bob = _pbx.Phone("bob");
        _carol = _pbx.Phone("carol");
    }

    public void Dispose() => _pbx.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_blind_transfer_brings_the_other_to_a_third(bool byCallee)
    {
        var (alice, bob) = PbxNet.Connect(_alice, _bob);
        var (sends, goes) = byCallee ? ((PhoneDialog)bob, (PhoneDialog)alice) : (alice, bob);
        // By name: she is called where her phone is.
        Refers(sends, $"sip:carol@{_pbx.Net.Sip.Host}");
        var carol = _carol.ReceivesInvite();
        Assert.True(carol.Body.IsEmpty);
        Assert.Contains($"sip:{goes.Phone.Name}@", carol.Header("From"), StringComparison.Ordinal);
        carol.Rings().Answers();
        var offered = goes.ReceivesReinvite();
        Assert.Equal(_carol.Sdp.ToString(), offered.Body.ToString());
        offered.Answers(goes.Phone.Sdp.Again()).ReceivesAck();
        carol.ReceivesAck();
        Assert.Equal(goes.Phone.Sdp.Again().ToString(), carol.Invite.Ack!.BodyOf().ToString());
        IsToldAndReleased(sends);
        carol.HangsUp();
        goes.ReceivesBye();
        _pbx.Node.AssertNothingLeft();
    }

    [Fact]
    public void A_blind_transfer_to_somebody_who_is_busy_leaves_the_two_as_they_were()
    {
        var (alice, bob) = PbxNet.Connect(_alice, _bob);
        Refers(bob, $"sip:carol@{_pbx.Net.Sip.Host}");
        _carol.ReceivesInvite().Rejects(486);
        Assert.StartsWith("SIP/2.0 486", bob.Receives("NOTIFY").Answers(200).Body.ToString(), StringComparison.Ordinal);
        StillTalk(alice, bob);
    }

    [Theory]
    [InlineData("nobody", 404)]
    [InlineData("busy", 404)]
    [InlineData("carol", 480)]
    public void A_blind_transfer_to_a_name_without_a_phone_is_refused(string user, int status)
    {
        _carol.Registers(expires: 0);
        var (alice, bob) = PbxNet.Connect(_alice, _bob);
        bob.Refers($"sip:{user}@{_pbx.Net.Sip.Host}").Receives(status);
        StillTalk(alice, bob);
    }

    [Fact]
    public void A_blind_transfer_to_somebody_elsewhere_calls_there()
    {
        var elsewhere = _pbx.Net.Phone("elsewhere");
        var (alice, bob) = PbxNet.Connect(_alice, _bob);
        Refers(bob, elsewhere.Uri);
        elsewhere.ReceivesInvite().Rejects(480);
        Assert.StartsWith("SIP/2.0 480", bob.Receives("NOTIFY").Answers(200).Body.ToString(), StringComparison.Ordinal);
        StillTalk(alice, bob);
    }

    [Fact]
    public void A_callee_asks_first_and_then_hands_over()
    {
        var (alice, bob) = PbxNet.Connect(_alice, _bob);
        var (asking, carol) = PbxNet.Connect(_bob, _carol);
        Refers(bob, _carol.Uri, asking);
        Swap(alice, carol);
        asking.ReceivesBye();
        IsToldAndReleased(bob);
        alice.HangsUp();
        carol.ReceivesBye();
        _pbx.Node.AssertNothingLeft();
    }

    [Fact]
    public void A_caller_joins_the_two_whom_he_called()
    {
        var (toBob, bob) = PbxNet.Connect(_alice, _bob);
        var hold = toBob.Reinvites(_alice.Sdp.SendOnly());
        bob.ReceivesReinvite().Answers(_bob.Sdp.ReceiveOnly()).ReceivesAck();
        hold.Receives(200).Acks();
        var (toCarol, carol) = PbxNet.Connect(_alice, _carol);
        Refers(toBob, _carol.Uri, toCarol);
        Swap(bob, carol);
        toCarol.ReceivesBye();
        IsToldAndReleased(toBob);
        carol.HangsUp();
        bob.ReceivesBye();
        _pbx.Node.AssertNothingLeft();
    }

    [Fact]
    public void A_call_that_is_over_replaces_nothing()
    {
        var (alice, bob) = PbxNet.Connect(_alice, _bob);
        var (asking, carol) = PbxNet.Connect(_bob, _carol);
        carol.HangsUp();
        asking.ReceivesBye();
        Refers(bob, _carol.Uri, asking);
        Assert.StartsWith("SIP/2.0 481", bob.Receives("NOTIFY").Answers(200).Body.ToString(), StringComparison.Ordinal);
        alice.HangsUp();
        bob.ReceivesBye();
        _pbx.Node.AssertNothingLeft();
    }

    private static void Refers(PhoneDialog from, string uri, PhoneDialog? replaces = null)
    {
        from.Refers(uri, replaces).Receives(202);
        Assert.StartsWith("SIP/2.0 100", from.Receives("NOTIFY").Answers(200).Body.ToString(), StringComparison.Ordinal);
    }

    private void StillTalk(PhoneDialog alice, PhoneDialog bob)
    {
        var hold = alice.Reinvites(_alice.Sdp.SendOnly());
        bob.ReceivesReinvite().Answers(_bob.Sdp.ReceiveOnly()).ReceivesAck();
        hold.Receives(200);
        hold.Acks();
        alice.HangsUp();
        bob.ReceivesBye();
        _pbx.Node.AssertNothingLeft();
    }

    // The one is asked for an offer, which the other answers.
    private static void Swap(PhoneDialog asked, PhoneDialog offered)
    {
        var offer = asked.ReceivesReinvite();
        Assert.True(offer.Body.IsEmpty);
        offer.Answers(asked.Phone.Sdp.Again());
        var answer = offered.ReceivesReinvite();
        Assert.Equal(asked.Phone.Sdp.Again().ToString(), answer.Body.ToString());
        answer.Answers(offered.Phone.Sdp.Again()).ReceivesAck();
        offer.ReceivesAck();
        Assert.Equal(offered.Phone.Sdp.Again().ToString(), offer.Ack!.BodyOf().ToString());
    }

    private static void IsToldAndReleased(PhoneDialog transferor)
    {
        var notify = transferor.Receives("NOTIFY").Answers(200);
        Assert.StartsWith("SIP/2.0 200", notify.Body.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("terminated", notify.Header("Subscription-State"), StringComparison.Ordinal);
        transferor.ReceivesBye();
    }
}
