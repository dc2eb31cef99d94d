using CallActors.Net;

namespace CallActors.Mailboxes;

/// <summary>When calls have their turns on the network's threads: always, but for a while after a turn has kept one too long.</summary>
internal sealed class Lending(TimeProvider time)
{
    private static readonly TimeSpan s_least = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_most = TimeSpan.FromSeconds(10);

    // After so long without another one, a turn that takes its time is an exception again.
    private static readonly TimeSpan s_forgotten = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private TimeSpan _rest;
    private long _keptAt;

    /// <summary>Leaves a worker to the thread that has brought its first turn.</summary>
    /// <returns>False when it needs a thread of the pool.</returns>
    public bool TryLend(NetworkThread thread, CallWorker worker)
    {
        if (IsResting) return false;
        worker.Lender = thread;
        if (thread.TryLend(worker)) return true;
        worker.Lender = null;
        return false;
    }

    /// <summary>A worker makes no headway. If it keeps a thread of the network, that one is replaced.</summary>
    public void Lost(CallWorker worker)
    {
        if (worker.Lender?.Replace(worker) == true) Kept();
    }

    /// <summary>A turn has kept a thread of the network for too long.</summary>
    public void Kept()
    {
        lock (_gate)
        {
            if (IsResting) return;
            var next = time.GetElapsedTime(_keptAt) > s_forgotten ? s_least : 2 * _rest;
            (_rest, _keptAt) = (next < s_least ? s_least : next > s_most ? s_most : next, time.GetTimestamp());
        }
    }

    private bool IsResting
    {
        get
        {
            lock (_gate) return _rest > TimeSpan.Zero && time.GetElapsedTime(_keptAt) < _rest;
        }
    }
}
