using CallActors.Net;

namespace CallActors.TestKit.Tests.Phones;

public sealed class CallTests : IDisposable
{
    private readonly TestNet _net = new();
    private readonly Phone _alice;
    private readonly Phone _bob;

    public CallTests()
    {
        _alice = _net.Phone("alice");
        _bob = _net.Phone("bob");
        _ = new Relay(_net, "invite");
    }

    public void Dispose() => _net.Dispose();

    [Fact]
    public async Task An_answered_call_carries_requests_and_is_hung_up_by_the_caller()
    {
        var call = await _alice.Invites("bob");
        var incoming = await _bob.ReceivesInvite();
        Assert.Equal(_alice.Sdp.ToString(), incoming.Body.ToString());
        await incoming.Rings();
        await call.Receives(180);
        await incoming.Answers();
        await call.Receives(200);
        Assert.Equal(_bob.Sdp.ToString(), call.Body.ToString());
        await call.Acks();
        await incoming.ReceivesAck();

        var info = await call.Sends("INFO", "hello");
        await (await incoming.Receives("INFO")).Answers(200);
        await info.Receives(200);

        var bye = await call.Sends("BYE");
        await incoming.ReceivesBye();
        await bye.Receives(200);
        _net.AssertNothingLeft();
    }

    [Fact]
    public async Task Steps_follow_one_another_in_a_chain()
    {
        var call = _alice.Invites("bob");
        var incoming = await _bob.ReceivesInvite().Rings().Answers();
        await call.Receives(180).Receives(200).Acks();
        await incoming.ReceivesAck();
        var bye = incoming.Sends("BYE");
        await call.ReceivesBye();
        await bye.Receives(200);
        _net.AssertNothingLeft();
    }

    [Fact]
    public async Task A_caller_gives_up()
    {
        var call = await _alice.Invites("bob");
        var incoming = await _bob.ReceivesInvite().Rings();
        await call.Receives(180).Cancels("SIP;cause=200;text=\"elsewhere\"");
        await incoming.ReceivesCancel();
        await call.Receives(487);
        _net.AssertNothingLeft();
    }

    [Fact]
    public async Task A_callee_rejects()
    {
        var call = await _alice.Invites("bob");
        await _bob.ReceivesInvite().Rejects(486);
        await call.Receives(486);
        _net.AssertNothingLeft();
    }

    [Fact]
    public async Task A_lost_200_comes_again()
    {
        _bob.LosesSent("200 INVITE", 2);
        _alice.LosesReceived("200 INVITE");
        var call = await _alice.Invites("bob");
        var incoming = await _bob.ReceivesInvite().Answers();
        await call.Receives(200).Acks();
        await incoming.ReceivesAck();
        Assert.InRange(_net.Now.TotalSeconds, 2, 2.5);
        Assert.Equal(3, _net.Ladder.Responses(200).Count(message => message.Fate == MemoryFate.Lost));
        _net.AssertEnded(call, incoming);
    }

    [Fact]
    public async Task A_link_that_loses_much_is_survived()
    {
        _net.Network.Link = LinkOptions.Perfect with { Loss = 0.3, Duplication = 0.1, Delay = TimeSpan.FromMilliseconds(20), Jitter = TimeSpan.FromMilliseconds(30) };
        for (var i = 0; i < 10; i++)
        {
            var call = await _alice.Invites("bob");
            var incoming = await _bob.ReceivesInvite().Answers();
            await call.Receives(200).Acks();
            await incoming.ReceivesAck();
            _net.AssertEnded(call, incoming);
        }
    }

