using CallActors.Server.Tests.Harness;
using CallActors.Simulation.Peers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Restoring;

/// <summary>Dialogs that somebody else has, or has given back before: control protocol §8.5.</summary>
public sealed class RivalTests
{
    private readonly KeptCalls _calls = new();

    private Rig Rig => _calls.Rig;

    private Peer Peer => Rig.Peer;

    [Fact]
    public void A_dialog_of_another_application_or_session_is_not_had_by_giving_it_back()
    {
        var kept = _calls.FromPeer();
        var other = new Application(Rig.World, System.Net.IPAddress.Parse("10.0.1.1")) { Record = [] }.JoinExtended("other", "n1");
        other.Session("k-c1", 0, "", "blob"u8);
        Rig.Pass(0.1);
        other.Record!.Clear();
        other.Restore(kept.Key, 0, kept.Id, kept.State);
        Assert.Equal("Server error: the dialog belongs to another: claim it", Rig.Hears(other, frame => frame.IsReply).Text);
        HangUp(kept, 2);
    }

    [Fact]
    public void A_dialog_under_a_second_id_is_refused_and_changes_nothing()
    {
        var kept = _calls.FromPeer();
        var other = Rig.JoinExtended("n2");
        other.Restore(kept.Key, 0, kept.Id + ";leg=2", kept.State);
        Assert.Equal("unusable state", Rig.Hears(other, frame => frame.IsReply).Text);
        HangUp(kept, 2);
        _calls.IsClean(kept);
    }

    [Fact]
    public void What_the_older_one_was_shown_the_newer_one_is_shown_too()
    {
        var kept = _calls.FromPeer();
        var newer = _calls.Restart();
        var older = Rig.JoinExtended("n2");
        _calls.Restore(kept, older, incarnation: 3);
        Peer.Send(Peer.Ask("INFO", "c1", 2, toTag: kept.Tag));
        Rig.HearsRequest(SipMethod.Info, app: older);
        newer.Restore(kept.Key, 4, kept.Id, kept.State);
        Rig.Reply();
        var info = Rig.HearsRequest(SipMethod.Info);
        Assert.True(info.IsAgain);
        Rig.Respond(info, 200);
        Rig.Response(200);
        HangUp(kept, 3);
        _calls.IsClean(kept, incarnation: 4);
    }

    private void HangUp(KeptCalls.Kept kept, int cseq)
    {
        Peer.Send(Peer.Ask("BYE", "c1", cseq, toTag: kept.Tag));
        var bye = Rig.HearsRequest(SipMethod.Bye);
        Assert.Equal((kept.Id, kept.Key), (bye.DialogId, bye.Key));
        Rig.Respond(bye, 200);
        Rig.Response(200);
    }
}
