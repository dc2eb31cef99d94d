using CallActors.Sip.Digest;

namespace CallActors.TestKit.Tests.Phones;

public sealed class RequestTests : IDisposable
{
    private readonly TestNet _net = new();
    private readonly Phone _alice;
    private readonly Phone _bob;
    private readonly Relay _relay;

    public RequestTests()
    {
        _alice = _net.Phone("alice");
        _bob = _net.Phone("bob");
        _relay = new Relay(_net, "invite", "register", "message", "options", "subscribe");
    }

    public void Dispose() => _net.Dispose();

    [Theory]
    [InlineData(DigestAlgorithm.Md5)]
    [InlineData(DigestAlgorithm.Sha256)]
    public void A_phone_registers_with_a_password(DigestAlgorithm algorithm)
    {
        var registrar = new Challenger(_bob);
        _relay.Offered = (transaction, request) =>
        {
            var isProven = registrar.Fault(request, "alice", "secret") is null;
            var headers = isProven ? "" : $"WWW-Authenticate: {registrar.Challenge("callactors.test", [algorithm], false).Single()}\r\n";
            _relay.Respond(transaction, request, isProven ? 200 : 401, headers);
        };
        var register = _alice.Registers("secret");
        Assert.Contains("Digest username=\"alice\"", register.Request.TextOf("Authorization"), StringComparison.Ordinal);
        Assert.Equal(2u, register.Request.CSeq);
        var wrong = Assert.Throws<LadderException>(() => _alice.Registers("guess"));
        Assert.Contains("alice expected 200 to REGISTER 2, got 401 Unauthorized", wrong.Message, StringComparison.Ordinal);
        _net.AssertNothingLeft();
    }

    [Fact]
    public async Task A_caller_is_challenged_by_the_callee()
    {
        var call = await _alice.Invites("bob");
        var incoming = await _bob.ReceivesInvite().ChallengesWith("callactors.test", [DigestAlgorithm.Sha256, DigestAlgorithm.Md5]);
        await call.Receives(407);
        Assert.Equal(2, call.Response!.TextsOf("Proxy-Authenticate").Count);
        Assert.Contains("none were sent", Assert.Throws<LadderException>(() => incoming.Proves("alice", "secret")).Message, StringComparison.Ordinal);

        await call.AnswersChallenge("secret");
        incoming = await _bob.ReceivesInvite();
        // Whoever passes credentials on with another Request-URI is found out: they were made for alice's.
        Assert.Contains("they are for the URI sip:bob@10.0.0.1", Assert.Throws<LadderException>(() => incoming.Proves("alice", "secret")).Message, StringComparison.Ordinal);
        await incoming.Rejects(403);
        await call.Receives(403);
        _net.AssertNothingLeft();
    }

    [Fact]
    public async Task A_call_is_made_with_credentials()
    {
        var challenger = new Challenger(_bob);
        _relay.Offered = (transaction, request) =>
        {
            var isProven = challenger.Fault(request, "alice", "secret") is null;
            _relay.Respond(transaction, request, isProven ? 486 : 407, isProven ? "" : $"Proxy-Authenticate: {challenger.Challenge("x", [], false).Single()}\r\n");
        };
        var call = await _alice.Invites("bob").Receives(407).AnswersChallenge("secret").Receives(486);
        Assert.Equal(2u, call.Invite.Request.CSeq);
        _net.AssertNothingLeft();
    }

    [Fact]
    public async Task Reliable_ringing_is_repeated_until_its_prack()
    {
        // The relay acknowledges bob's for itself and tells alice unreliably.
        _bob.LosesSent("180 INVITE");
        var call = await _alice.Invites("bob", headers: [("Supported", "100rel")]);
        var incoming = await _bob.ReceivesInvite().RingsReliably(180, _bob.Sdp).ReceivesPrack();
        Assert.Equal(0.6, _net.Now.TotalSeconds, 0.1);
        await call.Receives(180);
        await incoming.Answers(PhoneBody.None);
        await call.Receives(200).Acks();
        await incoming.ReceivesAck();
        _net.AssertEnded(call, incoming);
    }

    [Fact]
    public async Task A_caller_acknowledges_reliable_ringing()
    {
        var offered = ("", (Sip.Messages.SipRequest?)null);
        _relay.Offered = (transaction, request) =>
        {
            offered = (transaction, request);
            _relay.Respond(transaction, request, 183, "Require: 100rel\r\n", "v=0\r\n");
        };
        var call = await _alice.Invites("bob", headers: [("Supported", "100rel")]).Receives(183);
        Assert.NotNull(call.Header("RSeq"));
        await call.Pracks();
        _relay.Respond(offered.Item1, offered.Item2!, 486);
        await call.Receives(486);
        _net.AssertNothingLeft();
    }

    [Fact]
    public async Task Messages_and_options_need_no_dialog()
    {
        var message = await _alice.Sends("MESSAGE", "bob", "hello");
        var received = await _bob.Receives("MESSAGE");
        Assert.Equal("hello", received.Body.ToString());
        await received.Answers(202);
        await message.Receives(202);
        _relay.Offered = (transaction, request) => _relay.Respond(transaction, request, 200);
        await _alice.Sends("OPTIONS", "server").Receives(200);
        _net.AssertNothingLeft();
    }

    [Fact]
    public async Task A_subscription_is_notified_and_ends()
    {
        var subscription = await _alice.Subscribes("bob");
        var subscribed = await _bob.ReceivesSubscribe().Answers();
        await subscription.Receives(202);
        foreach (var state in new[] { "active;expires=3600", "terminated;reason=noresource" })
        {
            var sent = await subscribed.Notifies(state, PhoneBody.Of("application/pidf+xml", "<presence/>"));
            var notify = await subscription.ReceivesNotify();
            Assert.Equal((state, "presence", "<presence/>"), (notify.Header("Subscription-State"), notify.Header("Event"), notify.Body.ToString()));
            await sent.Receives(200);
        }

        _net.AssertNothingLeft();
    }

    [Fact]
    public async Task A_transfer_is_asked_for_and_notified()
    {
        var (call, incoming) = _net.Connect(_alice, _bob);
        var refer = await call.Refers("sip:carol@10.0.0.1", replaces: call);
        var referred = await incoming.Receives("REFER");
        Assert.Equal($"<sip:carol@10.0.0.1?Replaces={call.CallId}%3Bto-tag%3D{call.RemoteTag}%3Bfrom-tag%3D{call.LocalTag}>", referred.Header("Refer-To"));
        await referred.Answers(202);
        await refer.Receives(202);
        var sent = await incoming.Notifies("refer", "terminated", PhoneBody.Of("message/sipfrag", "SIP/2.0 200 OK"));
        await (await call.Receives("NOTIFY")).Answers(200);
        await sent.Receives(200);
        _net.AssertEnded(call, incoming);
    }

    [Fact]
    public void What_is_no_sip_comes_back_as_a_stray()
    {
        _alice.SendsRaw($"OPTIONS sip:server SIP/2.0\r\nVia: SIP/2.0/UDP {_alice.Address};branch=z9hG4bKraw\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: raw\r\nCSeq: 1 BYE\r\n\r\n");
        Assert.StartsWith("SIP/2.0 400", _alice.ReceivesStray().ToString(), StringComparison.Ordinal);
    }
}
