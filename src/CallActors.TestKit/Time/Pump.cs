namespace CallActors.TestKit;

/// <summary>Moves a world: all work of the loop, then time to the next timer, then the work that came of it, and so on.</summary>
internal sealed class Pump(VirtualTime time, VirtualLoop loop)
{
    // Nobody on a loop waits for real things for so long, unless they never happen.
    private static readonly TimeSpan s_realSlice = TimeSpan.FromMilliseconds(5);

    /// <summary>Lets everything happen that happens at this instant, except timers.</summary>
    public void Calm() => Alone(loop.Run);

    /// <summary>Lets time pass.</summary>
    public void Run(TimeSpan duration) => Until(static () => false, duration);

    /// <summary>Lets time pass until something is so; false when it never was.</summary>
    public bool Until(Func<bool> isSo, TimeSpan atMost)
    {
        var result = false;
        Alone(() =>
        {
            var until = time.Now + atMost;
            loop.Run();
            while (!(result = isSo()))
            {
                var fired = time.Step(until > time.Now ? until - time.Now : TimeSpan.Zero);
                loop.Run();
                if (fired) continue;
                result = isSo();
                return;
            }
        });
        return result;
    }

    /// <summary>Runs what other threads bring until a task is over; time stands still.</summary>
    public void Settle(Task task, TimeSpan realTime) => Alone(() =>
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        loop.Run();
        while (!task.IsCompleted)
        {
            if (clock.Elapsed > realTime) throw new TimeoutException($"The task did not end within {realTime.TotalSeconds:0.#} s of real time.");
            loop.Wait(s_realSlice);
            loop.Run();
        }
    });

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
