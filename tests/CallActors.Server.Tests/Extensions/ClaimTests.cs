using CallActors.Control;
using CallActors.Control.Replies;
using CallActors.Server.Configuration;
using CallActors.Server.Tests.Harness;
using CallActors.Simulation.Peers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Extensions;

/// <summary>Sessions that change hands, and requests that wait meanwhile: docs/control-protocol.md §8.4.</summary>
public sealed class ClaimTests
{
    private readonly Desk _desk = new(options => options with { Extensions = new ExtensionOptions { Grace = TimeSpan.FromSeconds(60) } });

    private Rig Rig => _desk.Rig;

    [Fact]
    public void Whoever_claims_has_the_dialogs_and_may_act()
    {
        var (dialog, tag) = _desk.KeptCall();
        var two = Takeover();
        two.Request(dialog, Text.Ask("INFO"), null);
        Assert.Equal(ReplyVerdict.Ok, _desk.Reply(two).Verdict);
        _desk.Peer.Answer(Rig.Request(SipMethod.Info), 200);
        Rig.Hears(two, frame => frame is { IsReply: false, Response.StatusCode: 200, Key: "k1" });
        _desk.HangUp(two, tag, 2, incarnation: 1);
        Rig.IsClean();
    }

    [Fact]
    public void One_that_is_told_of_nothing_may_claim_as_well()
    {
        _desk.KeptCall();
        Application[] others = [_desk.Join(), _desk.Join("n3")];
        _desk.One.Leave();
        Rig.Pass(0.5);
        _desk.Claim(others.First(app => !app.Record!.Exists(frame => frame.Kind == ServerMessageKind.Adopt)));
    }

    [Fact]
    public void Of_two_that_claim_the_first_has_it()
    {
        var (dialog, _) = _desk.KeptCall();
        var (two, three) = (_desk.Join(), _desk.Join("n3"));
        _desk.One.Leave();
        Rig.Pass(0.5);
        two.Record!.Clear();
        three.Record!.Clear();
        var claimed = _desk.Claim(two);
        Assert.Equal(["1", dialog], claimed.Tokens[4..]);
        Assert.Equal("superseded: incarnation is 1", _desk.Claim(three, verdict: ReplyVerdict.Nok).Text);
        Assert.Equal("2", _desk.Claim(three, incarnation: 1).Tokens[4]);
    }

    [Fact]
    public void A_key_that_the_server_has_not_cannot_be_claimed() =>
        Assert.Equal("unknown session: k9", _desk.Claim(_desk.One, "k9", verdict: ReplyVerdict.Nok).Text);

    [Fact]
    public void What_is_claimed_is_not_offered_again()
    {
        _desk.KeptCall();
        var two = Takeover();
        Rig.Pass(20);
        Assert.DoesNotContain(two.Record!, frame => frame.Kind == ServerMessageKind.Adopt);
    }

    [Fact]
    public void The_old_owner_can_do_nothing_any_more()
    {
        var (dialog, tag) = _desk.KeptCall();
        var two = _desk.Join();
        _desk.Sends("INFO", tag, 2);
        var info = Rig.HearsRequest(SipMethod.Info);
        _desk.Claim(two);
        foreach (var method in new[] { "INFO", "BYE", "INVITE", "ACK" })
        {
            _desk.One.Request(dialog, Text.Ask(method), null);
            Assert.Equal("Server error: the dialog belongs to another: claim it", _desk.Reply(_desk.One).Text);
        }

        Assert.Equal("Response not sent due to unknown transaction", Rig.Respond(info, 500, verdict: ReplyVerdict.Nok).Text);
        Rig.Pass(1);
        _desk.HeardNo(message => message is SipRequest or SipResponse { StatusCode: 500 });
    }

    [Fact]
    public void One_that_waits_to_be_claimed_cannot_be_acted_on_either()
    {
        var (dialog, _) = _desk.KeptCall();
        var two = _desk.Join();
        _desk.One.Leave();
        _desk.Adopt(two);
        two.Request(dialog, Text.Ask("BYE"), null);
        Assert.Equal("Server error: the dialog belongs to another: claim it", _desk.Reply(two).Text);
        two.Session("k1", 0, dialog, "mine"u8);
        Assert.Equal("Server error: the dialog belongs to another: claim it", _desk.Reply(two).Text);
    }

    [Fact]
    public void A_move_between_living_ones_takes_the_unanswered_along_without_showing_them_again()
    {
        var (dialog, tag) = _desk.KeptCall();
        _desk.Sends("INFO", tag, 2);
        var info = Rig.HearsRequest(SipMethod.Info);
        _desk.One.Request(dialog, Text.Ask("MESSAGE"), null);
        Rig.Reply();
        var message = Rig.Request(SipMethod.Message);
        var two = _desk.Join();
        _desk.Claim(two);
        Rig.Respond(info, 202, app: two);
        Rig.Response(202);
        _desk.Peer.Answer(message, 200);
        Rig.Hears(two, frame => frame is { IsReply: false, Response.StatusCode: 200 });
        Assert.DoesNotContain(two.Record!, frame => frame.Request is not null);
        _desk.HangUp(two, tag, 3, incarnation: 1);
        Rig.IsClean();
    }

