using CallActors.TestKit;

namespace CallActors.Tests.Flows;

/// <summary>Transfers asked of us, asked by us, and calls that replace others: row T46 and its neighbours.</summary>
public sealed class ReferTests : IDisposable
{
    private readonly LegScene _scene = new();
    private readonly Phone _carol;
    private TransferOutcome? _transfer;

    public ReferTests() => _carol = _scene.Net.Phone("carol");

    public void Dispose() => _scene.Dispose();

    private static PhoneBody Fragment(string line) => PhoneBody.Of("message/sipfrag;version=2.0", line + "\r\n");

    [Fact]
    public void T46_an_attended_transfer_joins_the_two_that_remain()
    {
        _scene.Referred = async (call, refer) => _transfer = await call.Transfers(refer);
        var (alice, bob) = _scene.Bridges();
        // Alice holds Bob and calls Carol, through us as well.
        _scene.Invited = call => call.BridgeTo(_carol.Uri);
        var second = _scene.Alice.Invites("carol");
        var carol = _carol.ReceivesInvite().Answers().ReceivesAck();
        second.Receives(200).Acks();

        var refer = alice.Refers(_carol.Uri, second).Receives(202);
        Assert.Contains("100", alice.Receives("NOTIFY").Answers(200).Body.ToString(), StringComparison.Ordinal);
        second.ReceivesBye();
        var asked = bob.ReceivesReinvite();
        Assert.True(asked.Body.IsEmpty);
        asked.Answers(_scene.Bob.Sdp.Again());
        var offered = carol.ReceivesReinvite();
        Assert.Equal(_scene.Bob.Sdp.Again().ToString(), offered.Body.ToString());
        offered.Answers(_carol.Sdp.Again()).ReceivesAck();
        asked.ReceivesAck();
        Assert.Equal(_carol.Sdp.Again().ToString(), asked.Ack!.BodyOf().ToString());
        Assert.Contains("200", alice.Receives("NOTIFY").Answers(200).Body.ToString(), StringComparison.Ordinal);
        alice.ReceivesBye();
        _scene.Net.Run(TimeSpan.FromMilliseconds(10));
        Assert.True(_transfer!.IsDone);
        var bye = bob.Sends("BYE");
        carol.ReceivesBye();
        bye.Receives(200);
        _scene.Node.AssertNothingLeft();
    }

    [Fact]
    public void T46_an_attended_transfer_to_a_call_that_is_no_more_changes_nothing()
    {
        _scene.Referred = async (call, refer) => _transfer = await call.Transfers(refer);
        var (alice, bob) = _scene.Bridges();
        _scene.Invited = call => call.BridgeTo(_carol.Uri);
        var second = _scene.Alice.Invites("carol");
        var carol = _carol.ReceivesInvite().Answers().ReceivesAck();
        second.Receives(200).Acks();
        var bye = second.Sends("BYE");
        carol.ReceivesBye();
        bye.Receives(200);

        alice.Refers(_carol.Uri, second).Receives(202);
        alice.Receives("NOTIFY").Answers(200);
        Assert.Contains("481", alice.Receives("NOTIFY").Answers(200).Body.ToString(), StringComparison.Ordinal);
        _scene.Net.Run(TimeSpan.FromMilliseconds(10));
        Assert.Equal(481, _transfer!.Status);
        _scene.Ends(alice, bob);
    }

    [Fact]
    public void A_blind_transfer_calls_the_target_for_whoever_remains()
    {
        _scene.Referred = async (call, refer) => _transfer = await call.Transfers(refer);
        var (alice, bob) = _scene.Bridges();
        alice.Refers(_carol.Uri).Receives(202);
        alice.Receives("NOTIFY").Answers(200);
        var carol = _carol.ReceivesInvite();
        Assert.True(carol.Body.IsEmpty);
        Assert.NotNull(carol.Header("Referred-By"));
        carol.Answers();
        bob.ReceivesReinvite().Answers(_scene.Bob.Sdp.Again()).ReceivesAck();
        carol.ReceivesAck();
        alice.Receives("NOTIFY").Answers(200);
        alice.ReceivesBye();
        var bye = bob.Sends("BYE");
        carol.ReceivesBye();
        bye.Receives(200);
        _scene.Node.AssertNothingLeft();
        Assert.True(_transfer!.IsDone);
    }

