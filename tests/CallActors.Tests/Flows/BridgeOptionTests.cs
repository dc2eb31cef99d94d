using CallActors.Headers;
using CallActors.TestKit;

namespace CallActors.Tests.Flows;

/// <summary>What a bridge copies, translates and tells: rows T34 and T37 to T41 of the conformance list.</summary>
public sealed class BridgeOptionTests : IDisposable
{
    private readonly TestNet _net = new();
    private readonly Phone _alice;
    private readonly Phone _bob;

    public BridgeOptionTests()
    {
        _alice = _net.Phone("alice");
        _bob = _net.Phone("bob");
    }

    public void Dispose() => _net.Dispose();

    [Fact]
    public async Task T34_a_header_is_copied_both_ways_and_everything_is_told()
    {
        List<string> told = [];
        var node = _net.Answers(call => call.BridgeTo(_bob.Uri, new BridgeOptions
        {
            RequestHeaders = HeaderPolicy.None.Copy("Subject"),
            ResponseHeaders = HeaderPolicy.None.Copy("Subject"),
            OnProgress = progress => Tell(told, $"{progress.Status} of {progress.Call.Target.Uri == _bob.Uri}, caller answered {call.IsAnswered}"),
            OnAnswered = callee => Tell(told, $"answered {callee.IsAnswered}, caller answered {call.IsAnswered}"),
        }));
        var alice = await _alice.Invites("bob", headers: [("Subject", "lunch"), ("X-Other", "1")]);
        var bob = await _bob.ReceivesInvite();
        Assert.Equal(("lunch", null), (bob.Header("Subject"), bob.Header("X-Other")));
        // A body that is relayed keeps nobody from being told (D18).
        await bob.Rings(183, _bob.Sdp, [("Subject", "music")]).Answers(headers: [("Subject", "dinner"), ("X-Other", "1")]);
        await alice.Receives(183);
        Assert.Equal("music", alice.Header("Subject"));
        await alice.Receives(200).Acks();
        Assert.Equal(("dinner", null), (alice.Header("Subject"), alice.Header("X-Other")));
        await bob.ReceivesAck();
        Assert.Equal(["183 of True, caller answered False", "answered True, caller answered False"], told);
        await alice.HangsUp();
        await bob.ReceivesBye();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task T37_the_answer_carries_a_header_of_ours()
    {
        var answer = await Connects(new BridgeOptions { ResponseHeaders = HeaderPolicy.None.Set("X-Color", "green") }, []);
        Assert.Equal("green", answer.Header("X-Color"));
    }

    [Fact]
    public async Task T38_the_answer_carries_a_header_made_of_the_callees()
    {
        var options = new BridgeOptions { ResponseFields = response => new HeaderFields { { "X-Color", response.TextOf("X-Paint") + "ish" } } };
        var answer = await Connects(options, [("X-Paint", "green")]);
        Assert.Equal("greenish", answer.Header("X-Color"));
        Assert.Null(answer.Header("X-Paint"));
    }

    [Theory]
    [InlineData("\"Alice Müller\" <sip:alice@10.0.0.1>;tag=1", "\"Alice Müller\" <sip:alice@10.0.0.1:5060>")]
    [InlineData("Alice <sip:alice@10.0.0.1>;tag=1", "\"Alice\" <sip:alice@10.0.0.1:5060>")]
    [InlineData("\"a \\\"b\\\" \\\\\" <sip:alice@10.0.0.1>;tag=1", "\"a \\\"b\\\" \\\\\" <sip:alice@10.0.0.1:5060>")]
    [InlineData("sip:alice@10.0.0.1;tag=1", "<sip:alice@10.0.0.1:5060>")]
    [InlineData("<tel:+4930123;x=1>;tag=1", "<sip:+4930123@10.0.0.1:5060>")]
    public async Task T39_the_display_name_reaches_the_callee(string from, string seen)
    {
        var node = _net.Answers(call => call.BridgeTo(_bob.Uri));
        var alice = await _alice.Invites("bob", headers: [("From", from)]);
        var bob = await _bob.ReceivesInvite();
        Assert.StartsWith(seen + ";tag=", bob.Header("From"), StringComparison.Ordinal);
        await bob.Rejects();
        await alice.Receives(486);
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task T39_an_asserted_identity_comes_first_and_explicit_options_before_both()
    {
        var names = new Queue<BridgeOptions>([new BridgeOptions(), new BridgeOptions { Caller = new CallerIdentity { Number = "1", Name = "One" } }, new BridgeOptions { Headers = new HeaderFields { { "From", "\"Two\" <sip:2@two.example>" } } }]);
        var node = _net.Answers(call => call.BridgeTo(_bob.Uri, names.Dequeue()));
        foreach (var seen in new[] { "\"Real\" <sip:real@10.0.0.1:5060>", "\"One\" <sip:1@10.0.0.1:5060>", "\"Two\" <sip:2@two.example>" })
        {
            var alice = await _alice.Invites("bob", headers: [("P-Asserted-Identity", "\"Real\" <sip:real@carrier.example>")]);
            var bob = await _bob.ReceivesInvite().Rejects();
            Assert.StartsWith(seen + ";tag=", bob.Header("From"), StringComparison.Ordinal);
            await alice.Receives(486);
        }

        node.AssertNothingLeft();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(10)]
    public async Task T40_T41_the_answer_is_what_was_made_of_the_callees_however_long_it_takes(int seconds)
    {
        var made = new PhoneSdp { Address = "10.8.8.8" }.ToString();
        List<string> asked = [];
        var answer = await Connects(
            new BridgeOptions
            {
                Answer = async theirs =>
                {
                    asked.Add(theirs);
                    if (seconds > 0) await Task.Delay(TimeSpan.FromSeconds(seconds), _net.Time);
                    return made;
                },
            },
            []);
        Assert.Equal(made, answer.Body.ToString());
        Assert.Equal([_bob.Sdp.ToString()], asked);
    }

    [Fact]
    public async Task T40_the_same_description_in_183_and_200_is_translated_once_also_when_the_200_comes_first()
    {
        var made = new PhoneSdp { Address = "10.8.8.8" }.ToString();
        var asked = 0;
        var node = _net.Answers(call => call.BridgeTo(_bob.Uri, new BridgeOptions
        {
            Answer = async _ =>
            {
                asked++;
                await Task.Delay(TimeSpan.FromSeconds(2), _net.Time);
                return made;
            },
        }));
        var alice = await _alice.Invites("bob");
        var bob = await _bob.ReceivesInvite().Rings(183, _bob.Sdp).Answers();
        await alice.Receives(183);
        Assert.Equal(made, alice.Body.ToString());
        await alice.Receives(200).Acks();
        Assert.Equal((made, 1), (alice.Body.ToString(), asked));
        await bob.ReceivesAck();
        await alice.HangsUp();
        await bob.ReceivesBye();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task T41_what_the_callee_says_right_after_its_answer_reaches_the_caller()
    {
        var node = _net.Answers(call => call.BridgeTo(_bob.Uri, new BridgeOptions { OnAnswered = _ => Task.Delay(TimeSpan.FromSeconds(2), _net.Time) }));
        var alice = await _alice.Invites("bob");
        var bob = await _bob.ReceivesInvite().Answers();
        await bob.ReceivesAck();
        var info = bob.Sends("INFO", "Signal=1");
        await alice.Receives(200).Acks();
        Assert.Equal("Signal=1", (await alice.Receives("INFO").Answers(200)).Body.ToString());
        await info.Receives(200);
        await alice.HangsUp();
        await bob.ReceivesBye();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task T40_an_offer_of_ours_reaches_the_callee()
    {
        var made = new PhoneSdp { Address = "10.8.8.8" }.ToString();
        var node = _net.Answers(call => call.BridgeTo(_bob.Uri, new BridgeOptions { Offer = theirs => Task.FromResult(theirs == _alice.Sdp.ToString() ? made : null) }));
        var alice = await _alice.Invites("bob");
        var bob = await _bob.ReceivesInvite().Rejects();
        Assert.Equal(made, bob.Body.ToString());
        await alice.Receives(486);
        node.AssertNothingLeft();
    }

    private static Task Tell(List<string> told, string what)
    {
        told.Add(what);
        return Task.CompletedTask;
    }

    private async Task<PlacedCall> Connects(BridgeOptions options, (string, string?)[] answers)
    {
        var node = _net.Answers(call => call.BridgeTo(_bob.Uri, options));
        var alice = await _alice.Invites("bob");
        var bob = await _bob.ReceivesInvite().Answers(headers: answers);
        await alice.Receives(200).Acks();
        await bob.ReceivesAck();
        await alice.HangsUp();
        await bob.ReceivesBye();
        node.AssertNothingLeft();
        return alice;
    }
}
