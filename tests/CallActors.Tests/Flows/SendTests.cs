using CallActors.Sip.Digest;
using CallActors.Targets;
using CallActors.TestKit;

namespace CallActors.Tests.Flows;

/// <summary>Requests of ours outside dialogs: rows T14 to T17, N22 and N30 of the conformance list.</summary>
public sealed class SendTests : IDisposable
{
    private static readonly CredentialsProvider s_alice = CredentialsProviders.Always("alice", "secret");

    private readonly TestNet _net = new();
    private readonly TestNode _node;
    private readonly Phone _carrier;

    public SendTests()
    {
        _node = _net.Serves(app => app.Map("MESSAGE", request => request.Respond(200)).Custom("SPLAT", request => request.Respond(299, "Odd")));
        _carrier = _net.Phone("carrier");
    }

    public void Dispose() => _net.Dispose();

    private Task<RequestOutcome> Register(CredentialsProvider? credentials = null) => _node.Runtime.SendAsync(
        "REGISTER", CallTarget.Parse("sip:carrier") with { Credentials = credentials ?? s_alice }, null,
        new HeaderFields { { "Contact", "<sip:alice@localhost>" }, { "Expires", "600" } }, new SendOptions { From = "<sip:alice@carrier>" });

    private Task<RequestOutcome> Options(string target = "sip:carrier", SendOptions? options = null, string method = "OPTIONS", CredentialsProvider? credentials = null) =>
        _node.Runtime.SendAsync(method, CallTarget.Parse(target) with { Credentials = credentials }, null, null, options);

    private sealed class Pinger : CallActor
    {
        public static List<RequestOutcome> Outcomes { get; } = [];

        protected override async Task OnStart(object? argument)
        {
            // The far end answers in whatever order it likes.
            var first = Send("OPTIONS", "carrier");
            var second = Send("MESSAGE", "bob@carrier", MessageBody.Text("text/plain", "hello"));
            Outcomes.Clear();
            Outcomes.Add(await second);
            Outcomes.Add(await first);
        }
    }

    [Fact]
    public void T14_a_register_is_challenged_and_a_function_knows_the_credentials()
    {
        var asked = new List<CredentialsRequest>();
        var sending = Register((request, _) =>
        {
            asked.Add(request);
            return new(SipCredentials.OfPassword("alice", "secret"));
        });
        var first = _carrier.Receives("REGISTER").ChallengesWith("callactors.test", isProxy: false);
        var second = _carrier.Receives("REGISTER").Proves("alice", "secret").Answers(200);
        Assert.True(_net.RunUntil(sending).IsSuccess);
        Assert.Equal([new CredentialsRequest("callactors.test", "REGISTER", "sip:carrier", false)], asked);
        Assert.Equal(first.Header("Call-ID"), second.Header("Call-ID"));
        Assert.Equal(first.Header("From"), second.Header("From"));
        Assert.Equal("<sip:alice@carrier>", first.Header("To"));
        Assert.Equal(first.Request.CSeq + 1, second.Request.CSeq);
        _node.AssertNothingLeft();
    }

    [Fact]
    public void T15_a_register_with_a_password_and_a_target_of_only_a_host()
    {
        var sending = _node.Runtime.SendAsync("REGISTER", CallTarget.Parse("carrier") with { Credentials = s_alice }, null, null, null);
        Assert.Equal("sip:carrier", _carrier.Receives("REGISTER").ChallengesWith("x", isProxy: false).RequestUri);
        _carrier.Receives("REGISTER").Proves("alice", "secret").Answers(200);
        Assert.Equal(200, _net.RunUntil(sending).Status);
        _node.AssertNothingLeft();
    }

    [Fact]
    public void T16_a_flow_sends_requests_outside_its_dialogs()
    {
        _node.Begin<Pinger>();
        var options = _carrier.Receives("OPTIONS");
        var message = _carrier.Receives("MESSAGE");
        Assert.Equal("hello", message.Body.ToString());
        message.Answers(202);
        options.Answers(200);
        _node.AssertNothingLeft();
        Assert.Equal([202, 200], Pinger.Outcomes.Select(outcome => outcome.Status));
    }

    [Fact]
    public void T17_an_empty_realm_is_a_realm()
    {
        var sending = Register();
        _carrier.Receives("REGISTER").ChallengesWith("", isProxy: false);
        Assert.Contains("realm=\"\"", _carrier.Receives("REGISTER").Proves("alice", "secret").Answers(200).Header("Authorization"), StringComparison.Ordinal);
        Assert.True(_net.RunUntil(sending).IsSuccess);
        _node.AssertNothingLeft();
    }

    [Theory]
    [InlineData(DigestAlgorithm.Sha256)]
    [InlineData(DigestAlgorithm.Md5)]
    public void N22_the_first_algorithm_that_is_known_is_used(DigestAlgorithm first)
    {
        var sending = Register();
        var other = first == DigestAlgorithm.Md5 ? DigestAlgorithm.Sha256 : DigestAlgorithm.Md5;
        _carrier.Receives("REGISTER").ChallengesWith("x", [first, other], isProxy: false);
        var proven = _carrier.Receives("REGISTER").Proves("alice", "secret").Answers(200);
        Assert.Contains($"algorithm={(first == DigestAlgorithm.Md5 ? "MD5" : "SHA-256")}", proven.Header("Authorization"), StringComparison.Ordinal);
        Assert.True(_net.RunUntil(sending).IsSuccess);
    }