    [Fact]
    public void A_refer_of_ours_is_followed_to_its_end()
    {
        var bob = _scene.Calls();
        var referring = _scene.Does(call => call.Legs[0].Refer(_carol.Uri));
        var refer = bob.Receives("REFER");
        Assert.Equal($"<{_carol.Uri}>", refer.Header("Refer-To"));
        refer.Answers(202);
        bob.Sends("NOTIFY", Fragment("SIP/2.0 100 Trying"), [("Event", "refer"), ("Subscription-State", "active;expires=60")]).Receives(200);
        Assert.False(referring.IsCompleted);
        bob.Sends("NOTIFY", Fragment("SIP/2.0 200 OK"), [("Event", "refer"), ("Subscription-State", "terminated;reason=noresource")]).Receives(200);
        Assert.Equal(new ReferOutcome.Notified(200, "OK"), _scene.Gets(referring));
        _scene.Ends(bob);
    }

    [Theory]
    [InlineData("SIP/2.0 486 Busy Here", 486)]
    [InlineData("SIP/2.0 603 Decline", 603)]
    public void A_refer_of_ours_tells_how_it_failed(string line, int status)
    {
        var bob = _scene.Calls();
        var referring = _scene.Does(call => call.Legs[0].Refer(_carol.Uri));
        bob.Receives("REFER").Answers(202);
        bob.Sends("NOTIFY", Fragment(line), [("Event", "refer;id=1"), ("Subscription-State", "terminated;reason=noresource")]).Receives(200);
        Assert.Equal(status, Assert.IsType<ReferOutcome.Notified>(_scene.Gets(referring)).Status);
        _scene.Ends(bob);
    }

    [Fact]
    public void A_refer_of_ours_is_refused_or_ends_with_the_dialog()
    {
        var bob = _scene.Calls();
        var refused = _scene.Does(call => call.Legs[0].Refer(_carol.Uri));
        bob.Receives("REFER").Answers(603);
        Assert.Equal(new ReferOutcome.Refused(603, "Decline"), _scene.Gets(refused));
        var cut = _scene.Does(call => call.Legs[0].Refer(_carol.Uri));
        bob.Receives("REFER").Answers(202);
        bob.HangsUp();
        Assert.IsType<ReferOutcome.DialogEnded>(_scene.Gets(cut));
        _scene.Node.AssertNothingLeft();
    }

    [Fact]
    public void A_refer_of_ours_names_the_leg_that_is_to_be_replaced()
    {
        var bob = _scene.Calls();
        var dialling = _scene.Does(call => call.Calls(_carol.Uri).Outcome);
        var carol = _carol.ReceivesInvite().Answers().ReceivesAck();
        Assert.True(_scene.Gets(dialling).IsAnswered);
        _ = _scene.Does(call => call.Legs[0].Refer(_carol.Uri, call.Legs[1]));
        var refer = bob.Receives("REFER");
        var replaces = Uri.EscapeDataString($"{carol.CallId};to-tag={carol.LocalTag};from-tag={carol.RemoteTag}");
        Assert.Equal($"<{_carol.Uri}?Replaces={replaces}>", refer.Header("Refer-To"));
        refer.Answers(202);
        bob.HangsUp();
        carol.ReceivesBye();
        _scene.Node.AssertNothingLeft();
    }

    [Fact]
    public void A_call_with_replaces_takes_the_place_of_a_dialog()
    {
        var (alice, bob) = _scene.Bridges();
        DialogName(alice, out var name);
        _scene.Invited = async call => _transfer = await call.TakeOver();
        var carol = _carol.Invites("bob", headers: [("Replaces", name)]);
        var offered = bob.ReceivesReinvite();
        Assert.Equal(_carol.Sdp.ToString(), offered.Body.ToString());
        alice.ReceivesBye();
        offered.Answers(_scene.Bob.Sdp.Again()).ReceivesAck();
        carol.Receives(200).Acks();
        Assert.Equal(_scene.Bob.Sdp.Again().ToString(), carol.Body.ToString());
        Assert.True(_transfer!.IsDone);
        _scene.Ends(carol, bob);
    }

    [Fact]
    public void A_call_with_replaces_that_matches_nothing_gets_481()
    {
        _scene.Invited = async call => _transfer = await call.TakeOver();
        _carol.Invites("bob", headers: [("Replaces", "nobody@nowhere;to-tag=1;from-tag=2")]).Receives(481);
        _scene.Node.AssertNothingLeft();
        Assert.Equal(481, _transfer!.Status);
    }

    [Fact]
    public void A_call_that_replaces_only_what_rings_gets_486_where_it_was_answered()
    {
        var (alice, bob) = _scene.Bridges();
        DialogName(alice, out var name);
        _scene.Invited = async call => _transfer = await call.TakeOver();
        _carol.Invites("bob", headers: [("Replaces", name + ";early-only")]).Receives(486);
        _scene.Ends(alice, bob);
    }

    private static void DialogName(PhoneDialog dialog, out string name) => name = Uri.UnescapeDataString(dialog.Replaces);
}