    [Fact]
    public void What_comes_while_nobody_has_the_dialog_is_shown_to_the_next_owner_in_its_order()
    {
        var (_, tag) = _desk.KeptCall();
        var two = Lose();
        _desk.Peer.Heard.Clear();
        _desk.Sends("INFO", tag, 2);
        _desk.Sends("MESSAGE", tag, 3);
        _desk.Sends("INVITE", tag, 4, body: Text.Sdp);
        Rig.Response(100);
        Assert.Equal(3, Rig.Server.Census.Held);
        Rig.Pass(1);
        _desk.HeardNo(message => message is SipResponse { IsFinal: true });
        _desk.Claim(two);
        Rig.Pass(0.1);
        var shown = two.Record!.Where(frame => frame.Request is not null).ToArray();
        Assert.Equal([SipMethod.Info, SipMethod.Message, SipMethod.Invite], shown.Select(frame => frame.Request!.Method));
        Assert.All(shown, frame => Assert.Equal(("k1", false), (frame.Key, frame.IsAgain)));
        two.Record!.Clear();
        foreach (var frame in shown) Rig.Respond(frame, 200, app: two);
        Assert.Equal(0, Rig.Server.Census.Held);
        _desk.Peer.Send(_desk.Peer.Ask("ACK", "c1", 4, toTag: tag));
        Rig.HearsRequest(SipMethod.Ack, app: two);
        _desk.HangUp(two, tag, 5, incarnation: 1);
        Rig.IsClean();
    }

    [Fact]
    public void Eight_wait_in_one_dialog_and_the_ninth_is_left_to_its_retransmission()
    {
        var (_, tag) = _desk.KeptCall();
        var two = Lose();
        for (var cseq = 2; cseq <= 10; cseq++) _desk.Sends("INFO", tag, cseq);
        Rig.Pass(0.5);
        Assert.Equal(8, Rig.Server.Census.Held);
        _desk.Claim(two);
        Rig.Pass(0.1);
        Assert.Equal(8, two.Record!.Count(frame => frame.Request is not null));
        _desk.HeardNo(message => message is SipResponse { IsFinal: true });
        _desk.Sends("INFO", tag, 10);
        Rig.Hears(two, frame => frame.Request?.CSeq == 10);
    }

    [Fact]
    public void What_the_lost_owner_had_not_answered_is_shown_again_and_says_so()
    {
        var (_, tag) = _desk.KeptCall();
        _desk.Sends("INFO", tag, 2);
        var info = Rig.HearsRequest(SipMethod.Info);
        var two = Lose();
        _desk.Sends("MESSAGE", tag, 3);
        _desk.Claim(two);
        var again = Rig.HearsRequest(SipMethod.Info, app: two);
        Assert.Equal((info.TransactionId, "k1", true), (again.TransactionId, again.Key, again.IsAgain));
        Assert.False(Rig.HearsRequest(SipMethod.Message, app: two).IsAgain);
        Rig.Respond(again, 200, app: two);
        Rig.Response(200);
    }

    [Fact]
    public void A_claim_that_comes_before_the_news_of_the_loss_is_shown_them_too()
    {
        var (_, tag) = _desk.KeptCall();
        _desk.Sends("INFO", tag, 2);
        Rig.HearsRequest(SipMethod.Info);
        var two = _desk.Join();
        _desk.One.Leave();
        _desk.Claim(two);
        Rig.Respond(Rig.HearsRequest(SipMethod.Info, app: two), 200, app: two);
        Rig.Response(200);
    }

    [Fact]
    public void A_BYE_that_the_lost_owner_had_not_answered_is_the_next_ones_to_answer()
    {
        var (dialog, tag) = _desk.KeptCall();
        _desk.Sends("BYE", tag, 2);
        Rig.HearsRequest(SipMethod.Bye);
        var two = _desk.Join();
        _desk.One.Leave();
        Assert.Equal(dialog, _desk.Adopt(two).Tokens[4]);
        _desk.Claim(two);
        var bye = Rig.HearsRequest(SipMethod.Bye, app: two);
        Assert.True(bye.IsAgain);
        Rig.Respond(bye, 200, app: two);
        Rig.Response(200);
        two.Session("k1", 1, "", default);
        Rig.IsClean();
    }

    [Fact]
    public void A_BYE_that_nobody_claims_is_answered_after_32_seconds_and_the_session_is_offered_without_its_dialog()
    {
        var (_, tag) = _desk.KeptCall();
        Lose();
        _desk.Sends("BYE", tag, 2);
        Rig.Pass(31.5);
        _desk.HeardNo(message => message is SipResponse { IsFinal: true });
        Rig.Response(200);
        var three = _desk.Join("n3");
        Assert.Equal("", _desk.Claim(three).Tokens[5]);
        Rig.IsClean(400);
    }

