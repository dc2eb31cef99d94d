namespace CallActors.Net.Memory;

/// <summary>Everything that is still to happen on a memory network, in order of time and then of being put down.</summary>
/// <remarks>
/// One timer serves it, so the order never depends on how a time provider breaks ties. What is real beside it, such as a task of the server's that goes on in the thread pool, may put things down from other threads.
/// </remarks>
internal sealed class Agenda
{
    // A fake time provider runs a timer of no time within the call that sets it; nothing may happen there.
    private static readonly TimeSpan s_soonest = TimeSpan.FromTicks(1);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<Action, (TimeSpan Due, long Order)> _entries = new();
    private readonly List<Action> _afterwards = [];
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly ITimer _timer;
    private long _order;
    private bool _running;

    public Agenda(TimeProvider time)
    {
        _time = time;
        _start = time.GetTimestamp();
        _timer = time.CreateTimer(static self => ((Agenda)self!).Run(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Time since the network was made.</summary>
    public TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>How long until something happens; null when nothing will.</summary>
    public TimeSpan? UntilNext
    {
        get
        {
            lock (_gate) return _entries.TryPeek(out _, out var next) ? TimeSpan.FromTicks(Math.Max(s_soonest.Ticks, (next.Due - Now).Ticks)) : null;
        }
    }

    /// <summary>Lets something happen at a time, never within this call.</summary>
    public void Add(TimeSpan due, Action entry)
    {
        lock (_gate)
        {
            _entries.Enqueue(entry, (due, _order++));
            if (!_running) Arm();
        }
    }

    /// <summary>Lets something happen when all that is due now has happened. Only for what runs on the agenda.</summary>
    public void AddAfterwards(Action entry) => _afterwards.Add(entry);

    private void Run()
    {
        lock (_gate) _running = true;
        try
        {
            while (RunDue())
            {
                for (var i = 0; i < _afterwards.Count; i++) _afterwards[i]();
                _afterwards.Clear();
            }
        }
        finally
        {
            lock (_gate)
            {
                _running = false;
                Arm();
            }
        }
    }

    private bool RunDue()
    {
        var any = false;
        while (TakeDue() is { } entry)
        {
            any = true;
            entry();
        }

        return any;
    }

    private Action? TakeDue()
    {
        lock (_gate) return _entries.TryPeek(out _, out var next) && next.Due <= Now ? _entries.Dequeue() : null;
    }

    private void Arm()
    {
        if (UntilNext is { } wait) _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }
}
