using CallActors.TestKit;

namespace CallActors.Tests.Flows;

/// <summary>Calls that arrive: rows T20 to T24 of the conformance list.</summary>
public sealed class UasTests
{
    private sealed class Busy : CallActor
    {
        protected override Task OnInvite(IncomingCall call) => call.Reject(503, headers: new HeaderFields { { "X-Why", "closed" } });
    }

    private sealed class Desk : CallActor
    {
        protected override async Task OnInvite(IncomingCall call)
        {
            await call.Ring();
            await call.Answer(call.Offer);
        }
    }

    [Fact]
    public async Task T20_a_rejected_caller_gets_the_status_and_the_header()
    {
        await using var net = new TestNet();
        var node = net.Serves(app => app.Invite<Busy>());
        var alice = await net.Phone("alice").Invites("bob");
        await alice.Receives(503);
        Assert.Equal("closed", alice.Header("X-Why"));
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task T21_a_call_is_answered_and_the_caller_hangs_up()
    {
        await using var net = new TestNet();
        var node = net.Serves(app => app.Invite<Desk>());
        var alice = await net.Phone("alice").Invites("bob");
        await alice.Receives(180).Receives(200).Acks();
        Assert.Equal(1, node.Calls);
        await alice.HangsUp();
        node.AssertNothingLeft();
        Assert.Equal(EndedBy.FarEnd, Assert.Single(node.Records).Legs[0].End.By);
    }

    [Fact]
    public async Task T22_whoever_wants_the_ack_is_told_of_it()
    {
        await using var net = new TestNet();
        var acknowledged = new List<bool>();
        var script = new FlowScript
        {
            Invited = async call =>
            {
                var outcome = await call.Answer(ScriptedNets.Sdp);
                acknowledged.Add(outcome.IsAnswered && call.Acknowledged.IsCompleted);
                acknowledged.Add(await call.Acknowledged);
                acknowledged.Add(call.Acknowledged.IsCompletedSuccessfully);
                await call.Hangup("that was all");
            },
        };
        var node = net.Plays(script);
        var alice = await net.Phone("alice").Invites("bob").Receives(200);
        net.Run(TimeSpan.FromSeconds(3));
        Assert.Equal([false], acknowledged);
        await alice.Acks();
        await alice.ReceivesBye();
        Assert.Equal([false, true, true], acknowledged);
        Assert.Equal(1, script.Acknowledgements);
        node.AssertNothingLeft();
    }

    [Theory]
    [InlineData("text")]
    [InlineData("function")]
    [InlineData("later")]
    public async Task T23_the_200_carries_the_description_in_whatever_form_it_was_given(string form)
    {
        await using var net = new TestNet();
        string? offered = null;
        var node = net.Answers(call => form switch
        {
            "text" => call.Answer(ScriptedNets.Sdp),
            "function" => call.Answer(offer =>
            {
                offered = offer;
                return Task.FromResult<string?>(ScriptedNets.Sdp);
            }),
            _ => call.Answer(async offer =>
            {
                offered = offer;
                await Task.Delay(TimeSpan.FromSeconds(2), net.Time);
                return ScriptedNets.Sdp;
            }),
        });
        var alice = await net.Phone("alice").Invites("bob").Receives(200).Acks();
        Assert.Equal(("application/sdp", ScriptedNets.Sdp), (alice.Body.Type, alice.Body.ToString()));
        if (form != "text") Assert.Equal(net.Phone("alice").Sdp.ToString(), offered);
        await alice.HangsUp();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task T24_a_caller_who_ignores_every_200_ends_with_ack_timeout()
    {
        await using var net = new TestNet();
        var answered = TimeSpan.Zero;
        bool? acknowledged = null;
        var script = new FlowScript
        {
            Invited = async call =>
            {
                var outcome = await call.Answer(ScriptedNets.Sdp);
                answered = outcome.IsAnswered ? net.Now : TimeSpan.MaxValue;
                acknowledged = await call.Acknowledged;
            },
        };
        var node = net.Plays(script);
        net.Phone("alice").LosesReceived("200 INVITE", int.MaxValue);
        var alice = await net.Phone("alice").Invites("bob");
        await alice.ReceivesBye();
        Assert.InRange(answered.TotalSeconds, 0, 0.1);
        Assert.InRange(net.Now.TotalSeconds, 32, 32.6);
        Assert.Equal(11, net.Ladder.Responses(200).Count(message => message.To == "alice" && message.Label.StartsWith("200 INVITE", StringComparison.Ordinal)));
        Assert.False(acknowledged);
        var (leg, end) = Assert.Single(script.Hangups);
        Assert.True(leg.IsAnswered);
        Assert.Equal(new LegEnd(EndedBy.Server, "ACK timeout"), end);
        Assert.Equal(end, Assert.Single(node.Records).Legs[0].End);
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task T24_a_lost_ack_is_made_good_by_the_next_200()
    {
        await using var net = new TestNet();
        var script = new FlowScript { Invited = call => call.Answer(ScriptedNets.Sdp) };
        var node = net.Plays(script);
        net.Phone("alice").LosesSent("ACK", 3);
        var alice = await net.Phone("alice").Invites("bob").Receives(200).Acks();
        net.Run(TimeSpan.FromSeconds(40));
        Assert.Equal(1, script.Acknowledgements);
        await alice.HangsUp();
        node.AssertNothingLeft();
        Assert.Equal(EndedBy.FarEnd, Assert.Single(node.Records).Legs[0].End.By);
    }
}
