namespace CallActors.TestKit;

/// <summary>
/// Time that passes when it is told to, from one timer's due instant to the next. A timer's callback runs on the thread that moves the time and
/// sees exactly the instant it was due, timers of one instant in the order in which they were set.
/// </summary>
/// <remarks>Timers may be set from any thread. A timer that is due at once fires with the next step, never within the call that sets it.</remarks>
public sealed class VirtualTime : TimeProvider
{
    /// <summary>Where time begins unless somebody says otherwise.</summary>
    public static readonly DateTimeOffset Beginning = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<(VirtualTimer Timer, int Turn), (long Due, long Order)> _due = new();
    private readonly Lock _gate = new();
    private readonly DateTimeOffset _start;
    private long _elapsed;
    private long _order;

    /// <summary>Time that begins in 2030.</summary>
    public VirtualTime()
        : this(Beginning)
    {
    }

    /// <summary>Time that begins at an instant.</summary>
    public VirtualTime(DateTimeOffset start) => _start = start.ToUniversalTime();

    /// <summary>How much time has passed since the beginning.</summary>
    public TimeSpan Now => new(Volatile.Read(ref _elapsed));

    /// <summary>How long until a timer fires; null when none is set.</summary>
    public TimeSpan? UntilNext
    {
        get
        {
            lock (_gate) return NextDue() is { } due ? new TimeSpan(Math.Max(0, due - _elapsed)) : null;
        }
    }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => _start.Ticks + Volatile.Read(ref _elapsed);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start + Now;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>
    /// Moves to the due instant of the next timer and fires that one timer. False when none is due within <paramref name="atMost"/> from now: then
    /// time stands there.
    /// </summary>
    public bool Step(TimeSpan atMost)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(atMost, TimeSpan.Zero);
        VirtualTimer timer;
        lock (_gate)
        {
            var until = _elapsed + atMost.Ticks;
            if (NextDue() is not { } due || due > until)
            {
                Volatile.Write(ref _elapsed, until);
                return false;
            }

            timer = _due.Dequeue().Timer;
            Volatile.Write(ref _elapsed, Math.Max(_elapsed, due));
            timer.Rearm();
        }

        timer.Fire();
        return true;
    }

    /// <summary>Lets time pass; every timer that is due meanwhile fires at its instant.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var until = Now + by;
        while (Step(until - Now))
        {
        }
    }

    // What was changed or disposed since it was put down is passed over here.
    private long? NextDue()
    {
        while (_due.TryPeek(out var entry, out var at))
        {
            if (entry.Timer.Turn == entry.Turn) return at.Due;
            _due.Dequeue();
        }

        return null;
    }

    private sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;
        private bool _disposed;

        /// <summary>Which setting of the timer holds.</summary>
        public int Turn { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != Timeout.InfiniteTimeSpan) ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
            lock (time._gate)
            {
                if (_disposed) return false;
                Turn++;
                _period = period;
                if (dueTime != Timeout.InfiniteTimeSpan) Enqueue(dueTime);
                return true;
            }
        }

        public void Rearm()
        {
            Turn++;
            if (_period > TimeSpan.Zero) Enqueue(_period);
        }

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (time._gate)
            {
                _disposed = true;
                Turn++;
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Enqueue(TimeSpan after) => time._due.Enqueue((this, Turn), (time._elapsed + after.Ticks, time._order++));
    }
}