    [Fact]
    public async Task Nobody_acknowledges()
    {
        var call = await _alice.Invites("bob");
        var incoming = await _bob.ReceivesInvite().Answers();
        await call.Receives(200);
        await incoming.ReceivesNoAck();
        Assert.InRange(_net.Now.TotalSeconds, 32, 33);
        await call.ReceivesBye();
        Assert.Equal(11, _net.Ladder.Responses(200).Count(message => message.From == "bob" && message.Label.StartsWith("200 INVITE", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_offer_may_stand_in_the_200_and_the_answer_in_the_ack()
    {
        var call = await _alice.Invites("bob", PhoneBody.None);
        var incoming = await _bob.ReceivesInvite();
        Assert.True(incoming.Body.IsEmpty);
        await incoming.Answers();
        await call.Receives(200).Acks(_alice.Sdp);
        await incoming.ReceivesAck();
        Assert.Equal(_alice.Sdp.ToString(), incoming.Invite.Ack!.BodyOf().ToString());
        _net.AssertEnded(call, incoming);
    }

    [Fact]
    public async Task A_call_is_offered_anew_both_ways()
    {
        var (call, incoming) = _net.Connect(_alice, _bob);
        var hold = await call.Reinvites(_alice.Sdp.SendOnly());
        var held = await incoming.ReceivesReinvite();
        Assert.Contains("a=sendonly", held.Body.ToString(), StringComparison.Ordinal);
        await held.Answers(_bob.Sdp.ReceiveOnly());
        await hold.Receives(200).Acks();
        await held.ReceivesAck();

        var resume = await incoming.Reinvites(PhoneBody.None);
        var resumed = await call.ReceivesReinvite().Answers(_alice.Sdp.Resumed());
        await resume.Receives(200).Acks(_bob.Sdp);
        await resumed.ReceivesAck();
        Assert.Equal(_bob.Sdp.ToString(), resumed.Ack!.BodyOf().ToString());

        var refused = await call.Reinvites(_alice.Sdp.HeldByAddress());
        await (await incoming.ReceivesReinvite()).Answers(488);
        await refused.Receives(488);
        _net.AssertEnded(call, incoming);
    }

    [Fact]
    public async Task Phones_speak_tcp()
    {
        var carol = _net.Phone("carol", NetProtocol.Tcp);
        var dave = _net.Phone("dave", NetProtocol.Tcp);
        var (call, incoming) = _net.Connect(carol, dave);
        Assert.All(_net.Ladder.Messages, message => Assert.Equal(NetProtocol.Tcp, message.Protocol));
        _net.AssertEnded(call, incoming);
    }

    [Fact]
    public async Task Two_forks_answer()
    {
        var call = await _alice.Invites("bob");
        var first = await _bob.ReceivesInvite();
        var second = await first.Forks();
        await first.Rings();
        await second.Rings(183);
        await call.Receives(180).Receives(183);
        await first.Answers();
        await second.Answers();
        await call.Receives(200).Acks();
        // The server acknowledges and releases a surplus answer itself.
        await first.ReceivesAck();
        await second.ReceivesAck().ReceivesBye();
        _net.AssertEnded(call, first);
    }

    [Fact]
    public async Task A_body_reaches_the_other_end_untouched_and_headers_can_be_taken_away()
    {
        var call = await _alice.Invites("bob", headers: [("Subject", "lunch"), ("Max-Forwards", "17"), ("X-Twice", "one"), ("X-Twice", "two")]);
        var invite = _net.Ladder.Requests("INVITE").First().Message!;
        Assert.Equal("lunch", invite.TextOf("Subject"));
        Assert.Equal(["17"], invite.TextsOf("Max-Forwards"));
        Assert.Equal(["one", "two"], invite.TextsOf("x-twice"));
        await _bob.ReceivesInvite().Redirects("sip:carol@10.0.1.3");
        await call.Receives(302);

        await _alice.Invites("bob", headers: [("Contact", null)]);
        Assert.False(_net.Ladder.Requests("INVITE").Last().Message!.Has(Sip.Messages.SipHeaderId.Contact));
    }

    [Fact]
    public void A_request_that_nobody_hears_times_out()
    {
        _alice.IsLinkedBy(LinkOptions.Perfect with { IsDown = true });
        _alice.Invites("bob").TimesOut();
        Assert.Equal(32, _net.Now.TotalSeconds, 0.2);
        Assert.Equal(7, _net.Ladder.Requests("INVITE").Count());
    }

    [Fact]
    public async Task A_phone_can_be_told_to_leave_out_what_transactions_do_by_themselves()
    {
        _alice.AcksRejections = _bob.SendsTrying = false;
        var call = await _alice.Invites("bob");
        var incoming = await _bob.ReceivesInvite();
        _net.Run(TimeSpan.FromSeconds(2));
        Assert.Equal(3, _net.Ladder.Requests("INVITE").Count(message => message.To == "bob"));
        await incoming.Rejects(486);
        await call.Receives(486);
        _net.AssertNothingLeft();
        Assert.DoesNotContain(_net.Ladder.Requests("ACK"), message => message.From == "alice");
        Assert.Equal(11, _net.Ladder.Responses(486).Count(message => message.To == "alice"));
    }

    [Fact]
    public async Task A_fork_that_the_caller_hears_of_has_a_dialog_of_its_own()
    {
        var call = await _alice.Invites("bob", headers: [("Supported", "100rel")]);
        var first = await _bob.ReceivesInvite().Rings();
        await call.Receives(180);
        var tag = call.RemoteTag;
        Assert.NotEmpty(tag);
        Assert.Equal(tag, call.Fork().RemoteTag);
        await first.Answers();
        await call.Receives(200).Acks();
        Assert.Equal(tag, call.RemoteTag);
        await first.ReceivesAck();
        _net.AssertEnded(call, first);
    }
}
