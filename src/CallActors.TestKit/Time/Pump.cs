namespace CallActors.TestKit;

/// <summary>
/// Moves a world: all work of the loop, then time to the next timer, then the work that came of it, and so on. While something real is under way
/// that it was told of, time stands still.
/// </summary>
internal sealed class Pump(VirtualTime time, VirtualLoop loop, TimeSpan realPatience)
{
    private const int MostTimersOfOneInstant = 1_000_000;

    private static readonly TimeSpan s_realSlice = TimeSpan.FromMilliseconds(5);

    // Counted down by work of the loop, behind whatever the end of it has put there.
    private int _real;

    /// <summary>Lets time pass.</summary>
    public void Run(TimeSpan duration) => Until(static () => false, duration);

    /// <summary>Lets time pass until something is so; false when it never was.</summary>
    public bool Until(Func<bool> isSo, TimeSpan atMost)
    {
        var result = false;
        Alone(() =>
        {
            var until = time.Now + atMost;
            Calm();
            var (instant, timers) = (time.Now, 0);
            while (!(result = isSo()))
            {
                var fired = time.Step(until > time.Now ? until - time.Now : TimeSpan.Zero);
                Calm();
                timers = time.Now == instant ? timers + 1 : 0;
                instant = time.Now;
                if (timers > MostTimersOfOneInstant) throw new InvalidOperationException("Timers of no time follow one another without end.");
                if (fired) continue;
                result = isSo();
                return;
            }
        });
        return result;
    }

    /// <summary>Runs what other threads bring until something is so; time stands still.</summary>
    public void Settle(Func<bool> isSo) => Alone(() => RunUntil(isSo));

    /// <summary>Lets time stand still from now on until a task is over and whoever waited for it has gone on.</summary>
    public Task<T> Track<T>(Task<T> task)
    {
        var done = new TaskCompletionSource<T>();
        Interlocked.Increment(ref _real);
        task.ContinueWith(
            over =>
            {
                // Who waits in a call's mailbox is put on the loop within this.
                done.SetFromTask(over);
                loop.Post(() => Interlocked.Decrement(ref _real));
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return done.Task;
    }

    private void RunUntil(Func<bool> isSo)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        loop.Run();
        while (!isSo())
        {
            if (clock.Elapsed > realPatience) throw new TimeoutException($"What is under way did not end within {realPatience.TotalSeconds:0.#} s of real time.");
            loop.Wait(s_realSlice);
            loop.Run();
        }
    }

    // Everything that happens at this instant, except timers.
    private void Calm() => RunUntil(() => Volatile.Read(ref _real) == 0);

    // What waits for virtual time goes on within the callback, on this thread; a context would send it to another.
    private static void Alone(Action action)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            action();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
