namespace CallActors.TestKit.Tests.Time;

public sealed class VirtualLoopTests
{
    private readonly VirtualLoop _loop = new();
    private readonly List<int> _seen = [];

    [Fact]
    public void Work_runs_in_its_order_and_what_comes_of_it_after_it()
    {
        _loop.Post(() =>
        {
            _loop.Post(() => _seen.Add(3));
            _seen.Add(1);
        });
        _loop.Post(() => _seen.Add(2));
        Assert.Empty(_seen);
        _loop.Run();
        Assert.Equal([1, 2, 3], _seen);
        Assert.True(_loop.IsQuiet);
        Assert.Equal(3, _loop.Turns);
    }

    [Fact]
    public void Work_that_throws_throws_at_whoever_runs_the_loop_and_the_rest_stays()
    {
        _loop.Post(() => throw new InvalidDataException("broken"));
        _loop.Post(() => _seen.Add(1));
        Assert.Throws<InvalidDataException>(_loop.Run);
        _loop.Run();
        Assert.Equal([1], _seen);
    }

    [Fact]
    public void Work_cannot_run_the_loop()
    {
        _loop.Post(() =>
        {
            _loop.Post(static () => { });
            _loop.Run();
        });
        Assert.Throws<InvalidOperationException>(_loop.Run);
    }

    [Fact]
    public async Task Work_from_other_threads_wakes_whoever_waits_for_it()
    {
        Assert.False(_loop.Wait(TimeSpan.Zero));
        var other = Task.Run(() => _loop.Post(() => _seen.Add(Environment.CurrentManagedThreadId)));
        Assert.True(_loop.Wait(TimeSpan.FromSeconds(20)));
        await other;
        _loop.Run();
        Assert.Equal([Environment.CurrentManagedThreadId], _seen);
    }
}
