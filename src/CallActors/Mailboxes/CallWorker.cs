using CallActors.Net;

namespace CallActors.Mailboxes;

/// <summary>One thread's work for a <see cref="CallExecutor"/>: turns, until none waits.</summary>
internal sealed class CallWorker(CallExecutor executor, int place, TimeProvider time) : IThreadPoolWorkItem
{
    // Whatever else is queued in the pool has its turn after so many.
    private const int TurnsAtOnce = 64;

    // So long the network's thread may be kept by many turns; a call's take some ten microseconds.
    private static readonly TimeSpan s_loan = TimeSpan.FromMilliseconds(5);

    // How long a turn may take before others take what waits behind it, and before the network goes on without its thread.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(20), s_patienceOfALender = TimeSpan.FromMilliseconds(50);

    private readonly TimeSpan _pausedBefore = GC.GetTotalPauseDuration();
    private long _since = time.GetTimestamp();

    /// <summary>Its place among the workers.</summary>
    public int Place => place;

    /// <summary>Which of the network's threads it works on; null for one of the pool's.</summary>
    public NetworkThread? Lender { get; set; }

    /// <summary>Whether it has made no headway for too long.</summary>
    public bool IsStuck => IsLong(time.GetElapsedTime(Volatile.Read(ref _since)));

    /// <inheritdoc/>
    public void Execute()
    {
        var context = ExecutionContext.Capture();
        var began = time.GetTimestamp();
        Volatile.Write(ref _since, began);
        var turns = 0;
        while (executor.HasPlace(this))
        {
            if (executor.Take() is not { } run)
            {
                executor.Leave(this);
                return;
            }

            Do(run);
            // What a flow leaves in its thread's context is not the next one's.
            if (context is not null && ExecutionContext.Capture() != context) ExecutionContext.Restore(context);
            var now = time.GetTimestamp();
            if (Lender is not null && IsLong(time.GetElapsedTime(_since, now))) executor.Kept();
            Volatile.Write(ref _since, now);
            if (Lender is null ? ++turns < TurnsAtOnce : time.GetElapsedTime(began, now) < s_loan) continue;
            if (executor.HasTurns) GoOnInPool();
            else executor.Leave(this);
            return;
        }
    }

    // While garbage is collected all stand still, and nobody is stuck.
    private bool IsLong(TimeSpan turn)
    {
        var patience = Lender is null ? s_patience : s_patienceOfALender;
        return turn > patience && turn - (GC.GetTotalPauseDuration() - _pausedBefore) > patience;
    }

    private void GoOnInPool()
    {
        Lender = null;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    // A mailbox throws nothing; what does all the same ends this worker, and no other waits for it.
    private void Do(Akka.Dispatch.IRunnable run)
    {
        try
        {
            run.Run();
        }
        catch
        {
            executor.Leave(this);
            throw;
        }
    }
}
