using System.Collections.Concurrent;
using Akka.Dispatch;

namespace CallActors.Mailboxes;

/// <summary>Runs the mailboxes of calls on the thread pool, and what a turn of one leads to on the thread of that turn.</summary>
/// <remarks>
/// The pool wakes a thread for each mailbox that has something to do. A call is four or five turns of a few microseconds, each the consequence of the one before, so waking was what most of its time
/// went into. Here a thread that is at work takes what comes meanwhile. Another one helps when more waits than it soon comes to, and also when it makes no headway: a
/// flow that blocks its thread must not hold up other calls.
/// </remarks>
internal sealed class CallExecutor : ExecutorService, IThreadPoolWorkItem
{
    // So many turns take about as long as a thread takes to wake.
    private const int WaitingForOne = 4;

    // Whatever else is queued in the pool has its turn after so many.
    private const int TurnsAtOnce = 64;

    // So long nothing happened, and nobody watches any more.
    private const int QuietBeats = 20;

    // How long a turn may take before others take what waits behind it.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(20);

    // Seldom, for a beat costs two wake-ups: only where nothing else comes in is the watch the first to notice.
    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentQueue<IRunnable> _queue = new();
    private readonly int _mostThreads = Environment.ProcessorCount;
    private readonly TimeProvider _time;
    private readonly ITimer _watch;
    private long _movedAt;
    private int _waiting;
    private int _threads;
    private int _isWatched;
    private int _quiet;

    public CallExecutor(string id, TimeProvider time)
        : base(id)
    {
        _time = time;
        _watch = time.CreateTimer(static self => ((CallExecutor)self!).Watch(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public override void Execute(IRunnable run)
    {
        _queue.Enqueue(run);
        // Written before the threads are counted, as those who stop count down before they look here: one of the two sees the other.
        var waiting = Interlocked.Increment(ref _waiting);
        while (true)
        {
            var threads = Volatile.Read(ref _threads);
            if (threads > 0 && (waiting <= threads * WaitingForOne || threads >= _mostThreads) && !IsStuck()) break;
            if (Interlocked.CompareExchange(ref _threads, threads + 1, threads) != threads) continue;
            Start();
            break;
        }

        if (Volatile.Read(ref _isWatched) == 0 && Interlocked.Exchange(ref _isWatched, 1) == 0) _watch.Change(s_beat, s_beat);
    }

    /// <inheritdoc/>
    public override void Shutdown() => _watch.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>A thread of the pool takes turns.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        var context = ExecutionContext.Capture();
        var turns = 0;
        while (true)
        {
            while (_queue.TryDequeue(out var run))
            {
                Interlocked.Decrement(ref _waiting);
                Volatile.Write(ref _movedAt, _time.GetTimestamp());
                run.Run();
                // What a flow leaves in its thread's context is not the next one's.
                if (context is not null && ExecutionContext.Capture() != context) ExecutionContext.Restore(context);
                if (++turns < TurnsAtOnce) continue;
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }

            Interlocked.Decrement(ref _threads);
            if (Volatile.Read(ref _waiting) <= 0) return;
            Interlocked.Increment(ref _threads);
        }
    }

    private bool IsStuck() => _time.GetElapsedTime(Volatile.Read(ref _movedAt)) > s_patience;

    private void Start()
    {
        Volatile.Write(ref _movedAt, _time.GetTimestamp());
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void Watch()
    {
        if (Volatile.Read(ref _waiting) > 0)
        {
            _quiet = 0;
            if (!IsStuck()) return;
            Interlocked.Increment(ref _threads);
            Start();
            return;
        }

        if (IsStuck()) _quiet++;
        else _quiet = 0;
        if (_quiet < QuietBeats) return;
        _quiet = 0;
        _watch.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Interlocked.Exchange(ref _isWatched, 0);
        // Somebody may have come between, and relied on being watched.
        if (Volatile.Read(ref _waiting) > 0 && Interlocked.Exchange(ref _isWatched, 1) == 0) _watch.Change(s_beat, s_beat);
    }
}
