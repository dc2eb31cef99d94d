namespace CallActors.TestKit;

/// <summary>
/// Work that one thread runs when it is told to, in the order in which it came: every turn of every actor of a system in virtual time. Work may
/// come from any thread.
/// </summary>
public sealed class VirtualLoop
{
    private const int MostTurns = 10_000_000;

    private readonly Queue<Action> _work = [];
    private readonly object _gate = new();
    private bool _running;

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsQuiet
    {
        get
        {
            lock (_gate) return _work.Count == 0;
        }
    }

    /// <summary>How many pieces of work have been run.</summary>
    public long Turns { get; private set; }

    /// <summary>Puts work at the end of the line; never runs it within this call.</summary>
    public void Post(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        lock (_gate)
        {
            _work.Enqueue(work);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Runs work, and what comes of it, until there is none.</summary>
    /// <exception cref="InvalidOperationException">Work of the loop asks the loop to run, two threads do, or there is no end of work.</exception>
    public void Run()
    {
        var end = Turns + MostTurns;
        while (Next() is { } work)
        {
            try
            {
                if (++Turns > end) throw new InvalidOperationException($"{MostTurns} turns at one instant and no end: somebody tells itself something for ever.");
                work();
            }
            finally
            {
                lock (_gate) _running = false;
            }
        }
    }

    /// <summary>Waits in real time until there is work; false when none came.</summary>
    public bool Wait(TimeSpan atMost)
    {
        lock (_gate) return _work.Count > 0 || Monitor.Wait(_gate, atMost);
    }

    private Action? Next()
    {
        lock (_gate)
        {
            if (_running) throw new InvalidOperationException("The loop runs already: only a test's own thread moves time, never what runs in it.");
            if (!_work.TryDequeue(out var work)) return null;
            _running = true;
            return work;
        }
    }
}
