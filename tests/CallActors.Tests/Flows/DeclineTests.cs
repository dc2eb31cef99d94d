using CallActors.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors.Tests.Flows;

/// <summary>Requests that reach a node which has no place for them, while there is another.</summary>
public sealed class DeclineTests : IDisposable
{
    private readonly TestNet _net = new();
    private readonly JointNodes _joint = new();
    private readonly Script _script = new() { Invited = static (flow, call) => flow.Connects(call) };

    private Phone Alice => _net.Phone("alice");

    private Phone Bob => _net.Phone("bob");

    public void Dispose() => _net.Dispose();

    [Fact]
    public void N28_a_node_that_drains_leaves_new_calls_to_another()
    {
        var (one, two) = (Serve("one"), Serve("two"));
        _net.Settle(one.Runtime.DrainAsync(TimeSpan.FromMinutes(10), default));
        AllGoTo(two, one);
    }

    [Fact]
    public void A_node_that_leaves_does_not_take_what_is_still_on_its_way_to_it()
    {
        var (one, two) = (Serve("one"), Serve("two"));
        one.Runtime.Runtime.Leave(TimeSpan.FromSeconds(30));
        AllGoTo(two, one);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_node_that_the_others_have_given_up_leaves_new_calls_to_them(bool isKnown)
    {
        var (one, two) = (Serve("one"), Serve("two"));
        _joint.TakesPlaceOf(0, isKnown);
        AllGoTo(two, one);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Where_nobody_else_is_the_caller_hears_when_to_try_again(bool isKnown)
    {
        var one = Serve("one");
        _joint.TakesPlaceOf(0, isKnown);
        var refused = Alice.Invites("bob").Receives(503);
        Assert.Equal("10", refused.Header("Retry-After"));
        one.AssertNothingLeft();
    }

    [Fact]
    public void A_server_that_grants_nothing_is_told_the_same_by_the_node()
    {
        var (one, two) = (Serve("one", extensions: false), Serve("two", extensions: false));
        _joint.TakesPlaceOf(0, isKnown: true);
        var refused = Alice.Invites("bob").Receives(503);
        Assert.Equal("10", refused.Header("Retry-After"));
        one.AssertNothingLeft();
        Assert.Equal(0, two.Calls);
    }

    [Fact]
    public void Who_rings_without_anybody_being_called_goes_to_another_when_the_shard_does()
    {
        var script = new Script { Invited = static async (flow, call) => await call.Ring() };
        var (one, two) = (Serve("one", script), Serve("two"));
        var call = Alice.Invites("bob").Receives(180);
        one.Runtime.Runtime.Leave(TimeSpan.FromSeconds(30));
        _joint.Moves(0, 1, one);
        Answered(call, () =>
        {
            Assert.Equal((0, 1), (one.Calls, two.Calls));
            Assert.True(one.IsUp);
        });
        Assert.Empty(one.Records);
    }

    [Fact]
    public void Who_is_being_connected_goes_to_another_when_the_node_has_gone_and_the_callee_is_called_once_at_a_time()
    {
        var (one, two) = (Serve("one"), Serve("two"));
        var call = Alice.Invites("bob");
        var ringing = Bob.ReceivesInvite().Rings();
        call.Receives(180);
        one.Runtime.Runtime.Leave(TimeSpan.FromSeconds(30));
        _joint.Moves(0, 1, one);
        _net.Run(TimeSpan.FromSeconds(5));
        Assert.Equal((0, 0), (one.Calls, two.Calls));
        one.Runtime.Disconnect();
        ringing.ReceivesCancel();
        Answered(call, () => Assert.Equal(1, two.Calls));
        Assert.Empty(one.Records);
    }

    [Fact]
    public void A_node_that_was_given_up_answers_nobody_any_more_and_its_callers_are_offered_to_others()
    {
        var script = new Script
        {
            Invited = static async (flow, call) =>
            {
                await Task.Delay(TimeSpan.FromSeconds(1), flow.Clock);
                await call.Reject(486);
            },
        };
        var (one, two) = (Serve("one", script), Serve("two"));
        var call = Alice.Invites("bob");
        _net.Run(TimeSpan.FromSeconds(0.5));
        one.Runtime.Runtime.IsSilent = true;
        _net.Run(TimeSpan.FromSeconds(2));
        Assert.DoesNotContain(call.Invite.Heard, response => response.IsFinal);
        one.Runtime.Silence();
        Answered(call, () => Assert.Equal(1, two.Calls));
        Assert.Empty(one.Records);
    }

    // Twice, for the server asks them in turn.
    private void AllGoTo(TestNode taker, TestNode other)
    {
        for (var turn = 0; turn < 2; turn++)
        {
            var call = Alice.Invites("bob");
            Answered(call, () => Assert.Equal((1, 0), (taker.Calls, other.Calls)));
            Assert.Equal(202, Alice.Sends("MESSAGE", "desk").PeeksFinal());
        }

        taker.AssertNothingLeft();
        other.AssertNothingLeft();
        Assert.Empty(other.Records);
    }

    // Bob answers, and in the end Alice hangs up.
    private void Answered(PlacedCall call, Action meanwhile)
    {
        var answering = Bob.ReceivesInvite().Answers();
        call.Receives(200).Acks();
        answering.ReceivesAck();
        meanwhile();
        var bye = call.Sends("BYE");
        answering.ReceivesBye();
        bye.Receives(200);
    }

    private TestNode Serve(string name, Script? script = null, bool extensions = true)
    {
        _joint.Join(_net.Node(name));
        return _net.Serves(
            routes => routes.Invite<Scripted>().Message(request => request.Respond(202)),
            services => services.AddSingleton(_net).AddSingleton(script ?? _script),
            options => options with { Servers = [.. options.Servers.Select(server => server with { Extensions = extensions })] },
            name);
    }
}
