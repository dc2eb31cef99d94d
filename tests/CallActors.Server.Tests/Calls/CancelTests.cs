using CallActors.Control.Replies;
using CallActors.Server.Tests.Harness;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Calls;

/// <summary>CANCEL from the network: specification 3.8.</summary>
public sealed class CancelTests
{
    private const string InviteBranch = "z9hG4bKc11INVITE";
    private readonly Rig _rig = new();

    [Fact]
    public void Before_the_application_has_answered_it_is_told_without_a_dialog_id()
    {
        var offered = _rig.Offer();
        _rig.Peer.Send(_rig.Peer.Ask("CANCEL", "c1", branch: InviteBranch));
        var told = _rig.HearsRequest(SipMethod.Cancel);
        Assert.Equal(["sip", "network", AnswerTests.Size(told), "udp", "10.0.0.1", "5060", offered.TransactionId, "", ""], AnswerTests.Without(told, 0, 7));
        Assert.Equal(SipMethod.Cancel, _rig.Response(200).CSeqMethod);
        Assert.Equal(SipMethod.Invite, _rig.Response(487).CSeqMethod);
        Assert.Equal("Response not sent due to unknown transaction", _rig.Respond(offered, 487, verdict: ReplyVerdict.Nok).Text);
        _rig.IsClean();
    }

    [Fact]
    public void After_the_application_rang_it_is_told_with_the_dialog_id()
    {
        var offered = _rig.Offer();
        _rig.Respond(offered, 180);
        _rig.Peer.Send(_rig.Peer.Ask("CANCEL", "c1", branch: InviteBranch));
        var told = _rig.HearsRequest(SipMethod.Cancel);
        Assert.Equal(["sip", "network", AnswerTests.Size(told), "udp", "10.0.0.1", "5060", offered.TransactionId, "c1;from-tag=far", ""], AnswerTests.Without(told, 0, 7));
        _rig.Response(200);
        _rig.Response(487);
        _rig.Respond(offered, 200, verdict: ReplyVerdict.Nok);
        _rig.IsClean();
    }

    [Fact]
    public void With_a_Via_that_was_changed_on_the_way_it_still_means_its_unanswered_INVITE()
    {
        _rig.Respond(_rig.Offer(), 180);
        _rig.Peer.Send(_rig.Peer.Ask("CANCEL", "c1", branch: "z9hG4bKchanged"));
        _rig.Response(200);
        _rig.Response(487);
        _rig.IsClean();
    }

    [Theory]
    [InlineData(InviteBranch)]
    [InlineData("z9hG4bKchanged")]
    public void After_the_answer_it_is_too_late_and_the_call_goes_on(string branch)
    {
        var (answered, tag) = _rig.CallFromPeer();
        _rig.Peer.Send(_rig.Peer.Ask("CANCEL", "c1", branch: branch));
        _rig.Response(481);
        Assert.Empty(_rig.App.Record!);
        _rig.Peer.Send(_rig.Peer.Ask("BYE", "c1", 2, toTag: tag));
        Assert.Equal(answered.DialogId, _rig.HearsRequest(SipMethod.Bye).DialogId);
    }

    [Fact]
    public void Without_any_INVITE_it_gets_481()
    {
        _rig.Peer.Send(_rig.Peer.Ask("CANCEL", "c1"));
        _rig.Response(481);
        _rig.IsClean();
    }
}
