using CallActors.TestKit;

namespace CallActors.Tests.Flows;

/// <summary>Calls that arrive: rows T20 to T25 and their neighbours of the conformance list.</summary>
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
}
