using CallActors.Sip.Digest;
using CallActors.Targets;
using CallActors.TestKit;

namespace CallActors.Tests.Flows;

/// <summary>Challenges of calls and within them: row N22, and rows N27 and N30 of the conformance list for INVITE.</summary>
public sealed class ChallengeTests : IDisposable
{
    private static readonly CallOptions s_options = new() { Sdp = ScriptedNets.Sdp };
    private static readonly CallTarget s_bob = CallTarget.Parse("sip:bob@bob") with { Credentials = CredentialsProviders.Always("alice", "secret") };

    private readonly TestNet _net = new();
    private readonly Phone _bob;

    public ChallengeTests() => _bob = _net.Phone("bob");

    public void Dispose() => _net.Dispose();

    [Fact]
    public async Task N22_a_call_is_challenged_with_two_algorithms_and_again_with_a_stale_nonce()
    {
        var node = _net.Begins(async flow =>
        {
            var leg = flow.Calls(s_bob, s_options);
            await leg.Outcome;
            await leg.Info("text/plain", "5");
        });
        var first = await _bob.ReceivesInvite().ChallengesWith("x", [DigestAlgorithm.Sha256, DigestAlgorithm.Md5]);
        var second = await _bob.ReceivesInvite().Proves("alice", "secret").ChallengesWith("x", [DigestAlgorithm.Sha256], isStale: true);
        var third = await _bob.ReceivesInvite().Proves("alice", "secret").Answers();
        await third.ReceivesAck();
        Assert.Contains("algorithm=SHA-256", third.Header("Proxy-Authorization"), StringComparison.Ordinal);
        Assert.Equal((first.CallId, first.CallId), (second.CallId, third.CallId));
        Assert.Equal(first.Invite.Request.CSeq + 2, third.Invite.Request.CSeq);

        // Within the dialog the URI is the far end's Contact, and no placeholder.
        await third.Receives("INFO").ChallengesWith("x", [DigestAlgorithm.Sha256]);
        await third.Receives("INFO").Proves("alice", "secret").Answers(200);
        await third.HangsUp();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task N22_a_proxy_and_the_callee_both_challenge_a_call()
    {
        InviteOutcome? outcome = null;
        var node = _net.Begins(async flow => outcome = await flow.Calls(s_bob, s_options).Outcome);
        await _bob.ReceivesInvite().ChallengesWith("proxy");
        await _bob.ReceivesInvite().ChallengesWith("callee", isProxy: false);
        var third = await _bob.ReceivesInvite().Proves("alice", "secret");
        Assert.Contains("realm=\"proxy\"", third.Header("Proxy-Authorization"), StringComparison.Ordinal);
        Assert.Contains("realm=\"callee\"", third.Header("Authorization"), StringComparison.Ordinal);
        await third.Rejects(403);
        node.AssertNothingLeft();
        Assert.Equal(403, outcome!.Status);
    }

    [Fact]
    public async Task N22_a_reinvite_is_challenged_with_the_real_uri()
    {
        ModifyOutcome? modified = null;
        var node = _net.Begins(async flow =>
        {
            var leg = flow.Calls(s_bob, s_options);
            await leg.Outcome;
            modified = await leg.Modify(ScriptedNets.Sdp.Replace("s=", "s=again", StringComparison.Ordinal));
        });
        var call = await _bob.ReceivesInvite().Answers();
        await call.ReceivesAck();
        var again = call.ReceivesReinvite();
        await again.ChallengesWith("x", [DigestAlgorithm.Sha256], isProxy: false);
        again = call.ReceivesReinvite();
        await again.Proves("alice", "secret");
        await again.Answers().ReceivesAck();
        Assert.Contains($"uri=\"{again.RequestUri}\"", again.Header("Authorization"), StringComparison.Ordinal);
        _net.RunUntil(() => modified is not null);
        Assert.True(modified!.IsAgreed);
        await call.HangsUp();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task N27_of_two_calls_with_one_call_id_the_right_one_is_cancelled()
    {
        var cancelled = new List<string>();
        var node = _net.Answers(async call =>
        {
            await call.Ring();
            await call.Ended;
            if (call.IsCancelled) cancelled.Add(call.RemoteTag);
        });
        var alice = _net.Phone("alice");
        (string, string?)[] same = [("Call-ID", "one-and-the-same")];
        var first = await alice.Invites("desk", headers: same).Receives(180);
        var second = await alice.Invites("desk", headers: same).Receives(180);
        Assert.Equal(2, node.Calls);

        await second.Cancels();
        await second.Receives(487);
        _net.RunUntil(() => node.Calls == 1);
        Assert.Equal([second.LocalTag], cancelled);
        await first.Cancels();
        await first.Receives(487);
        node.AssertNothingLeft();
        Assert.Equal([second.LocalTag, first.LocalTag], cancelled);
    }

    [Fact]
    public async Task N30_a_status_that_nobody_knows_passes_from_callee_to_caller()
    {
        var node = _net.Answers(call => call.BridgeTo("sip:bob@bob"));
        var call = await _net.Phone("alice").Invites("bob");
        await _bob.ReceivesInvite().Rings(188).Rejects(498, reason: "Stale Moon");
        await call.Receives(188).Receives(498);
        Assert.Equal("Stale Moon", System.Text.Encoding.UTF8.GetString(call.Response!.ReasonPhrase));
        node.AssertNothingLeft();
    }
}
