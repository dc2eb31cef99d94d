using CallActors.Headers;
using CallActors.Targets;
using CallActors.TestKit;

namespace CallActors.Tests.Flows;

/// <summary>Calls that the application places: rows T3 to T7 and T10 to T13 of the conformance list.</summary>
public sealed class UacTests : IDisposable
{
    private static readonly CredentialsProvider s_secret = CredentialsProviders.Always("sales", "open sesame");

    private readonly TestNet _net = new();
    private readonly Phone _bob;
    private OutgoingCall? _call;
    private InviteOutcome? _outcome;

    public UacTests() => _bob = _net.Phone("bob");

    public void Dispose() => _net.Dispose();

    [Fact]
    public async Task T3_a_placed_call_is_a_leg_and_the_callee_hangs_up()
    {
        var script = new FlowScript { Started = Places(_bob.Uri) };
        var node = _net.Begins(script);
        var bob = await _bob.ReceivesInvite().Rings().Answers().ReceivesAck();
        Assert.Equal(ScriptedNets.Sdp, bob.Body.ToString());
        Assert.Equal(_call, Assert.IsType<InviteOutcome.Answered>(_outcome).Leg);
        Assert.Equal((_bob.Sdp.ToString(), ScriptedNets.Sdp, bob.LocalTag), (_call!.RemoteSdp, _call.LocalSdp, _call.RemoteTag));
        await bob.HangsUp();
        Assert.Equal((_call, EndedBy.FarEnd), (script.Hangups[0].Leg, script.Hangups[0].End.By));
        node.AssertNothingLeft();
        Assert.True(Assert.Single(node.Records).AnsweredFor > TimeSpan.Zero);
    }

    [Fact]
    public async Task T3_a_placed_call_is_hung_up_by_us()
    {
        var script = new FlowScript { Started = Places(_bob.Uri, then: call => call.Hangup("enough")) };
        var node = _net.Begins(script);
        var bob = await _bob.ReceivesInvite().Answers().ReceivesAck();
        await bob.ReceivesBye();
        node.AssertNothingLeft();
        Assert.Empty(script.Hangups);
        Assert.Equal(EndedBy.Us, _call!.End!.By);
    }

