using System.Collections.Concurrent;
using Akka.Dispatch;
using CallActors.Net;

namespace CallActors.Mailboxes;

/// <summary>Runs the mailboxes of calls: what a network's thread has brought on that thread, what a turn leads to on the thread of that turn, and the rest on the thread pool.</summary>
/// <remarks>
/// The pool wakes a thread for each mailbox that has something to do. A call is four or five turns of a few microseconds, each the consequence of the one before, so waking was what most of its time
/// went into. Here a thread that is awake takes what comes. Another one helps when more waits than it soon comes to, and takes its place when it makes no headway: a
/// flow that blocks its thread must not hold up other calls, nor what the network brings (docs/decisions/0005-turns-on-network-threads.md).
/// </remarks>
internal sealed class CallExecutor : ExecutorService
{
    // So many turns take about as long as a thread takes to wake.
    private const int WaitingForOne = 4;

    // So long nothing happened, and nobody watches any more.
    private const int QuietBeats = 20;

    // Only where nothing else comes in is the watch the first to notice.
    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentQueue<IRunnable> _queue = new();
    private readonly CallWorker?[] _workers = new CallWorker?[Environment.ProcessorCount];
    private readonly Lending? _lending;
    private readonly TimeProvider _time;
    private int _waiting;
    private int _begun;
    private int _isWatched;
    private int _quiet;
    private IAsyncDisposable? _watch;

    /// <param name="id">The dispatcher's name.</param>
    /// <param name="time">Time.</param>
    /// <param name="borrows">Whether the network's threads may be borrowed.</param>
    public CallExecutor(string id, TimeProvider time, bool borrows)
        : base(id)
    {
        _time = time;
        if (borrows) _lending = new Lending(time);
    }

    /// <inheritdoc/>
    public override void Execute(IRunnable run)
    {
        _queue.Enqueue(run);
        Staff(Interlocked.Increment(ref _waiting), NetworkThread.Current);
        if (Volatile.Read(ref _isWatched) == 0 && Interlocked.Exchange(ref _isWatched, 1) == 0) BeginWatch();
    }

    /// <inheritdoc/>
    public override void Shutdown() => EndWatch();

    /// <summary>Whether turns wait.</summary>
    public bool HasTurns => !_queue.IsEmpty;

    /// <summary>A turn has kept a thread of the network for too long.</summary>
    public void Kept() => _lending?.Kept();

    /// <summary>The next turn; null when none waits.</summary>
    public IRunnable? Take()
    {
        if (!_queue.TryDequeue(out var run)) return null;
        Interlocked.Decrement(ref _waiting);
        return run;
    }

    /// <summary>A worker has found nothing more, and leaves its place. What came while it did so finds another.</summary>
    public void Leave(CallWorker worker)
    {
        if (Interlocked.CompareExchange(ref _workers[worker.Place], null, worker) == worker && HasTurns) Staff(Volatile.Read(ref _waiting), null);
    }

    /// <summary>Whether a worker still has its place; another one took it if it was kept too long.</summary>
    public bool HasPlace(CallWorker worker) => Volatile.Read(ref _workers[worker.Place]) == worker;

    // Sees to it that somebody takes what waits.
    private void Staff(int waiting, NetworkThread? here)
    {
        while (true)
        {
            var (atWork, free) = Look();
            if (free < 0 || (atWork > 0 && waiting <= atWork * WaitingForOne)) return;
            var worker = new CallWorker(this, free, _time);
            // Written before the queue is looked at, as workers leave their place before they look: one of the two sees the other.
            if (Interlocked.CompareExchange(ref _workers[free], worker, null) is not null) continue;
            Interlocked.Increment(ref _begun);
            if (atWork > 0 || here is null || _lending?.TryLend(here, worker) != true) ThreadPool.UnsafeQueueUserWorkItem(worker, preferLocal: false);
            return;
        }
    }

    // How many are at work, and a place for one more; -1 for none.
    private (int AtWork, int Free) Look()
    {
        var (atWork, free) = (0, -1);
        for (var place = 0; place < _workers.Length; place++)
        {
            if (Volatile.Read(ref _workers[place]) is { } worker && !TryEvict(worker)) atWork++;
            else free = place;
        }

        return (atWork, free);
    }

    // Whoever makes no headway loses its place.
    private bool TryEvict(CallWorker worker)
    {
        if (!worker.IsStuck || Interlocked.CompareExchange(ref _workers[worker.Place], null, worker) != worker) return false;
        _lending?.Lost(worker);
        return true;
    }

    private void Watch()
    {
        var begun = Interlocked.Exchange(ref _begun, 0);
        var (atWork, _) = Look();
        if (HasTurns) Staff(Volatile.Read(ref _waiting), null);
        else if (begun == 0 && atWork == 0 && ++_quiet >= QuietBeats) Rest();
        if (begun > 0 || atWork > 0) _quiet = 0;
    }

    private void Rest()
    {
        _quiet = 0;
        EndWatch();
        Interlocked.Exchange(ref _isWatched, 0);
        // Somebody may have come between, and relied on being watched.
        if (Volatile.Read(ref _begun) > 0 && Interlocked.Exchange(ref _isWatched, 1) == 0) BeginWatch();
    }

    // Not on the pool, which is what flows that block keep busy.
    private void BeginWatch() => Interlocked.Exchange(ref _watch, Ticker.Start(_time, s_beat, Watch))?.DisposeAsync().AsTask();

    private void EndWatch() => Interlocked.Exchange(ref _watch, null)?.DisposeAsync().AsTask();
}
