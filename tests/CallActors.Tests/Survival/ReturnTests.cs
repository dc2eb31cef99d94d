using CallActors.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors.Tests.Survival;

/// <summary>What comes back with a call: state, timers, holds, and calls that the application began itself.</summary>
public sealed class ReturnTests
{
    private static string Ours { get; } = new PhoneSdp { Address = "10.9.9.9" }.ToString();

    [Fact]
    public void State_and_timers_come_back_once_the_call_is_its_own_again()
    {
        using var net = new TestNet();
        var seen = new Seen();
        Serve(net, seen, "one");
        var alice = net.Phone("alice").Invites("us").Receives(200).Acks();
        net.Run(TimeSpan.FromSeconds(1));
        net.Nodes["one"].Dies();
        net.Run(TimeSpan.FromSeconds(3));
        Serve(net, seen, "two");
        net.Run(TimeSpan.FromSeconds(3));
        Assert.Equal(["one: started 5", "two: relocated 5, 1 legs"], seen.Notes);
        net.Run(TimeSpan.FromSeconds(5));
        Assert.Equal("two: timer late", seen.Notes[^1]);
        alice.ReceivesBye();
        net.AssertNothingLeft();
        var record = Assert.Single(net.Nodes["two"].Records);
        Assert.InRange((record.EndedAt - record.AnsweredAt!.Value).TotalSeconds, 10, 13);
    }

    [Fact]
    public void A_timer_that_was_due_meanwhile_fires_behind_the_return()
    {
        using var net = new TestNet();
        var seen = new Seen();
        Serve(net, seen, "one");
        var alice = net.Phone("alice").Invites("us").Receives(200).Acks();
        net.Nodes["one"].Dies();
        net.Run(TimeSpan.FromSeconds(15));
        Serve(net, seen, "two");
        net.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(["one: started 5", "two: relocated 5, 1 legs", "two: timer late"], seen.Notes);
        alice.ReceivesBye();
        net.AssertNothingLeft();
    }

    [Fact]
    public void A_held_leg_is_resumed_on_the_other_node()
    {
        using var net = new TestNet();
        var seen = new Seen();
        Serve(net, seen, "one");
        var alice = net.Phone("alice").Invites("us").Receives(200).Acks();
        alice.Sends("INFO", "hold");
        alice.ReceivesReinvite().Answers().ReceivesAck();
        net.Run(TimeSpan.FromSeconds(1));
        Serve(net, seen, "two");
        net.Nodes["one"].Dies();
        alice.Sends("INFO", "resume");
        var resumed = alice.ReceivesReinvite();
        Assert.DoesNotContain("sendonly", resumed.Body.ToString(), StringComparison.Ordinal);
        resumed.Answers().ReceivesAck();
        alice.HangsUp();
        net.AssertNothingLeft();
    }

    [Fact]
    public void A_call_that_the_application_began_goes_on_after_two_losses()
    {
        using var net = new TestNet();
        var seen = new Seen();
        var node = Serve(net, seen, "one");
        node.Begin<Returning>(net.Phone("bob").Uri);
        var bob = net.Phone("bob").ReceivesInvite().Answers().ReceivesAck();
        net.Run(TimeSpan.FromSeconds(1));
        node.Cut();
        net.Run(TimeSpan.FromSeconds(1));
        node.Cut();
        net.Run(TimeSpan.FromSeconds(1));
        bob.Sends("INFO", "x").Receives(200);
        Serve(net, seen, "two");
        node.Dies();
        bob.Sends("INFO", "y").Receives(200);
        bob.HangsUp();
        net.AssertNothingLeft();
        Assert.Single(net.Nodes["two"].Records);
        Assert.Empty(node.Records);
    }

    [Fact]
    public void The_far_end_of_a_call_that_nobody_takes_over_is_released()
    {
        using var net = new TestNet();
        Serve(net, new Seen(), "one");
        var alice = net.Phone("alice").Invites("us").Receives(200).Acks();
        net.Nodes["one"].Dies();
        alice.ReceivesBye();
        Assert.InRange(net.Now.TotalSeconds, 30, 36);
    }

    [Fact]
    public void A_request_that_was_shown_before_says_so()
    {
        using var net = new TestNet();
        var seen = new Seen { IsSlow = true };
        Serve(net, seen, "one");
        var alice = net.Phone("alice").Invites("us").Receives(200).Acks();
        var info = alice.Sends("INFO", "x");
        net.Run(TimeSpan.FromSeconds(1));
        seen.IsSlow = false;
        Serve(net, seen, "two");
        net.Nodes["one"].Dies();
        info.Receives(200);
        Assert.Contains("one: x", seen.Notes);
        Assert.Contains("two: x again", seen.Notes);
        alice.HangsUp();
        net.AssertNothingLeft();
    }

    private static TestNode Serve(TestNet net, Seen seen, string name) =>
        net.Serves(app => app.Invite<Returning>(), services => services.AddSingleton(seen).AddSingleton(new Place(name)), node: name);

    private sealed record Place(string Name);

    private sealed class Seen
    {
        public List<string> Notes { get; } = [];

        public bool IsSlow { get; set; }
    }

    private sealed class Memory
    {
        public int Number { get; set; }
    }

    private sealed class Returning(Seen seen, Place place) : CallActor<Memory>
    {
        protected override async Task OnInvite(IncomingCall call)
        {
            State.Number = 5;
            SetTimer("late", TimeSpan.FromSeconds(10));
            await call.Answer(Ours);
            Note($"started {State.Number}");
        }

        protected override Task OnStart(object? argument) => Dial((string)argument!, new CallOptions { Sdp = Ours }).Outcome;

        protected override Task OnRelocated()
        {
            Note($"relocated {State.Number}, {Legs.Count} legs");
            return Task.CompletedTask;
        }

        protected override Task OnTimer(string name)
        {
            Note($"timer {name}");
            return HangUpAll();
        }

        protected override async Task OnInfo(Leg leg, LegRequest request)
        {
            if (request.Body is "hold" or "resume")
            {
                await request.Respond(200);
                _ = request.Body == "hold" ? leg.Hold() : leg.Resume();
                return;
            }

            Note(request.Body + (request.IsAgain ? " again" : ""));
            if (seen.IsSlow) await Task.Delay(TimeSpan.FromHours(1), Time);
        }

        private void Note(string text) => seen.Notes.Add($"{place.Name}: {text}");
    }
}
