using CallActors.TestKit;

namespace CallActors.Tests.Flows;

/// <summary>An application that fails, or never comes to a decision: rows N19 to N21.</summary>
public sealed class FailureTests
{
    private readonly List<string> _log = [];

    private TestNet Net() => new(new TestNetOptions { LogTo = _log.Add });

    private static BridgeOptions Broken(Script script) => new()
    {
        Answer = _ =>
        {
            script.Notes.Add("asked");
            throw new InvalidDataException("the media relay is gone");
        },
    };

    [Fact]
    public async Task N19_a_media_relay_that_fails_at_the_183_answers_500_and_cancels()
    {
        var script = new Script();
        script = new Script { Invited = (flow, call) => flow.Connects(call, Broken(script)) };
        await using var net = Net();
        var node = script.On(net);
        var alice = await net.Phone("alice").Invites("bob");
        var bob = await net.Phone("bob").ReceivesInvite().Rings(183, net.Phone("bob").Sdp);
        await alice.Receives(500);
        await bob.ReceivesCancel();
        node.AssertNothingLeft();
        Assert.Equal("asked", Assert.Single(script.Notes));
        Assert.True(Assert.Single(node.Records).HasFailed);
    }

    [Fact]
    public async Task N19_a_media_relay_that_fails_at_the_200_answers_500_and_hangs_up()
    {
        var script = new Script();
        script = new Script { Invited = (flow, call) => flow.Connects(call, Broken(script)) };
        await using var net = Net();
        var node = script.On(net);
        var alice = await net.Phone("alice").Invites("bob");
        var bob = await net.Phone("bob").ReceivesInvite().Rings().Answers();
        await alice.Receives(180).Receives(500);
        await bob.ReceivesAck().ReceivesBye();
        node.AssertNothingLeft();
        Assert.IsType<InvalidDataException>(Assert.Single(script.Ended).Failure);
    }

    [Fact]
    public async Task N19_a_media_relay_that_fails_after_a_while_does_so_too()
    {
        Script script = null!;
        script = new Script
        {
            Invited = (flow, call) => flow.Connects(call, new BridgeOptions
            {
                Answer = async _ =>
                {
                    await Task.Delay(TimeSpan.FromSeconds(2), flow.Clock);
                    throw new TimeoutException("the media relay does not answer");
                },
            }),
        };
        await using var net = Net();
        var node = script.On(net);
        var alice = await net.Phone("alice").Invites("bob");
        var bob = await net.Phone("bob").ReceivesInvite().Answers();
        await alice.Receives(500);
        await bob.ReceivesAck().ReceivesBye();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task N19_a_media_relay_that_fails_before_the_call_goes_out_makes_nobody_ring()
    {
        var script = new Script
        {
            Invited = static (flow, call) => flow.Connects(call, new BridgeOptions { Offer = static _ => throw new InvalidDataException("no relay") }),
        };
        await using var net = Net();
        var node = script.On(net);
        await net.Phone("alice").Invites("bob").Receives(500);
        await net.Phone("bob").ReceivesNothing(TimeSpan.FromSeconds(5));
        node.AssertNothingLeft();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task N20_a_flow_that_throws_gives_the_caller_500_and_is_logged_and_counted(bool late)
    {
        var script = new Script
        {
            Invited = async (flow, call) =>
            {
                if (late)
                {
                    await call.Ring();
                    await Task.Delay(TimeSpan.FromSeconds(3), flow.Clock);
                }

                throw new InvalidDataException("a bug");
            },
        };
        await using var net = Net();
        var node = script.On(net);
        using var counted = new Counted(node);
        var alice = await net.Phone("alice").Invites("bob");
        if (late) await alice.Receives(180);
        await alice.Receives(500);
        node.AssertNothingLeft();
        var key = Assert.Single(node.Records).Key;
        Assert.Contains(_log, line => line.Contains("Error", StringComparison.Ordinal) && line.Contains("a bug", StringComparison.Ordinal) && line.Contains(key.ToString(), StringComparison.Ordinal));
        Assert.Equal((1, 1, 1, 0), (counted["callactors.calls.offered"], counted["callactors.calls.failed"], counted["callactors.calls.ended"], counted["callactors.legs.answered"]));
    }

    [Fact]
    public async Task N20_a_flow_that_throws_after_the_answer_ends_every_leg()
    {
        var script = new Script
        {
            Invited = static async (flow, call) =>
            {
                await flow.Connects(call);
                await call.Acknowledged;
                await Task.Delay(TimeSpan.FromSeconds(10), flow.Clock);
                throw new InvalidDataException("a bug");
            },
        };
        await using var net = Net();
        var node = script.On(net);
        using var counted = new Counted(node);
        var alice = await net.Phone("alice").Invites("bob");
        var bob = await net.Phone("bob").ReceivesInvite().Answers();
        await alice.Receives(200).Acks();
        await bob.ReceivesAck();
        await bob.ReceivesBye();
        await alice.ReceivesBye();
        node.AssertNothingLeft();
        Assert.Equal((1, 2, 1), (counted["callactors.calls.failed"], counted["callactors.legs.answered"], counted["callactors.calls.ended"]));
    }

    [Fact]
    public async Task N21_a_flow_that_never_answers_is_given_up_at_the_watchdogs_limit()
    {
        var script = new Script { Invited = static (_, _) => new TaskCompletionSource().Task };
        await using var net = Net();
        var node = script.On(net, Watched);
        await net.Phone("alice").Invites("bob").Receives(500);
        Assert.InRange(net.Now.TotalSeconds, 20, 20.1);
        Assert.Contains(_log, line => line.Contains("did not answer within", StringComparison.Ordinal));
        node.AssertNothingLeft();
        Assert.Equal(500, Assert.Single(node.Records).Legs[0].End.Status);
    }

    [Fact]
    public async Task N21_so_is_one_whose_caller_has_gone()
    {
        var script = new Script { Invited = static (_, _) => new TaskCompletionSource().Task };
        await using var net = Net();
        var node = script.On(net, Watched);
        var alice = await net.Phone("alice").Invites("bob");
        net.Run(TimeSpan.FromSeconds(5));
        await alice.Cancels().Receives(487);
        node.AssertNothingLeft();
        Assert.InRange(net.Now.TotalSeconds, 20, 60);
        Assert.Equal(EndedBy.FarEnd, Assert.Single(node.Records).Legs[0].End.By);
    }

    [Fact]
    public async Task N21_one_that_rings_somebody_cancels_there()
    {
        var script = new Script { Invited = static (flow, call) => flow.Connects(call) };
        await using var net = Net();
        var node = script.On(net, Watched);
        var alice = await net.Phone("alice").Invites("bob");
        var bob = await net.Phone("bob").ReceivesInvite().Rings();
        await alice.Receives(180).Receives(500);
        await bob.ReceivesCancel();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task N21_a_flow_that_goes_on_after_it_was_given_up_harms_nobody()
    {
        var late = new TaskCompletionSource();
        var script = new Script
        {
            Invited = async (_, call) =>
            {
                await late.Task;
                await call.Answer(call.Offer);
            },
        };
        await using var net = Net();
        var node = script.On(net, Watched);
        await net.Phone("alice").Invites("bob").Receives(500);
        late.SetResult();
        node.AssertNothingLeft();
        Assert.DoesNotContain(net.Ladder.Responses(200), message => message.Label.StartsWith("200 INVITE", StringComparison.Ordinal));
    }

    private static CallActorsOptions Watched(CallActorsOptions options) => options with { Calls = options.Calls with { UnansweredAfter = TimeSpan.FromSeconds(20) } };
}
