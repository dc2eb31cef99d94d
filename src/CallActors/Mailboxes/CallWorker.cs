using CallActors.Net;

namespace CallActors.Mailboxes;

/// <summary>One thread's work for a <see cref="CallExecutor"/>: turns, until none waits.</summary>
internal sealed class CallWorker(CallExecutor executor, int place, TimeProvider time) : IThreadPoolWorkItem
{
    // Whatever else is queued in the pool, or waits for the network's thread, has its turn after so many.
    private const int TurnsAtOnce = 64, TurnsOfALender = 16;

    // How long a turn may take before others take what waits behind it, and before the network goes on without its thread.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(20), s_patienceOfALender = TimeSpan.FromMilliseconds(50);

    private long _since = time.GetTimestamp();

    /// <summary>Its place among the workers.</summary>
    public int Place => place;

    /// <summary>The network's thread that it works on; null for one of the pool.</summary>
    public NetworkThread? Lender { get; set; }

    /// <summary>Whether it has made no headway for too long.</summary>
    public bool IsStuck => time.GetElapsedTime(Volatile.Read(ref _since)) > (Lender is null ? s_patience : s_patienceOfALender);

    /// <inheritdoc/>
    public void Execute()
    {
        var context = ExecutionContext.Capture();
        var left = Lender is null ? TurnsAtOnce : TurnsOfALender;
        while (executor.HasPlace(this))
        {
            Volatile.Write(ref _since, time.GetTimestamp());
            if (left-- == 0)
            {
                Lender = null;
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }

            if (executor.Take() is not { } run)
            {
                executor.Leave(this);
                return;
            }

            run.Run();
            // What a flow leaves in its thread's context is not the next one's.
            if (context is not null && ExecutionContext.Capture() != context) ExecutionContext.Restore(context);
        }
    }
}
