using CallActors.Calls;
using CallActors.TestKit;
using CallActors.Tests.Flows;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors.Tests.Survival;

/// <summary>Requests that meet their call in the midst of its move to another node: each is answered, and none does its work twice.</summary>
public sealed class HandoverTests : IDisposable
{
    private readonly TestNet _net = new();
    private readonly JointNodes _joint = new();
    private readonly Notes _notes = new();
    private readonly TestNode _one;
    private readonly TestNode _two;

    public HandoverTests() => (_one, _two) = (Serve("one"), Serve("two"));

    public void Dispose() => _net.Dispose();

    [Fact]
    public void What_was_relayed_and_not_answered_when_the_call_had_to_go_is_answered_once_it_is()
    {
        var (a, b) = Talk();
        var info = a.Sends("INFO", "x");
        var relayed = b.Receives("INFO");
        _joint.Moves(0, 1, _one);
        _net.RunUntil(() => (_one.Calls, _two.Calls) == (0, 1), TimeSpan.FromSeconds(3));
        _net.Run(TimeSpan.FromSeconds(1));
        relayed.Answers(200);
        info.Receives(200);
        End(a, b);
    }

    [Fact]
    public void What_a_flow_was_still_at_when_its_call_had_to_go_is_shown_again()
    {
        var a = Alone();
        var info = a.Sends("INFO", "x");
        _net.RunUntil(() => _notes.Heard.Count == 1);
        _joint.Moves(0, 1, _one);
        _net.RunUntil(() => (_one.Calls, _two.Calls) == (0, 1), TimeSpan.FromSeconds(3));
        info.Receives(200);
        Assert.Equal(["x", "x again"], _notes.Heard);
        End(a);
    }

    [Fact]
    public void What_is_lost_on_its_way_after_the_call_is_shown_again_when_the_node_that_it_has_left_has_gone()
    {
        var (a, b) = Talk();
        Depart();
        var info = a.Sends("INFO", "x");
        _net.Run(TimeSpan.FromMilliseconds(100));
        _joint.Release(message => message is Restored);
        _net.Run(TimeSpan.FromSeconds(2));
        Assert.Equal(1, _two.Calls);
        _one.Dies();
        b.Receives("INFO").Answers(200);
        info.Receives(200);
        End(a, b);
    }

    [Fact]
    public void What_comes_after_the_call_on_either_leg_is_relayed_once_both_are_claimed()
    {
        var (a, b) = Talk();
        Depart();
        var (there, back) = (a.Sends("INFO", "x"), b.Sends("INFO", "y"));
        _net.Run(TimeSpan.FromMilliseconds(100));
        _joint.Release();
        b.Receives("INFO").Answers(200);
        a.Receives("INFO").Answers(200);
        there.Receives(200);
        back.Receives(200);
        End(a, b);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_comes_after_the_call_and_is_shown_again_is_heard_once(bool isReinvite)
    {
        _notes.Waits = true;
        var a = Alone();
        Depart();
        SentRequest sent = isReinvite ? a.Reinvites() : a.Sends("INFO", "x");
        _net.Run(TimeSpan.FromMilliseconds(100));
        _joint.Release();
        _net.RunUntil(() => _notes.Heard.Count == 1);
        _one.Dies();
        _net.Run(TimeSpan.FromSeconds(1));
        _notes.Go.SetResult();
        sent.Receives(200);
        if (sent is SentInvite invite) invite.Acks();
        Assert.Equal([isReinvite ? "INVITE" : "x"], _notes.Heard);
        End(a);
    }

    [Fact]
    public void A_call_does_not_go_before_the_server_has_its_answer()
    {
        _notes.Waits = true;
        var a = Alone();
        var info = a.Sends("INFO", "x");
        _net.Run(TimeSpan.FromMilliseconds(100));
        // Else the claim of the next node would overtake it.
        _net.Network.SetLink(_one.Address, _net.Control.Ip, _net.Options.Link with { Delay = TimeSpan.FromMilliseconds(100) });
        _joint.Moves(0, 1, _one);
        _notes.Go.SetResult();
        info.Receives(200);
        _net.RunUntil(() => (_one.Calls, _two.Calls) == (0, 1), TimeSpan.FromSeconds(3));
        Assert.Equal(["x"], _notes.Heard);
        End(a);
    }

    // The call is on its way, and so is what comes for it from now on.
    private void Depart()
    {
        _joint.Holds = static _ => true;
        _joint.Moves(0, 1, _one);
        _net.RunUntil(() => _one.Calls == 0, TimeSpan.FromSeconds(1));
    }

    private (PlacedCall A, OfferedCall B) Talk()
    {
        var a = _net.Phone("alice").Invites("bob");
        var b = _net.Phone("bob").ReceivesInvite().Answers();
        a.Receives(200).Acks();
        b.ReceivesAck();
        _net.Run(TimeSpan.FromSeconds(1));
        return (a, b);
    }

    private PlacedCall Alone()
    {
        var a = _net.Phone("alice").Invites("us").Receives(200).Acks();
        _net.Run(TimeSpan.FromSeconds(1));
        return a;
    }

    private void End(PhoneDialog a, PhoneDialog? b = null)
    {
        var bye = a.Sends("BYE");
        b?.ReceivesBye();
        bye.Receives(200);
        _net.RunUntil(() => _two.Calls == 0);
        Assert.Empty(_one.Records);
        Assert.Single(_two.Records);
    }

    private TestNode Serve(string name)
    {
        _joint.Join(_net.Node(name));
        return _net.Serves(app => app.Invite<Desk>(), services => services.AddSingleton(_notes), node: name);
    }

    private sealed class Notes
    {
        public List<string> Heard { get; } = [];

        public bool Waits { get; set; }

        public TaskCompletionSource Go { get; } = new();
    }

    private sealed class Desk(Notes notes) : CallActor
    {
        protected override async Task OnInvite(IncomingCall call)
        {
            if (call.Called == "us") await call.Answer(new PhoneSdp { Address = "10.9.9.9" }.ToString());
            else await call.BridgeTo("sip:bob@bob");
        }

        protected override async Task OnInfo(Leg leg, LegRequest request)
        {
            if (leg.Peer is not null)
            {
                await base.OnInfo(leg, request);
                return;
            }

            notes.Heard.Add(request.IsAgain ? request.Body + " again" : request.Body);
            if (notes.Waits || !request.IsAgain) await notes.Go.Task;
        }

        protected override async Task OnReinvite(Leg leg, LegRequest request)
        {
            notes.Heard.Add(request.Method);
            await notes.Go.Task;
            await base.OnReinvite(leg, request);
        }
    }
}
