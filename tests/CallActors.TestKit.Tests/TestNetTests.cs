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
    public void The_control_connection_is_cut_and_silenced()
    {
        using var net = new TestNet();
        var cut = new Relay(net, "invite");
        net.CutControl();
        net.RunUntil(() => cut.Ended is not null);
        Assert.Equal(0, net.Census.Applications);

        var silent = new Relay(net, "invite");
        net.SilenceControl();
        var call = net.Phone("alice").Invites("bob");
        net.Phone("bob").ReceivesNothing(TimeSpan.FromSeconds(5));
        Assert.Null(silent.Ended);
        net.RestoreControl();
        net.Phone("bob").ReceivesInvite().Rejects();
        call.Receives(486);
    }

    [Fact]
    public void Actors_live_in_the_nets_time_and_their_faults_are_told_with_the_ladder()
    {
        using var net = new TestNet();
        var seat = net.Start(seat => new Runtime(seat));
        net.Run(TimeSpan.FromSeconds(3));
        Assert.Equal(1, seat.Ticks);
        Assert.Contains("InvalidDataException: broken", net.Fault("Anything.").Message, StringComparison.Ordinal);
        net.Dispose();
        Assert.True(seat.IsDisposed);
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

    private sealed class Runtime : IAsyncDisposable
    {
        public Runtime(RuntimeSeat seat) => seat.System.ActorOf(Props.Create<Ticker>(this));

        public int Ticks { get; set; }

        public bool IsDisposed { get; private set; }

        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            IsDisposed = true;
        }
    }

    private sealed class Ticker(Runtime runtime) : UntypedActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => Timers.StartSingleTimer("tick", "tick", TimeSpan.FromSeconds(2));

        protected override void OnReceive(object message)
        {
            runtime.Ticks++;
            throw new InvalidDataException("broken");
        }
    }
}
