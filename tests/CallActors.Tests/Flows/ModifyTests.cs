using CallActors.TestKit;

namespace CallActors.Tests.Flows;

/// <summary>Changes of a session after its answer: rows T8, T9, T19, T43, T47, N10, N11, N14, N15 and their neighbours.</summary>
public sealed class ModifyTests : IDisposable
{
    private readonly LegScene _scene = new();

    public void Dispose() => _scene.Dispose();

    private static string Ours(int version) => new PhoneSdp { Address = "10.9.9.9", Version = version }.ToString();

    [Fact]
    public void T8_three_changes_at_once_go_one_after_another()
    {
        var bob = _scene.Calls();
        var changes = Enumerable.Range(2, 3).Select(version => _scene.Does(call => call.Legs[0].Modify(Ours(version)))).ToList();
        for (var version = 2; version <= 4; version++)
        {
            var invite = bob.ReceivesReinvite();
            bob.ReceivesNothing(TimeSpan.FromSeconds(2));
            Assert.Equal(Ours(version), invite.Body.ToString());
            invite.Answers(_scene.Bob.Sdp with { Version = version }).ReceivesAck();
        }

        Assert.All(changes, change => Assert.Contains("o=- 1 ", Assert.IsType<ModifyOutcome.Agreed>(_scene.Gets(change)).Sdp, StringComparison.Ordinal));
        Assert.Equal((Ours(4), (_scene.Bob.Sdp with { Version = 4 }).ToString()), (_scene.Call.Legs[0].LocalSdp, _scene.Call.Legs[0].RemoteSdp));
        _scene.Ends(bob);
    }

    [Fact]
    public void T8_an_invite_that_waits_for_its_ack_holds_changes_back()
    {
        var alice = _scene.Alice.Invites("us").Receives(200);
        var change = _scene.Does(call => call.Legs[0].Modify(Ours(2)));
        _scene.Net.Run(TimeSpan.FromSeconds(1));
        alice.Acks();
        alice.ReceivesReinvite().Answers().ReceivesAck();
        Assert.True(_scene.Gets(change).IsAgreed);
        _scene.Ends(alice);
    }

