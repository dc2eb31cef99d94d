using Akka.Actor;
using Akka.Event;

namespace CallActors.TestKit.Tests.Actors;

public sealed class VirtualActorsTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly VirtualTime _time = new();
    private readonly VirtualLoop _loop = new();
    private readonly VirtualActors _actors;
    private readonly Pump _pump;

    public VirtualActorsTests()
    {
        _actors = new VirtualActors(_time, _loop);
        _pump = new Pump(_time, _loop, s_patience);
    }

    public void Dispose() => _actors.Dispose();

    [Fact]
    public void Timers_of_an_actor_fire_in_virtual_time_on_the_tests_thread()
    {
        var seen = new List<string>();
        var system = _actors.Start("one");
        system.ActorOf(Props.CreateBy(new Maker(() => new Clock(_time, seen))), "clock");
        Assert.Empty(seen);
        _pump.Run(TimeSpan.FromSeconds(10));
        string[] expected = ["each at 3.5", "once at 4", "each at 6.5", "each at 9.5"];
        Assert.Equal(expected.Select(what => $"{what} on {Environment.CurrentManagedThreadId}"), seen);
        _actors.End(system);
        Assert.True(system.WhenTerminated.IsCompletedSuccessfully);
        Assert.Equal(10, _time.Now.TotalSeconds);
    }

    [Fact]
    public void A_day_passes_in_no_time_and_an_ended_system_leaves_no_timer()
    {
        var seen = new List<string>();
        var system = _actors.Start("one");
        system.ActorOf(Props.CreateBy(new Maker(() => new Clock(_time, seen))));
        _pump.Run(TimeSpan.FromDays(1));
        Assert.InRange(seen.Count, 28_000, 29_000);
        _actors.End(system);
        Assert.Null(_time.UntilNext);
    }

    [Fact]
    public void Two_worlds_know_nothing_of_each_other()
    {
        var (otherTime, otherLoop) = (new VirtualTime(), new VirtualLoop());
        using var others = new VirtualActors(otherTime, otherLoop);
        List<string> mine = [], theirs = [];
        var one = _actors.Start("one");
        var other = others.Start("one");
        one.ActorOf(Props.CreateBy(new Maker(() => new Clock(_time, mine))));
        other.ActorOf(Props.CreateBy(new Maker(() => new Clock(otherTime, theirs))));
        new Pump(otherTime, otherLoop, s_patience).Run(TimeSpan.FromSeconds(4));
        Assert.Empty(mine);
        Assert.Equal(2, theirs.Count);
        Assert.Equal(TimeSpan.Zero, _time.Now);
        _actors.End(one);
        others.End(other);
    }

    [Fact]
    public void The_same_actors_take_the_same_turns()
    {
        Assert.Equal(Play(), Play());

        static string Play()
        {
            var (time, loop) = (new VirtualTime(), new VirtualLoop());
            using var actors = new VirtualActors(time, loop);
            var seen = new List<string>();
            var system = actors.Start("one");
            for (var i = 0; i < 10; i++) system.ActorOf(Props.CreateBy(new Maker(() => new Clock(time, seen))));
            new Pump(time, loop, s_patience).Run(TimeSpan.FromSeconds(20));
            var turns = loop.Turns;
            actors.End(system);
            return $"{turns}: {string.Join(", ", seen)}";
        }
    }

    [Fact]
    public void What_a_real_task_brings_is_settled_in_real_time()
    {
        var system = _actors.Start("one");
        var heard = new List<object>();
        var actor = system.ActorOf(Props.CreateBy(new Maker(() => new Listener(heard))));
        var real = Task.Run(() => actor.Tell("from elsewhere"));
        _pump.Settle(() => real.IsCompleted);
        Assert.Equal(["from elsewhere"], heard);
        Assert.Throws<TimeoutException>(() => new Pump(_time, _loop, TimeSpan.FromMilliseconds(20)).Settle(static () => false));
        _actors.End(system);
    }

    [Fact]
    public void An_actor_that_fails_is_supervised_as_anywhere()
    {
        var system = _actors.Start("one");
        var heard = new List<object>();
        var listener = system.ActorOf(Props.CreateBy(new Maker(() => new Listener(heard))));
        _pump.Run(TimeSpan.Zero);
        system.EventStream.Subscribe(listener, typeof(Error));
        var failing = system.ActorOf(Props.CreateBy(new Maker(() => new Failing())));
        failing.Tell("anything");
        _pump.Run(TimeSpan.Zero);
        Assert.Contains(heard, message => message is Error { Cause: InvalidDataException });
        _actors.End(system);
    }

    private sealed class Maker(Func<ActorBase> make) : IIndirectActorProducer
    {
        public Type ActorType => typeof(ActorBase);

        public ActorBase Produce() => make();

        public void Release(ActorBase actor)
        {
        }
    }

    private sealed class Clock(VirtualTime time, List<string> seen) : UntypedActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart()
        {
            Timers.StartSingleTimer("once", "once", TimeSpan.FromSeconds(4));
            Timers.StartPeriodicTimer("each", "each", TimeSpan.FromSeconds(3.5), TimeSpan.FromSeconds(3));
        }

        protected override void OnReceive(object message) =>
            seen.Add($"{message} at {time.Now.TotalSeconds} on {Environment.CurrentManagedThreadId}");
    }

    private sealed class Listener(List<object> heard) : UntypedActor
    {
        protected override void OnReceive(object message) => heard.Add(message);
    }

    private sealed class Failing : UntypedActor
    {
        protected override void OnReceive(object message) => throw new InvalidDataException("broken");
    }
}