    [Fact]
    public void N22_a_proxy_and_the_far_end_both_challenge()
    {
        var sending = Register();
        _carrier.Receives("REGISTER").ChallengesWith("proxy");
        _carrier.Receives("REGISTER").Proves("alice", "secret").ChallengesWith("registrar", isProxy: false);
        var third = _carrier.Receives("REGISTER").Answers(200);
        Assert.Contains("realm=\"proxy\"", third.Header("Proxy-Authorization"), StringComparison.Ordinal);
        Assert.Contains("realm=\"registrar\"", third.Header("Authorization"), StringComparison.Ordinal);
        Assert.True(_net.RunUntil(sending).IsSuccess);
    }

    [Fact]
    public void N22_a_stale_nonce_is_no_wrong_password()
    {
        var sending = Register();
        _carrier.Receives("REGISTER").ChallengesWith("x", isProxy: false);
        _carrier.Receives("REGISTER").ChallengesWith("x", isProxy: false, isStale: true);
        _carrier.Receives("REGISTER").Proves("alice", "secret").Answers(200);
        Assert.True(_net.RunUntil(sending).IsSuccess);

        sending = Register();
        _carrier.Receives("REGISTER").ChallengesWith("x", isProxy: false);
        _carrier.Receives("REGISTER").ChallengesWith("x", isProxy: false);
        Assert.Equal(401, _net.RunUntil(sending).Status);
        _node.AssertNothingLeft();
    }

    [Fact]
    public void A_challenge_that_cannot_be_answered_is_the_outcome()
    {
        var sending = Options(credentials: s_alice);
        _carrier.Receives("OPTIONS").Answers(407);
        Assert.Equal(407, _net.RunUntil(sending).Status);

        sending = Options();
        _carrier.Receives("OPTIONS").ChallengesWith("x");
        Assert.Equal(407, _net.RunUntil(sending).Status);
        _node.AssertNothingLeft();
    }

    [Fact]
    public void The_answer_to_a_challenge_goes_to_whoever_challenged()
    {
        var (one, other) = (_net.Phone("one"), _net.Phone("other"));
        var sending = Options("sip:bob@one", credentials: s_alice);
        var first = one.Receives("OPTIONS");
        // Meanwhile the name leads elsewhere.
        _net.Network.AddName("one", other.Address.Ip);
        first.ChallengesWith("x");
        one.Receives("OPTIONS").Proves("alice", "secret").Answers(200);
        Assert.True(_net.RunUntil(sending).IsSuccess);
        other.ReceivesNothing(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void The_server_answers_for_those_who_do_not()
    {
        var silent = Options();
        _carrier.Receives("OPTIONS");
        Assert.Equal(408, Assert.IsType<RequestOutcome.Final>(_net.RunUntil(silent)).Response.StatusCode);
        Assert.Equal(503, Assert.IsType<RequestOutcome.Final>(_net.RunUntil(Options("sip:nobody.invalid"))).Response.StatusCode);
        Assert.IsType<RequestOutcome.NotSent>(_net.RunUntil(Options("urn:service:sos")));
        _node.AssertNothingLeft();
    }

    [Fact]
    public void A_time_of_ones_own_ends_the_waiting()
    {
        var sending = Options(options: new SendOptions { Timeout = TimeSpan.FromSeconds(2) });
        var request = _carrier.Receives("OPTIONS");
        Assert.Equal(TimeSpan.FromSeconds(2), Assert.IsType<RequestOutcome.TimedOut>(_net.RunUntil(sending)).After);
        request.Answers(200);
        _node.AssertNothingLeft();
    }

    [Fact]
    public void A_lost_server_is_an_outcome()
    {
        var sending = Options();
        _carrier.Receives("OPTIONS");
        _node.Cut();
        Assert.IsType<RequestOutcome.ServerLost>(_net.RunUntil(sending));
        Assert.IsType<RequestOutcome.ServerLost>(_net.RunUntil(Options(options: new SendOptions { Server = "another" })));
    }

    [Fact]
    public void N30_methods_and_statuses_that_nobody_knows_pass()
    {
        var sent = _net.Phone("alice").Sends("SPLAT", "bob").Receives(299);
        Assert.Equal("Odd", System.Text.Encoding.UTF8.GetString(sent.Response!.ReasonPhrase));

        var sending = Options(method: "SPLAT");
        _carrier.Receives("SPLAT").Answers(499, reason: "Never Heard Of It");
        var final = Assert.IsType<RequestOutcome.Final>(_net.RunUntil(sending));
        Assert.Equal((499, "Never Heard Of It"), (final.Response.StatusCode, System.Text.Encoding.UTF8.GetString(final.Response.ReasonPhrase)));
        _node.AssertNothingLeft();
    }

    [Fact]
    public void Provisional_responses_are_told()
    {
        var told = new List<int>();
        var sending = Options(options: new SendOptions
        {
            OnProgress = response =>
            {
                told.Add(response.StatusCode);
                return Task.CompletedTask;
            },
        });
        // No phone of ours sends what RFC 4320 §4.1 forbids; some do.
        var received = _carrier.Receives("OPTIONS");
        string[] copied = ["Via", "From", "To", "Call-ID", "CSeq"];
        _carrier.SendsRaw($"SIP/2.0 182 Queued\r\n{string.Concat(copied.Select(name => $"{name}: {received.Header(name)}\r\n"))}Content-Length: 0\r\n\r\n");
        _net.RunUntil(() => told.Count > 0);
        received.Answers(200);
        Assert.True(_net.RunUntil(sending).IsSuccess);
        Assert.Equal([182], told);
    }

    [Theory]
    [InlineData("INVITE", "sip:carrier")]
    [InlineData("SUBSCRIBE", "sip:carrier")]
    [InlineData("OPT IONS", "sip:carrier")]
    [InlineData("OPTIONS", "")]
    [InlineData("OPTIONS", "sip:a@b\r\nX: y")]
    public void What_cannot_be_sent_is_told_at_once(string method, string target) => Assert.ThrowsAny<ArgumentException>(() => { _ = Options(target, method: method); });
}
