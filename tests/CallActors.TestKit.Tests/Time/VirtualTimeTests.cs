namespace CallActors.TestKit.Tests.Time;

public sealed class VirtualTimeTests
{
    private readonly VirtualTime _time = new();
    private readonly List<string> _seen = [];

    [Fact]
    public void A_timer_sees_exactly_the_instant_it_was_due()
    {
        After(250, "late");
        After(100, "early");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["early at 100", "late at 250"], _seen);
        Assert.Equal(TimeSpan.FromSeconds(1), _time.Now);
        Assert.Equal(VirtualTime.Beginning.AddSeconds(1), _time.GetUtcNow());
    }

    [Fact]
    public void Timers_of_one_instant_fire_in_the_order_they_were_set()
    {
        for (var i = 0; i < 20; i++) After(100, $"{i}");
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i} at 100"), _seen);
    }

    [Fact]
    public void A_timer_of_no_time_fires_with_the_next_step_and_not_before()
    {
        After(0, "now");
        Assert.Empty(_seen);
        Assert.True(_time.Step(TimeSpan.Zero));
        Assert.Equal(["now at 0"], _seen);
    }

    [Fact]
    public void A_step_fires_one_timer_and_without_one_goes_all_the_way()
    {
        After(100, "one");
        After(100, "two");
        Assert.True(_time.Step(TimeSpan.FromSeconds(1)));
        Assert.Equal(["one at 100"], _seen);
        Assert.True(_time.Step(TimeSpan.FromSeconds(1)));
        Assert.False(_time.Step(TimeSpan.FromSeconds(1)));
        Assert.Equal(1100, _time.Now.TotalMilliseconds);
    }

    [Fact]
    public void A_period_goes_on_until_the_timer_is_disposed_and_keeps_its_pace()
    {
        using (_time.CreateTimer(_ => Note("tick"), null, TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(20))) _time.Advance(TimeSpan.FromMilliseconds(50));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["tick at 5", "tick at 25", "tick at 45"], _seen);
        Assert.Null(_time.UntilNext);
    }

    [Fact]
    public void A_timer_that_was_changed_or_disposed_does_not_fire_as_it_was_set()
    {
        var changed = After(100, "changed");
        After(100, "disposed").Dispose();
        changed.Change(TimeSpan.FromMilliseconds(300), Timeout.InfiniteTimeSpan);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Empty(_seen);
        Assert.Equal(TimeSpan.FromMilliseconds(200), _time.UntilNext);
        _time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(["changed at 300"], _seen);
    }

    [Fact]
    public void A_timer_may_set_itself_anew()
    {
        ITimer? timer = null;
        timer = _time.CreateTimer(
            _ =>
            {
                Note("again");
                if (_seen.Count < 3) timer!.Change(TimeSpan.FromMilliseconds(10), Timeout.InfiniteTimeSpan);
            },
            null,
            TimeSpan.FromMilliseconds(10),
            Timeout.InfiniteTimeSpan);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["again at 10", "again at 20", "again at 30"], _seen);
    }

    [Fact]
    public async Task A_delay_ends_in_virtual_time()
    {
        var delay = Task.Delay(TimeSpan.FromHours(1), _time);
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.False(delay.IsCompleted);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(delay.IsCompleted);
        await delay;
    }

    private ITimer After(int milliseconds, string what) =>
        _time.CreateTimer(_ => Note(what), null, TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);

    private void Note(string what) => _seen.Add($"{what} at {_time.Now.TotalMilliseconds}");
}
