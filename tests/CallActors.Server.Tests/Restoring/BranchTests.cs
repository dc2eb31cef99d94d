using CallActors.Server.Tests.Harness;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Restoring;

/// <summary>Requests whose branch the application names, so that they can be said again to a later run of the server: control protocol §8.2 and §8.5.</summary>
public sealed class BranchTests
{
    private const string Branch = "z9hG4bK0123456789abcdef";

    private readonly KeptCalls _calls = new();

    [Fact]
    public void What_is_said_again_to_the_next_run_has_the_same_branch()
    {
        var kept = _calls.FromPeer();
        var before = Ask(kept, Branch);
        _calls.Restart();
        _calls.Restore(kept);
        var after = Ask(kept, Branch, before.CSeq);
        Assert.Equal((Branch, Branch), (Text.Of(before.Branch), Text.Of(after.Branch)));
        Assert.Equal(before.CSeq, after.CSeq);
        Assert.Equal(Text.Of(before.SentBy), Text.Of(after.SentBy));
        _calls.Rig.Peer.Answer(after, 200);
        _calls.Rig.HearsResponse(200);
        // What comes behind it is above everything that was sent before.
        Assert.Equal(before.CSeq + 100, Ask(kept, Branch + "1").CSeq);
    }

    [Fact]
    public void A_number_that_the_dialog_has_not_reached_is_none()
    {
        var kept = _calls.FromPeer();
        var first = Ask(kept, Branch, uint.MaxValue);
        Assert.Equal(first.CSeq + 1, Ask(kept, Branch + "1").CSeq);
    }

    [Fact]
    public void A_branch_that_is_under_way_is_not_used_a_second_time()
    {
        var kept = _calls.FromPeer();
        var first = Ask(kept, Branch);
        var second = Ask(kept, Branch);
        Assert.NotEqual(Branch, Text.Of(second.Branch));
        _calls.Rig.Peer.Answer(first, 200);
        _calls.Rig.HearsResponse(200);
        _calls.Rig.Peer.Answer(second, 202);
        _calls.Rig.HearsResponse(202);
    }

    [Theory]
    [InlineData("0123456789abcdef")]
    [InlineData("z9hG4bK")]
    [InlineData("z9hG4bK1,2")]
    [InlineData("z9hG4bK1 2")]
    [InlineData("z9hG4bK00000000000000000000000000000000000000000000000000000000000000000")]
    public void What_cannot_be_a_branch_is_none(string branch)
    {
        var request = Ask(_calls.FromPeer(), branch);
        Assert.StartsWith("z9hG4bK", Text.Of(request.Branch), StringComparison.Ordinal);
        Assert.NotEqual(branch, Text.Of(request.Branch));
    }

    private SipRequest Ask(KeptCalls.Kept kept, string branch, uint? sequence = null)
    {
        _calls.App.Request(kept.Id, Text.Ask("INFO"), null, branch: branch, sequence: sequence);
        _calls.Rig.Reply();
        return _calls.Rig.Request(SipMethod.Info);
    }
}