    [Fact]
    public void T8_changes_that_wait_end_with_the_dialog()
    {
        var bob = _scene.Calls();
        var first = _scene.Does(call => call.Legs[0].Modify(Ours(2)));
        var second = _scene.Does(call => call.Legs[0].Hold());
        var invite = bob.ReceivesReinvite();
        var bye = bob.Sends("BYE").Receives(200);
        Assert.Equal(200, bye.Response!.StatusCode);
        Assert.IsType<ModifyOutcome.DialogEnded>(_scene.Gets(first));
        Assert.IsType<ModifyOutcome.DialogEnded>(_scene.Gets(second));
        invite.Answers(487);
        _scene.Node.AssertNothingLeft();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_offer_that_meets_no_session_of_ours_is_refused_and_the_call_goes_on_to_its_end(bool isAnswered)
    {
        string? refused = null;
        _scene.Invited = call => call.Answer((string?)null);
        _scene.Reinvited = async request => refused = isAnswered ? await request.Respond(200) : null;
        var alice = _scene.IsCalled();
        alice.Reinvites().Receives(488);
        Assert.Null(refused);
        _scene.Ends(alice);
    }

    [Fact]
    public void T19_an_update_with_an_offer_is_answered_with_ours()
    {
        var bob = _scene.Calls();
        var update = bob.Sends("UPDATE", _scene.Bob.Sdp.Again()).Receives(200);
        Assert.Equal(LegScene.Ours, update.Response!.BodyOf().ToString());
        Assert.Equal(_scene.Bob.Sdp.Again().ToString(), _scene.Call.Legs[0].RemoteSdp);
        var refresh = bob.Sends("UPDATE").Receives(200);
        Assert.True(refresh.Response!.BodyOf().IsEmpty);
        _scene.Ends(bob);
    }

    [Fact]
    public void T43_a_reinvite_of_the_callee_waits_for_the_ack_of_the_caller()
    {
        _scene.Invited = call => call.BridgeTo(_scene.Bob.Uri);
        var alice = _scene.Alice.Invites("bob");
        var bob = _scene.Bob.ReceivesInvite().Answers().ReceivesAck();
        var again = bob.Reinvites(_scene.Bob.Sdp.Again());
        alice.Receives(200);
        alice.ReceivesNothing(TimeSpan.FromSeconds(1));
        alice.Acks();
        var relayed = alice.ReceivesReinvite();
        Assert.Equal(_scene.Bob.Sdp.Again().ToString(), relayed.Body.ToString());
        relayed.Answers(_scene.Alice.Sdp.Again()).ReceivesAck();
        again.Receives(200).Acks();
        Assert.Equal(_scene.Alice.Sdp.Again().ToString(), again.Body.ToString());
        _scene.Ends(alice, bob);
    }

    [Fact]
    public void T47_a_caller_reinvites_without_an_offer_and_its_answer_comes_with_the_ack()
    {
        var alice = _scene.IsCalled();
        var again = alice.Reinvites(PhoneBody.None).Receives(200);
        Assert.Equal(LegScene.Ours, again.Body.ToString());
        again.Acks(_scene.Alice.Sdp.Again());
        _scene.Net.Run(TimeSpan.FromMilliseconds(10));
        Assert.Equal(_scene.Alice.Sdp.Again().ToString(), _scene.Call.Legs[0].RemoteSdp);
        _scene.Ends(alice);
    }

    [Fact]
    public void N10_a_refused_change_leaves_everything_as_it_was_and_the_next_one_goes_out()
    {
        var bob = _scene.Calls();
        var refused = _scene.Does(call => call.Legs[0].Modify(Ours(2)));
        bob.ReceivesReinvite().Answers(488);
        Assert.Equal(new ModifyOutcome.Refused(488, "Not Acceptable Here"), _scene.Gets(refused));
        Assert.Equal((LegScene.Ours, _scene.Bob.Sdp.ToString()), (_scene.Call.Legs[0].LocalSdp, _scene.Call.Legs[0].RemoteSdp));
        var agreed = _scene.Does(call => call.Legs[0].Modify(Ours(3)));
        bob.ReceivesReinvite().Answers().ReceivesAck();
        Assert.True(_scene.Gets(agreed).IsAgreed);
        Assert.Equal(Ours(3), _scene.Call.Legs[0].LocalSdp);
        _scene.Ends(bob);
    }

    [Fact]
    public void N10_what_we_refuse_leaves_everything_as_it_was()
    {
        _scene.Reinvited = request => request.Respond(488);
        var alice = _scene.IsCalled();
        alice.Reinvites(_scene.Alice.Sdp.SendOnly()).Receives(488);
        var leg = _scene.Call.Legs[0];
        Assert.Equal((LegScene.Ours, _scene.Alice.Sdp.ToString(), false), (leg.LocalSdp, leg.RemoteSdp, leg.IsHeldByThem));
        Assert.Empty(_scene.Told);
        _scene.Ends(alice);
    }

    [Fact]
    public void N11_a_491_is_tried_again_after_the_time_of_the_callers_side()
    {
        var bob = _scene.Calls();
        var change = _scene.Does(call => call.Legs[0].Modify(Ours(2)));
        bob.ReceivesReinvite().Answers(491);
        var refused = _scene.Net.Now;
        bob.ReceivesReinvite().Answers().ReceivesAck();
        Assert.InRange((_scene.Net.Now - refused).TotalSeconds, 2.1, 4.1);
        Assert.True(_scene.Gets(change).IsAgreed);
        _scene.Ends(bob);
    }

    [Fact]
    public void N11_a_491_is_tried_again_after_the_time_of_the_callees_side()
    {
        var alice = _scene.IsCalled();
        var change = _scene.Does(call => call.Legs[0].Modify(Ours(2)));
        alice.ReceivesReinvite().Answers(491);
        var refused = _scene.Net.Now;
        alice.ReceivesReinvite().Answers().ReceivesAck();
        Assert.InRange((_scene.Net.Now - refused).TotalSeconds, 0, 2.1);
        Assert.True(_scene.Gets(change).IsAgreed);
        _scene.Ends(alice);
    }

    [Fact]
    public void N11_a_change_of_theirs_that_meets_ours_gets_491()
    {
        var bob = _scene.Calls();
        var change = _scene.Does(call => call.Legs[0].Modify(Ours(2)));
        var ours = bob.ReceivesReinvite();
        bob.Reinvites().Receives(491);
        ours.Answers(491);
        bob.ReceivesReinvite().Answers().ReceivesAck();
        Assert.True(_scene.Gets(change).IsAgreed);
        _scene.Ends(bob);
    }

    [Fact]
    public void N11_both_sides_of_a_bridge_at_once_get_on_in_the_end()
    {
        var (alice, bob) = _scene.Bridges();
        var fromAlice = alice.Reinvites(_scene.Alice.Sdp.Again());
        var fromBob = bob.Reinvites(_scene.Bob.Sdp.Again());
        var toBob = bob.ReceivesReinvite();
        fromBob.Receives(491);
        toBob.Answers(491);
        bob.ReceivesReinvite().Answers(_scene.Bob.Sdp.Again()).ReceivesAck();
        fromAlice.Receives(200).Acks();
        Assert.Equal(_scene.Bob.Sdp.Again().ToString(), fromAlice.Body.ToString());
        _scene.Ends(alice, bob);
    }

    [Fact]
    public void N11_a_500_with_a_time_is_tried_again_then()
    {
        var bob = _scene.Calls();
        var change = _scene.Does(call => call.Legs[0].Modify(Ours(2)));
        bob.ReceivesReinvite().Answers(500, headers: [("Retry-After", "7")]);
        var refused = _scene.Net.Now;
        bob.ReceivesReinvite().Answers().ReceivesAck();
        Assert.InRange((_scene.Net.Now - refused).TotalSeconds, 7, 7.1);
        Assert.True(_scene.Gets(change).IsAgreed);
        _scene.Ends(bob);
    }

    [Fact]
    public void N11_a_second_change_of_theirs_before_our_answer_gets_500_and_a_time()
    {
        var answer = new TaskCompletionSource();
        _scene.Reinvited = async request =>
        {
            await answer.Task;
            await request.Respond(200);
        };
        var alice = _scene.IsCalled();
        var first = alice.Reinvites(_scene.Alice.Sdp.Again());
        _scene.Net.Run(TimeSpan.FromMilliseconds(50));
        var second = alice.Sends("UPDATE", _scene.Alice.Sdp.Again()).Receives(500);
        Assert.InRange(int.Parse(second.Response!.TextOf("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture), 0, 10);
        answer.SetResult();
        first.Receives(200).Acks();
        _scene.Ends(alice);
    }

    [Fact]
    public void N10_a_change_that_they_take_back_is_forgotten()
    {
        var answer = new TaskCompletionSource();
        _scene.Reinvited = async request =>
        {
            await answer.Task;
            await request.Respond(200);
        };
        var alice = _scene.IsCalled();
        var again = alice.Reinvites(_scene.Alice.Sdp.SendOnly());
        _scene.Net.Run(TimeSpan.FromMilliseconds(50));
        again.Cancels().Receives(487);
        answer.SetResult();
        _scene.Net.Run(TimeSpan.FromMilliseconds(50));
        Assert.Equal(_scene.Alice.Sdp.ToString(), _scene.Call.Legs[0].RemoteSdp);
        var change = _scene.Does(call => call.Legs[0].Modify(Ours(2)));
        alice.ReceivesReinvite().Answers().ReceivesAck();
        Assert.True(_scene.Gets(change).IsAgreed);
        _scene.Ends(alice);
    }

    [Fact]
    public void T19_an_update_of_a_caller_who_still_rings_waits_for_the_answer_to_its_first_offer()
    {
        _scene.Invited = call => call.Ring();
        var alice = _scene.Alice.Invites("us").Receives(180);
        var update = alice.Sends("UPDATE", _scene.Alice.Sdp.Again()).Receives(500);
        Assert.NotNull(update.Response!.TextOf("Retry-After"));
        alice.Cancels().Receives(487);
        _scene.Node.AssertNothingLeft();
    }

    [Fact]
    public void T8_a_dialog_that_the_far_end_has_forgotten_is_over()
    {
        var bob = _scene.Calls();
        var change = _scene.Does(call => call.Legs[0].Modify(Ours(2)));
        bob.ReceivesReinvite().Answers(481);
        Assert.Equal(481, _scene.Gets(change).Status);
        bob.Receives("BYE").Answers(481);
        _scene.Node.AssertNothingLeft();
    }

    [Fact]
    public void N14_a_bridge_asks_the_other_side_for_the_offer_and_brings_it_the_answer()
    {
        var (alice, bob) = _scene.Bridges();
        var again = alice.Reinvites(PhoneBody.None);
        var asked = bob.ReceivesReinvite();
        Assert.True(asked.Body.IsEmpty);
        asked.Answers(_scene.Bob.Sdp.Again());
        again.Receives(200).Acks(_scene.Alice.Sdp.Again());
        Assert.Equal(_scene.Bob.Sdp.Again().ToString(), again.Body.ToString());
        asked.ReceivesAck();
        Assert.Equal(_scene.Alice.Sdp.Again().ToString(), asked.Ack!.BodyOf().ToString());
        Assert.Equal(_scene.Alice.Sdp.Again().ToString(), _scene.Call.Legs[0].RemoteSdp);
        Assert.Equal(_scene.Bob.Sdp.Again().ToString(), _scene.Call.Legs[1].RemoteSdp);
        _scene.Ends(alice, bob);
    }

    [Fact]
    public void N15_a_change_that_asks_for_the_offer_is_answered_in_the_ack_and_refreshed_later()
    {
        var bob = _scene.Calls();
        var change = _scene.Does(call => call.Legs[0].ModifyWithoutOffer(_ => Task.FromResult<string?>(Ours(5))));
        var asked = bob.ReceivesReinvite();
        Assert.True(asked.Body.IsEmpty);
        asked.Answers(_scene.Bob.Sdp.Again()).ReceivesAck();
        Assert.Equal(Ours(5), asked.Ack!.BodyOf().ToString());
        Assert.Equal(new ModifyOutcome.Agreed(_scene.Bob.Sdp.Again().ToString()), _scene.Gets(change));
        var refresh = _scene.Does(call => call.Legs[0].Refresh());
        var again = bob.ReceivesReinvite().Answers().ReceivesAck();
        Assert.Equal(Ours(5), again.Body.ToString());
        Assert.True(_scene.Gets(refresh).IsAgreed);
        _scene.Ends(bob);
    }

    [Fact]
    public void N15_an_offer_that_nobody_answers_is_given_the_session_as_it_is()
    {
        var bob = _scene.Calls();
        var change = _scene.Does(call => call.Legs[0].ModifyWithoutOffer(_ => Task.FromResult<string?>(null)));
        var asked = bob.ReceivesReinvite().Answers(_scene.Bob.Sdp.Again()).ReceivesAck();
        Assert.Equal(LegScene.Ours, asked.Ack!.BodyOf().ToString());
        Assert.Equal(488, Assert.IsType<ModifyOutcome.Refused>(_scene.Gets(change)).Code);
        _scene.Ends(bob);
    }

    [Fact]
    public void N10_a_change_without_answer_is_cancelled_and_the_next_one_goes_out()
    {
        var bob = _scene.Calls();
        var silent = _scene.Does(call => call.Legs[0].Modify(Ours(2)));
        bob.ReceivesReinvite().Rings(183).ReceivesCancel();
        Assert.IsType<ModifyOutcome.TimedOut>(_scene.Gets(silent));
        var next = _scene.Does(call => call.Legs[0].Modify(Ours(3)));
        bob.ReceivesReinvite().Answers().ReceivesAck();
        Assert.True(_scene.Gets(next).IsAgreed);
        _scene.Ends(bob);
    }
}