    [Fact]
    public async Task T4_an_outcome_is_there_for_whoever_asks_late_and_progress_is_told_in_order()
    {
        List<int> heard = [];
        InviteOutcome? late = null;
        var node = _net.Begins(Places(_bob.Uri, Offers() with { OnProgress = progress => Keep(heard, progress) }, async call =>
        {
            late = await call.Outcome;
            await call.Ended;
            late = await call.Outcome;
        }));
        var bob = await _bob.ReceivesInvite().Rings().Rings(183).Rings(183).Rings().Answers().ReceivesAck();
        await bob.HangsUp();
        Assert.Equal([180, 183, 183, 180], heard);
        Assert.Same(_outcome, late);
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task T5_a_calling_number_makes_from_and_contact()
    {
        var node = _net.Begins(Places(By("493012", "Sales \"North\"")));
        var invite = await _bob.ReceivesInvite();
        Assert.StartsWith("\"Sales \\\"North\\\"\" <sip:493012@10.0.0.1:5060>;tag=", invite.Header("From"), StringComparison.Ordinal);
        Assert.StartsWith("<sip:493012@10.0.0.1:5060", invite.Header("Contact"), StringComparison.Ordinal);
        await invite.Rejects();
        node.AssertNothingLeft();
        Assert.Equal(486, Assert.IsType<InviteOutcome.Rejected>(_outcome).Code);
    }

    [Fact]
    public async Task T5_a_calling_number_is_escaped_and_cannot_break_out_of_its_uri()
    {
        var node = _net.Begins(Places(By("a b>;x=\"y")));
        var invite = await _bob.ReceivesInvite();
        Assert.StartsWith("<sip:a%20b%3E;x=%22y@10.0.0.1:5060>;tag=", invite.Header("From"), StringComparison.Ordinal);
        await invite.Rejects();
        node.AssertNothingLeft();
    }

    [Theory]
    [InlineData("Contact")]
    [InlineData("contact")]
    [InlineData("m")]
    public async Task T6_T7_a_contact_that_is_given_wins_however_it_is_written(string name)
    {
        var node = _net.Begins(Places(By("493012"), Offers() with { Headers = new HeaderFields { { name, "<sip:me@10.0.0.1:5060;x=1>" } } }));
        var invite = await _bob.ReceivesInvite();
        Assert.Equal(["<sip:me@10.0.0.1:5060;x=1>"], [.. invite.Invite.Request.TextsOf("Contact"), .. invite.Invite.Request.TextsOf("m")]);
        Assert.StartsWith("<sip:493012@10.0.0.1:5060>;tag=", invite.Header("From"), StringComparison.Ordinal);
        await invite.Rejects();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task T10_a_challenge_by_address_is_answered_in_the_same_call()
    {
        var node = _net.Begins(Places(CallTarget.Parse(_bob.Uri) with { Credentials = s_secret }));
        var first = await _bob.ReceivesInvite().ChallengesWith("trunk");
        var second = await _bob.ReceivesInvite().Proves("sales", "open sesame").Answers().ReceivesAck();
        Assert.Equal((first.CallId, first.Header("From"), first.Invite.Request.CSeq + 1), (second.CallId, second.Header("From"), second.Invite.Request.CSeq));
        Assert.Equal((first.Body.ToString(), first.Invite.RequestUri), (second.Body.ToString(), second.Invite.RequestUri));
        Assert.True(_outcome!.IsAnswered);
        await second.HangsUp();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task T10_a_second_challenge_is_the_outcome()
    {
        var node = _net.Begins(Places(CallTarget.Parse(_bob.Uri) with { Credentials = s_secret }));
        await _bob.ReceivesInvite().ChallengesWith("trunk");
        await _bob.ReceivesInvite().ChallengesWith("trunk");
        await _bob.ReceivesNothing(TimeSpan.FromSeconds(5));
        Assert.Equal(407, Assert.IsType<InviteOutcome.Rejected>(_outcome).Code);
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task T10_a_challenge_of_a_realm_we_know_nothing_of_is_the_outcome()
    {
        var node = _net.Begins(Places(CallTarget.Parse(_bob.Uri) with { Credentials = CredentialsProviders.ByRealm(new Dictionary<string, SipCredentials>()) }));
        await _bob.ReceivesInvite().ChallengesWith("trunk");
        await _bob.ReceivesNothing(TimeSpan.FromSeconds(5));
        Assert.Equal(407, Assert.IsType<InviteOutcome.Rejected>(_outcome).Code);
        node.AssertNothingLeft();
    }

    [Theory]
    [InlineData(407)]
    [InlineData(401)]
    public async Task T11_a_challenge_without_its_header_is_the_outcome(int status)
    {
        var node = _net.Begins(Places(CallTarget.Parse(_bob.Uri) with { Credentials = s_secret }));
        await _bob.ReceivesInvite().Rejects(status);
        await _bob.ReceivesNothing(TimeSpan.FromSeconds(5));
        Assert.Equal(status, Assert.IsType<InviteOutcome.Rejected>(_outcome).Code);
        node.AssertNothingLeft();
        Assert.False(Assert.Single(node.Records).HasFailed);
    }

    [Theory]
    [InlineData("Digest")]
    [InlineData("Basic realm=\"x\"")]
    [InlineData("Digest realm=\"x\", algorithm=ROT13, nonce=\"1\"")]
    [InlineData("=,\"")]
    public async Task T11_a_challenge_that_nobody_understands_is_the_outcome(string challenge)
    {
        var node = _net.Begins(Places(CallTarget.Parse(_bob.Uri) with { Credentials = s_secret }));
        await _bob.ReceivesInvite().Rejects(407, [("Proxy-Authenticate", challenge)]);
        await _bob.ReceivesNothing(TimeSpan.FromSeconds(5));
        Assert.Equal(407, Assert.IsType<InviteOutcome.Rejected>(_outcome).Code);
        node.AssertNothingLeft();
        Assert.False(Assert.Single(node.Records).HasFailed);
    }

    [Fact]
    public async Task T12_a_challenge_by_name_is_answered_to_the_host_that_made_it()
    {
        var carol = _net.Phone("carol");
        _net.Network.AddName("pbx.example", _bob.Address.Ip);
        var node = _net.Begins(Places(CallTarget.Parse("sip:sales@pbx.example") with { Credentials = s_secret }));
        var first = await _bob.ReceivesInvite();
        // From now on the name leads elsewhere, where the nonce means nothing.
        _net.Network.AddName("pbx.example", carol.Address.Ip);
        await first.ChallengesWith("trunk");
        var second = await _bob.ReceivesInvite().Proves("sales", "open sesame").Answers().ReceivesAck();
        Assert.Equal("sip:sales@pbx.example", second.Invite.RequestUri);
        await carol.ReceivesNothing(TimeSpan.FromSeconds(1));
        await second.HangsUp();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task T13_a_challenged_bye_comes_again_with_credentials()
    {
        var node = _net.Begins(Places(CallTarget.Parse(_bob.Uri) with { Credentials = s_secret }, then: call => call.Hangup()));
        var bob = await _bob.ReceivesInvite().Answers().ReceivesAck();
        await bob.Receives("BYE").ChallengesWith("trunk");
        await bob.Receives("BYE").Proves("sales", "open sesame").Answers(200);
        node.AssertNothingLeft();
        Assert.Equal((EndedBy.Us, 2), (_call!.End!.By, _net.Ladder.Requests("BYE").Count()));
    }

    [Fact]
    public async Task T13_a_bye_that_is_refused_ends_the_leg_all_the_same()
    {
        var node = _net.Begins(Places(CallTarget.Parse(_bob.Uri) with { Credentials = s_secret }, then: call => call.Hangup()));
        var bob = await _bob.ReceivesInvite().Answers().ReceivesAck();
        await bob.Receives("BYE").ChallengesWith("trunk");
        await bob.Receives("BYE").ChallengesWith("trunk");
        await bob.ReceivesNothing(TimeSpan.FromSeconds(5));
        node.AssertNothingLeft();
        Assert.Equal(EndedBy.Us, _call!.End!.By);
    }

    private CallTarget By(string number, string name = "") => CallTarget.Parse(_bob.Uri) with { Caller = new CallerIdentity { Number = number, Name = name } };

    private static CallOptions Offers() => new() { Sdp = ScriptedNets.Sdp };

    private static Task Keep(List<int> heard, CallProgress progress)
    {
        heard.Add(progress.Status);
        return Task.CompletedTask;
    }

    private Func<FlowUnderTest, Task> Places(CallTarget target, CallOptions? options = null, Func<OutgoingCall, Task>? then = null) => async flow =>
    {
        _call = flow.Calls(target, options ?? Offers());
        _outcome = await _call.Outcome;
        if (then is not null && _outcome.IsAnswered) await then(_call);
    };
}
