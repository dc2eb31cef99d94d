namespace CallActors.Net;

/// <summary>Calls something at an even pace until it is disposed.</summary>
/// <remarks>
/// The system's timers wake their own thread and one or two of the pool for each tick, 27 ms of CPU a second at 20 ms; a thread that
/// sleeps costs 2. A clock that is not the system's keeps its own timers, so that virtual time stays in one hand.
/// </remarks>
public sealed class Ticker : IAsyncDisposable
{
    private volatile bool _isStopped;

    private Ticker(TimeSpan interval, Action tick)
    {
        var thread = new Thread(() =>
        {
            while (!_isStopped)
            {
                Thread.Sleep(interval);
                tick();
            }
        })
        {
            IsBackground = true,
            Name = "callactors ticker",
        };
        thread.Start();
    }

    /// <summary>Begins to tick.</summary>
    /// <param name="time">Whose time.</param>
    /// <param name="interval">The time from the end of one tick to the beginning of the next.</param>
    /// <param name="tick">What to call; on a thread that is not the pool's, where the time is the system's.</param>
    public static IAsyncDisposable Start(TimeProvider time, TimeSpan interval, Action tick) =>
        time == TimeProvider.System ? new Ticker(interval, tick) : time.CreateTimer(_ => tick(), null, interval, interval);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _isStopped = true;
        return ValueTask.CompletedTask;
    }
}
