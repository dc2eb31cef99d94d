using CallActors.Control.Replies;
using CallActors.Server.Tests.Harness;
using CallActors.Simulation.Peers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Extensions;

/// <summary>Requests outside dialogs that whoever was shown them has no place for: docs/control-protocol.md §8.4.</summary>
public sealed class DeclineTests
{
    private readonly Desk _desk = new();

    private Rig Rig => _desk.Rig;

    private Peer Peer => _desk.Peer;

    [Theory]
    [InlineData("INVITE")]
    [InlineData("MESSAGE")]
    [InlineData("OPTIONS")]
    public void Who_declines_is_followed_by_another_of_the_same_application_before_any_other(string method)
    {
        var asked = Asks(method);
        Rig.Join(Desk.Verbs);
        var two = _desk.Join();
        _desk.One.Stray(asked.TransactionId);
        var again = Hears(two, method);
        Assert.Equal((asked.TransactionId, "", 13), (again.TransactionId, again.Key, again.Tokens.Length));
        Rig.Respond(again, 486, app: two);
        Done(486, method);
    }

    [Fact]
    public void Nobody_is_shown_it_twice_and_other_applications_come_last()
    {
        var asked = Asks("INVITE");
        var (plain, two) = (Rig.Join("invite"), _desk.Join());
        var three = _desk.Join("n3");
        _desk.One.Stray(asked.TransactionId);
        Application[] rest = [two, three];
        Rig.Pass(0.1);
        var next = rest.Single(app => app.Record!.Exists(frame => frame.Request is not null));
        next.Stray(asked.TransactionId);
        var last = rest.Single(app => app != next);
        Rig.HearsRequest(SipMethod.Invite, app: last);
        last.Stray(asked.TransactionId);
        var offered = Rig.HearsRequest(SipMethod.Invite, app: plain);
        Assert.DoesNotContain(_desk.One.Record!, frame => frame.Request is not null);
        Rig.Respond(offered, 486, app: plain);
        Done(486);
    }

    [Fact]
    public void Where_nobody_is_left_the_caller_gets_503_with_Retry_After()
    {
        var asked = Asks("INVITE");
        _desk.One.Stray(asked.TransactionId);
        var rejection = Done(503);
        Assert.Equal("10", rejection.Header(SipHeaderId.RetryAfter));
        Assert.False(rejection.ToTag.IsEmpty);
    }

    [Fact]
    public void The_next_one_is_lost_and_who_has_declined_does_not_get_it_back()
    {
        var asked = Asks("INVITE");
        var two = _desk.Join();
        _desk.One.Stray(asked.TransactionId);
        Rig.HearsRequest(SipMethod.Invite, app: two);
        two.Leave();
        Assert.NotEqual("", Done(503).Header(SipHeaderId.RetryAfter));
        Assert.DoesNotContain(_desk.One.Record!, frame => frame.Request is not null);
    }

    [Fact]
    public void A_ringing_call_is_offered_again_and_keeps_its_tag()
    {
        var asked = Asks("INVITE");
        Rig.Respond(asked, 180);
        var ringing = Text.Of(Rig.Response(180).ToTag);
        var two = _desk.Join();
        _desk.One.Stray(asked.TransactionId);
        var again = Rig.HearsRequest(SipMethod.Invite, app: two);
        Rig.Respond(again, 200, app: two);
        Assert.Equal(ringing, Text.Of(Rig.Response(200).ToTag));
        Peer.Send(Peer.Ask("ACK", "c1", toTag: ringing));
        Rig.HearsRequest(SipMethod.Ack, app: two);
        _desk.Sends("BYE", ringing, 2);
        Rig.Respond(Rig.HearsRequest(SipMethod.Bye, app: two), 200, app: two);
        Rig.Response(200);
        Rig.IsClean();
    }

    [Fact]
    public void What_waits_in_the_early_dialog_may_be_tried_again()
    {
        var asked = Asks("INVITE");
        Rig.Respond(asked, 180);
        var tag = Text.Of(Rig.Response(180).ToTag);
        _desk.Sends("INFO", tag, 2);
        Rig.HearsRequest(SipMethod.Info);
        var two = _desk.Join();
        _desk.One.Stray(asked.TransactionId);
        Assert.NotEqual("", Rig.Response(500).Header(SipHeaderId.RetryAfter));
        Rig.Respond(Rig.HearsRequest(SipMethod.Invite, app: two), 486, app: two);
        Done(486);
    }