    [Fact]
    public void An_ACK_that_came_meanwhile_is_shown_too()
    {
        var offered = Rig.Offer();
        _desk.One.Session("k1", 0, offered.TransactionId, "blob"u8);
        Rig.Respond(offered, 200);
        var tag = Text.Of(Rig.Response(200).ToTag);
        var two = Lose();
        _desk.Peer.Send(_desk.Peer.Ask("ACK", "c1", toTag: tag));
        Rig.Pass(0.5);
        _desk.Claim(two);
        Assert.Equal(offered.TransactionId, Rig.HearsRequest(SipMethod.Ack, app: two).TransactionId);
        Rig.Pass(40);
        _desk.HeardNo(message => message is SipRequest { Method: SipMethod.Bye });
    }

    [Fact]
    public void A_reinvite_that_is_cancelled_while_it_waits_is_never_shown()
    {
        var (_, tag) = _desk.KeptCall();
        var two = Lose();
        _desk.Peer.Heard.Clear();
        _desk.Peer.Send(_desk.Peer.Ask("INVITE", "c1", 2, branch: "z9hG4bKre", toTag: tag, body: Text.Sdp));
        Rig.Response(100);
        _desk.Peer.Send(_desk.Peer.Ask("CANCEL", "c1", 2, branch: "z9hG4bKre", toTag: tag));
        Rig.Response(487);
        _desk.Claim(two);
        Rig.Pass(0.5);
        Assert.DoesNotContain(two.Record!, frame => frame.Request is not null);
        Assert.Equal(0, Rig.Server.Census.Held);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_BYE_that_meets_a_move_is_answered_by_the_new_owner_or_when_the_old_one_goes(bool isAnswered)
    {
        var (_, tag) = _desk.KeptCall();
        var two = _desk.Join();
        _desk.Sends("BYE", tag, 2);
        var bye = Rig.HearsRequest(SipMethod.Bye);
        Assert.Equal("", _desk.Claim(two).Tokens[5]);
        if (isAnswered) Rig.Respond(bye, 200, app: two);
        two.Session("k1", 1, "", default);
        Rig.Pass(0.1);
        _desk.One.Leave();
        Rig.Response(200);
        Rig.IsClean();
    }

    [Fact]
    public void A_request_that_reaches_no_call_has_the_session_offered_and_is_shown_to_the_next_owner()
    {
        var (dialog, tag) = _desk.KeptCall();
        _desk.Sends("INFO", tag, 2);
        var info = Rig.HearsRequest(SipMethod.Info);
        var two = _desk.Join();
        two.Stray(info.TransactionId);
        Application[] both = [_desk.One, two];
        Rig.Pass(0.2);
        Assert.Single(both, app => app.Record!.Exists(frame => frame.Kind == ServerMessageKind.Adopt && frame.Key == "k1"));
        _desk.Sends("MESSAGE", tag, 3);
        Rig.Pass(0.2);
        Assert.Equal(2, Rig.Server.Census.Held);
        foreach (var app in both) app.Record!.Clear();
        Assert.Equal(["1", dialog], _desk.Claim(two).Tokens[4..]);
        var again = Rig.HearsRequest(SipMethod.Info, app: two);
        Assert.Equal((info.TransactionId, true), (again.TransactionId, again.IsAgain));
        Rig.Respond(again, 200, app: two);
        Rig.Respond(Rig.HearsRequest(SipMethod.Message, app: two), 200, app: two);
        Rig.Pass(0.2);

        // What has been answered, and what another application was shown, is nobody's to complain of.
        two.Stray(again.TransactionId);
        _desk.Sends("INFO", tag, 4);
        var next = Rig.HearsRequest(SipMethod.Info, app: two);
        _desk.Stranger().Stray(next.TransactionId);
        Rig.Pass(6);
        Assert.DoesNotContain(both, app => app.Record!.Exists(frame => frame.Kind == ServerMessageKind.Adopt));
        Rig.Respond(next, 200, app: two);
        _desk.HangUp(two, tag, 5, incarnation: 1);
        Rig.IsClean();
    }

    [Fact]
    public void A_request_that_reaches_no_call_in_a_dialog_without_session_is_answered()
    {
        var (_, tag) = _desk.KeptCall();
        _desk.Sends("INFO", tag, 2);
        var info = Rig.HearsRequest(SipMethod.Info);
        _desk.One.Session("k1", 0, "", default);
        Rig.Pass(0.1);
        _desk.One.Stray(info.TransactionId);
        Rig.Response(481);
        _desk.Sends("BYE", tag, 3);
        _desk.One.Stray(Rig.HearsRequest(SipMethod.Bye).TransactionId);
        Rig.Response(200);
        Rig.IsClean();
    }

    private Application Lose()
    {
        var two = _desk.Join();
        _desk.One.Leave();
        _desk.Adopt(two);
        return two;
    }

    private Application Takeover()
    {
        var two = Lose();
        _desk.Claim(two);
        return two;
    }
}
