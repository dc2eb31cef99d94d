using CallActors.Server.Partitions;
using CsCheck;

namespace CallActors.Server.Tests.Partitions;

public sealed class TimerWheelTests
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(20);
    private readonly TimerWheel _wheel = new(s_tick, Fail);

    private sealed class Alarm(Action<long> rings) : ITimed
    {
        public void OnTimer(long kind) => rings(kind);
    }

    [Fact]
    public void Whatever_is_set_fires_once_and_never_early_and_at_most_two_ticks_late() =>
        Gen.Select(Gen.Int[0, 200_000], Gen.Int[0, 200_000]).List[1, 20].Sample(timers =>
        {
            var wheel = new TimerWheel(s_tick, Fail);
            var now = TimeSpan.Zero;
            var inTime = 0;
            void Pass(TimeSpan until)
            {
                for (; now < until; wheel.Advance(now)) now += s_tick;
            }

            foreach (var (setAt, after) in timers.OrderBy(timer => timer.Item1))
            {
                Pass(TimeSpan.FromMilliseconds(setAt));
                var due = now + TimeSpan.FromMilliseconds(after);
                wheel.Set(now, due - now, new Alarm(_ => inTime += now >= due && now <= due + 2 * s_tick ? 1 : 1000), 0);
            }

            Pass(now + TimeSpan.FromSeconds(201));
            return wheel.Count == 0 && inTime == timers.Count;
        }, iter: 50);

    [Fact]
    public void A_timer_fires_on_the_tick_and_not_before()
    {
        List<long> fired = [];
        _wheel.Set(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(500), new Alarm(fired.Add), 7);
        _wheel.Advance(TimeSpan.FromMilliseconds(504));
        Assert.Empty(fired);
        Assert.Equal(1, _wheel.Count);
        _wheel.Advance(TimeSpan.FromMilliseconds(520));
        Assert.Equal([7], fired);
        Assert.Equal(0, _wheel.Count);
    }

    [Fact]
    public void One_that_is_further_away_than_the_wheel_is_round_waits_its_turns()
    {
        List<long> fired = [];
        _wheel.Set(TimeSpan.Zero, TimeSpan.FromSeconds(185), new Alarm(fired.Add), 1);
        for (var ms = 20; ms < 185_000; ms += 20) _wheel.Advance(TimeSpan.FromMilliseconds(ms));
        Assert.Empty(fired);
        _wheel.Advance(TimeSpan.FromSeconds(185));
        Assert.Equal([1], fired);
    }

    [Fact]
    public void A_timer_may_set_another_while_it_fires()
    {
        List<long> fired = [];
        _wheel.Set(TimeSpan.Zero, s_tick, new Alarm(kind =>
        {
            fired.Add(kind);
            _wheel.Set(s_tick, TimeSpan.Zero, new Alarm(fired.Add), 2);
        }), 1);
        _wheel.Advance(s_tick);
        Assert.Equal([1], fired);
        _wheel.Advance(2 * s_tick);
        Assert.Equal([1, 2], fired);
    }

    [Fact]
    public void A_defect_behind_one_timer_is_reported_and_the_others_fire()
    {
        List<long> fired = [];
        List<string> faults = [];
        var wheel = new TimerWheel(s_tick, defect => faults.Add(defect.Message));
        wheel.Set(TimeSpan.Zero, s_tick, new Alarm(_ => throw new InvalidOperationException("a defect")), 1);
        wheel.Set(TimeSpan.Zero, s_tick, new Alarm(fired.Add), 2);
        wheel.Advance(s_tick);
        Assert.Equal(["a defect"], faults);
        Assert.Equal([2], fired);
        Assert.Equal(0, wheel.Count);
    }

    [Fact]
    public void A_clock_that_jumps_fires_everything_once()
    {
        List<long> fired = [];
        for (var kind = 0; kind < 100; kind++) _wheel.Set(TimeSpan.Zero, TimeSpan.FromSeconds(kind), new Alarm(fired.Add), kind);
        _wheel.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Enumerable.Range(0, 100).Select(kind => (long)kind), fired);
    }

    private static void Fail(Exception defect) => Assert.Fail(defect.ToString());
}
