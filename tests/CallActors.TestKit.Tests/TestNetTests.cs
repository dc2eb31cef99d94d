using Akka.Actor;
using CallActors.TestKit.Tests.Phones;

namespace CallActors.TestKit.Tests;

public sealed class TestNetTests
{
    [Fact]
    public void What_is_left_is_told()
    {
        using var net = new TestNet();
        _ = new Relay(net, "invite");
        net.Connect(net.Phone("alice"), net.Phone("bob"));
        var fault = Assert.Throws<LadderException>(net.AssertNothingLeft);
        Assert.Contains("Dialogs = 2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Actors_live_in_the_nets_time_and_their_faults_are_told_with_the_ladder()
    {
        using var net = new TestNet();
        var seen = new List<object>();
        net.Node().System.ActorOf(Props.Create<Failing>(seen));
        net.Run(TimeSpan.FromSeconds(3));
        Assert.Equal(["tick"], seen);
        Assert.Contains("InvalidDataException: broken", net.Fault("Anything.").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Real_tasks_settle_while_time_stands_still()
    {
        using var net = new TestNet();
        Assert.Equal(42, net.Settle(Task.Run(() => 42)));
        Assert.Equal(TimeSpan.Zero, net.Now);
        Assert.Equal(7, net.RunUntil(Later(net)));
        Assert.Equal(TimeSpan.FromSeconds(5), net.Now);
        Assert.Throws<LadderException>(() => net.RunUntil(() => false, TimeSpan.FromSeconds(1)));

        static async Task<int> Later(TestNet net)
        {
            await Task.Delay(TimeSpan.FromSeconds(5), net.Time).ConfigureAwait(false);
            return 7;
        }
    }

    private sealed class Failing(List<object> seen) : UntypedActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => Timers.StartSingleTimer("tick", "tick", TimeSpan.FromSeconds(2));

        protected override void OnReceive(object message)
        {
            seen.Add(message);
            throw new InvalidDataException("broken");
        }
    }
}