    [Fact]
    public void A_ringing_call_that_nobody_takes_is_turned_down_and_leaves_nothing()
    {
        var asked = Asks("INVITE");
        _desk.One.Session("k1", 0, asked.TransactionId, "early"u8);
        Rig.Respond(asked, 180);
        var tag = Text.Of(Rig.Response(180).ToTag);
        _desk.One.Stray(asked.TransactionId);
        var rejection = Rig.Response(503);
        Assert.Equal(tag, Text.Of(rejection.ToTag));
        Peer.Send(Peer.Ask("ACK", "c1", branch: "z9hG4bKc11INVITE", toTag: tag));
        _desk.One.Session("k1", 0, "", default);
        Rig.IsClean();
    }

    [Fact]
    public void Who_has_declined_can_neither_answer_nor_decline_once_more()
    {
        var asked = Asks("INVITE");
        var two = _desk.Join();
        var three = _desk.Join("n3");
        _desk.One.Stray(asked.TransactionId);
        Rig.Pass(0.1);
        Assert.Equal("Response not sent due to unknown transaction", Rig.Respond(asked, 200, verdict: ReplyVerdict.Nok).Text);
        _desk.One.Stray(asked.TransactionId);
        Rig.Pass(0.5);
        Application[] others = [two, three];
        var has = Assert.Single(others, app => app.Record!.Exists(frame => frame.Request is not null));
        Rig.Respond(Rig.HearsRequest(SipMethod.Invite, app: has), 486, app: has);
        Done(486);
    }

    [Fact]
    public void Only_who_was_shown_it_can_decline_and_only_while_it_is_unanswered()
    {
        var asked = Asks("INVITE");
        var two = _desk.Join();
        two.Stray(asked.TransactionId);
        _desk.Stranger().Stray(asked.TransactionId);
        Rig.Pass(0.5);
        Application[] both = [_desk.One, two];
        Assert.DoesNotContain(both, app => app.Record!.Exists(frame => frame.Request is not null));
        Peer.Send(Peer.Ask("CANCEL", "c1", branch: "z9hG4bKc11INVITE"));
        Rig.HearsRequest(SipMethod.Cancel);
        _desk.One.Stray(asked.TransactionId);
        Done(487);
        Assert.DoesNotContain(two.Record!, frame => frame.Request is not null);
        Assert.DoesNotContain(Peer.Heard, message => message is SipResponse { StatusCode: 503 });
    }

    [Fact]
    public void A_caller_who_gives_up_is_told_of_to_whoever_has_it_then()
    {
        var asked = Asks("INVITE");
        var two = _desk.Join();
        _desk.One.Stray(asked.TransactionId);
        Rig.HearsRequest(SipMethod.Invite, app: two);
        Peer.Send(Peer.Ask("CANCEL", "c1", branch: "z9hG4bKc11INVITE"));
        Assert.Equal(asked.TransactionId, Rig.HearsRequest(SipMethod.Cancel, app: two).TransactionId);
        Done(487);
        Assert.DoesNotContain(_desk.One.Record!, frame => frame.Request is not null);
    }

    [Fact]
    public void After_sixteen_have_declined_nobody_else_is_asked()
    {
        var asked = Asks("INVITE");
        List<Application> others = [];
        for (var node = 2; node <= 20; node++) others.Add(_desk.Join($"n{node}"));
        foreach (var app in others.Append(_desk.One))
        {
            var own = app;
            app.Told = frame =>
            {
                if (frame.Request is not null) own.Stray(asked.TransactionId);
            };
        }

        _desk.One.Stray(asked.TransactionId);
        Assert.NotEqual("", Done(503).Header(SipHeaderId.RetryAfter));
        Assert.Equal(16, others.Count(app => app.Record!.Exists(frame => frame.Request is not null)));
    }

    [Fact]
    public void One_without_extensions_declines_nothing()
    {
        var plain = Rig.Use(Rig.Join("register"));
        Peer.Send(Peer.Ask("REGISTER", "r1"));
        var asked = Rig.HearsRequest(SipMethod.Register);
        plain.Stray(asked.TransactionId);
        Assert.Equal("not granted", _desk.Reply(plain).Text);
        Rig.Respond(asked, 200, app: plain);
        Rig.Response(200);
    }

    private Frame Asks(string method)
    {
        Peer.Send(Peer.Ask(method, "c1", body: method == "INVITE" ? Text.Sdp : ""));
        return Hears(_desk.One, method);
    }

    private static bool Is(Frame frame, string method) => frame.Request is { } request && Text.Of(request.MethodName) == method;

    private Frame Hears(Application app, string method) => Rig.Hears(app, frame => Is(frame, method));

    // The caller hears one final response, and nothing stays.
    private SipResponse Done(int status, string method = "INVITE")
    {
        var response = Rig.Response(status);
        if (method == "INVITE") Peer.Send(Peer.Ask("ACK", "c1", branch: "z9hG4bKc11INVITE", toTag: Text.Of(response.ToTag)));
        Rig.IsClean();
        return response;
    }
}
