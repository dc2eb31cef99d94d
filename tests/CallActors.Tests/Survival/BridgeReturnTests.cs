using CallActors.Headers;
using CallActors.TestKit;
using CallActors.Tests.Flows;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors.Tests.Survival;

/// <summary>A bridge that came back at another node does all that it did before: keys, holds, changes of the session, transfers.</summary>
public sealed class BridgeReturnTests : IDisposable
{
    private readonly TestNet _net = new();
    private readonly List<string> _held = [];

    public void Dispose() => _net.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Everything_passes_both_ways(bool isLate)
    {
        var (a, b) = Connect(isLate);
        Lose();
        foreach (var (from, to) in new[] { ((PhoneDialog)a, (PhoneDialog)b), (b, a) })
        {
            var info = from.Sends("INFO", PhoneBody.Of("application/dtmf-relay", "Signal=1\r\n"), [("X-Kept", "yes")]);
            var heard = to.Receives("INFO").Answers(200);
            Assert.Contains("Signal=1", heard.Body.ToString(), StringComparison.Ordinal);
            Assert.Equal("yes", heard.Header("X-Kept"));
            info.Receives(200);
            var update = from.Sends("UPDATE", from.Phone.Sdp.Again());
            to.ReceivesReinvite().Answers(to.Phone.Sdp).ReceivesAck();
            update.Receives(200);
            var refer = from.Refers("sip:carol@elsewhere.example");
            to.Receives("REFER").Answers(202);
            refer.Receives(202);
        }

        Ends(a, b);
    }

    [Fact]
    public void A_hold_of_theirs_is_known_and_ends()
    {
        var (a, b) = Connect(false);
        Changes(a, b, _net.Phone("alice").Sdp.SendOnly());
        Assert.Equal(["held"], _held);
        Lose();
        Changes(a, b, _net.Phone("alice").Sdp.Resumed());
        Assert.Equal(["held", "resumed"], _held);
        Ends(a, b);
    }

    [Fact]
    public void Who_remains_of_two_calls_that_came_back_is_joined()
    {
        var (a, b) = Connect(false);
        var carol = _net.Phone("carol");
        var second = _net.Phone("alice").Invites("carol");
        var c = carol.ReceivesInvite().Answers().ReceivesAck();
        second.Receives(200).Acks();
        _net.Run(TimeSpan.FromSeconds(1));
        Lose();
        a.Refers(carol.Uri, second).Receives(202);
        a.Receives("NOTIFY").Answers(200);
        second.ReceivesBye();
        var asked = b.ReceivesReinvite();
        asked.Answers(_net.Phone("bob").Sdp.Again());
        c.ReceivesReinvite().Answers(carol.Sdp.Again()).ReceivesAck();
        asked.ReceivesAck();
        Assert.Contains("200", a.Receives("NOTIFY").Answers(200).Body.ToString(), StringComparison.Ordinal);
        a.ReceivesBye();
        _net.Run(TimeSpan.FromSeconds(1));

        // And the joined call is lost itself.
        Lose();
        var info = c.Sends("INFO", "2");
        b.Receives("INFO").Answers(200);
        info.Receives(200);
        Ends(b, c);
        Assert.Equal(2, _net.Nodes.Values.Sum(node => node.Records.Count));
    }

    [Fact]
    public void A_call_of_three_legs_comes_back_with_all_of_them()
    {
        var carol = _net.Phone("carol");
        var (a, b) = Connect(false, "bob-and-carol");
        var c = carol.ReceivesInvite().Answers().ReceivesAck();
        _net.Run(TimeSpan.FromSeconds(1));
        Lose();
        c.Sends("INFO", "3").Receives(200);
        var bye = c.Sends("BYE");
        bye.Receives(200);
        a.ReceivesBye();
        b.ReceivesBye();
        _net.AssertNothingLeft();
        Assert.Equal(3, Assert.Single(_net.Nodes.Values.SelectMany(node => node.Records)).Legs.Count);
    }

    private int _nodes;

    private (PlacedCall A, OfferedCall B) Connect(bool isLate, string called = "bob")
    {
        Serve();
        var a = _net.Phone("alice").Invites(called, isLate ? PhoneBody.None : null);
        var b = _net.Phone("bob").ReceivesInvite().Answers();
        a.Receives(200).Acks(isLate ? (PhoneBody)_net.Phone("alice").Sdp : null);
        b.ReceivesAck();
        _net.Run(TimeSpan.FromSeconds(1));
        return (a, b);
    }

    private void Serve() => _net.Serves(app => app.Invite<Desk>(), services => services.AddSingleton(_held), node: $"n{++_nodes}");

    private void Lose()
    {
        Serve();
        _net.Nodes[$"n{_nodes - 1}"].Dies();
        _net.Run(TimeSpan.FromSeconds(1));
    }

    private static void Changes(PhoneDialog from, PhoneDialog to, PhoneBody sdp)
    {
        var invite = from.Reinvites(sdp);
        to.ReceivesReinvite().Answers(to.Phone.Sdp).ReceivesAck();
        invite.Receives(200);
        invite.Acks();
    }

    private void Ends(PhoneDialog from, PhoneDialog to)
    {
        var bye = from.Sends("BYE");
        to.ReceivesBye();
        bye.Receives(200);
        _net.AssertNothingLeft();
    }

    private sealed class Desk(List<string> held) : CallActor
    {
        protected override async Task OnInvite(IncomingCall call)
        {
            await call.BridgeTo(call.Called == "carol" ? "sip:carol@carol" : "sip:bob@bob", new BridgeOptions { DialogHeaders = HeaderPolicy.None.Copy("X-Kept") });
            if (call.Called == "bob-and-carol") await Dial("sip:carol@carol", new CallOptions { Sdp = LegScene.Ours }).Outcome;
        }

        protected override Task OnHeld(Leg leg) => Note("held");

        protected override Task OnResumed(Leg leg) => Note("resumed");

        protected override Task OnRefer(Leg leg, LegRequest request) => request.Header("Refer-To")!.Contains("Replaces", StringComparison.Ordinal) ? Transfer(request) : base.OnRefer(leg, request);

        private Task Note(string what)
        {
            held.Add(what);
            return Task.CompletedTask;
        }
    }
}
