using CallActors.TestKit;

namespace CallActors.Tests.Flows;

/// <summary>Calls that go to another node while people talk.</summary>
public sealed class MoveTests : IDisposable
{
    private readonly TestNet _net = new();
    private readonly JointNodes _joint = new();

    public void Dispose() => _net.Dispose();

    [Fact]
    public void A_call_goes_once_nothing_is_under_way_and_nobody_on_the_phone_notices()
    {
        var (one, two) = (Serve("one"), Serve("two"));
        var (alice, bob) = (_net.Phone("alice"), _net.Phone("bob"));
        var a = alice.Invites("bob");
        var b = bob.ReceivesInvite().Answers();
        a.Receives(200).Acks();
        b.ReceivesAck();
        Assert.Equal((1, 0), (one.Calls, two.Calls));

        // An INFO is on its way through when the shard is to move.
        var info = a.Sends("INFO", PhoneBody.Of("application/dtmf-relay", "Signal=1\r\n"));
        var received = b.Receives("INFO");
        _joint.Moves(0, 1, one);
        _net.Run(TimeSpan.FromMilliseconds(200));
        Assert.Equal((1, 0), (one.Calls, two.Calls));
        received.Answers(200);
        info.Receives(200);
        _net.RunUntil(() => (one.Calls, two.Calls) == (0, 1));

        // It goes on there, both ways, to its end, and has one record.
        var again = b.Sends("INFO", PhoneBody.Of("application/dtmf-relay", "Signal=2\r\n"));
        a.Receives("INFO").Answers(200);
        again.Receives(200);
        var bye = a.Sends("BYE");
        b.ReceivesBye();
        bye.Receives(200);
        _net.RunUntil(() => two.Calls == 0);
        Assert.Empty(one.Records);
        Assert.Single(two.Records);
    }

    [Fact]
    public void A_call_that_never_rests_goes_all_the_same()
    {
        var (one, two) = (Serve("one"), Serve("two"));
        var (alice, bob) = (_net.Phone("alice"), _net.Phone("bob"));
        var a = alice.Invites("bob-for-ever");
        var b = bob.ReceivesInvite().Answers();
        a.Receives(200).Acks();
        b.ReceivesAck();
        _joint.Moves(0, 1, one);
        // Its shard waits for it for ten seconds; once that goes, it has one more to come to rest.
        _net.Run(TimeSpan.FromSeconds(0.9));
        Assert.Equal((1, 0), (one.Calls, two.Calls));
        _net.RunUntil(() => (one.Calls, two.Calls) == (0, 1), TimeSpan.FromSeconds(0.2));
        var bye = a.Sends("BYE");
        b.ReceivesBye();
        bye.Receives(200);
        _net.RunUntil(() => two.Calls == 0);
    }

    [Fact]
    public void A_caller_who_is_still_waiting_stays_until_he_is_answered()
    {
        var (one, two) = (Serve("one"), Serve("two"));
        var (alice, bob) = (_net.Phone("alice"), _net.Phone("bob"));
        var a = alice.Invites("bob");
        var b = bob.ReceivesInvite().Rings();
        a.Receives(180);
        JointNodes.Prepares(one);
        _net.Run(TimeSpan.FromSeconds(15));
        Assert.Equal((1, 0), (one.Calls, two.Calls));
        b.Answers();
        a.Receives(200).Acks();
        b.ReceivesAck();
        _joint.Moves(0, 1, one);
        _net.RunUntil(() => (one.Calls, two.Calls) == (0, 1));
        var bye = b.Sends("BYE");
        a.ReceivesBye();
        bye.Receives(200);
        _net.RunUntil(() => two.Calls == 0);
    }

    private TestNode Serve(string name)
    {
        _joint.Join(_net.Node(name));
        return _net.Serves(app => app.Invite<Desk>(), node: name);
    }

    private sealed class Desk : CallActor
    {
        protected override async Task OnInvite(IncomingCall call)
        {
            await call.BridgeTo("sip:bob@bob");
            if (call.LocalUri.Contains("for-ever", StringComparison.Ordinal)) await call.Ended;
        }
    }
}
