using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace CallActors.TestKit;

/// <summary>The scheduler of an actor system whose timers are those of a <see cref="VirtualTime"/>.</summary>
internal sealed class VirtualScheduler : SchedulerBase, IDisposable
{
    private readonly HashSet<ITimer> _timers = [];
    private readonly VirtualTime _time;
    private volatile bool _ended;

    public VirtualScheduler(Config config, ILoggingAdapter log)
        : base(config, log) => _time = VirtualActors.Of(config).Time;

    /// <inheritdoc/>
    public override TimeSpan MonotonicClock => _time.Now;

    /// <inheritdoc/>
    public override TimeSpan HighResMonotonicClock => _time.Now;

    /// <inheritdoc/>
    protected override DateTimeOffset TimeNow => _time.GetUtcNow();

    /// <summary>The system is at its end.</summary>
    public void Dispose()
    {
        _ended = true;
        lock (_timers)
        {
            foreach (var timer in _timers) timer.Dispose();
            _timers.Clear();
        }
    }

    /// <inheritdoc/>
    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Schedule(delay, Timeout.InfiniteTimeSpan, () => receiver.Tell(message, sender), cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Schedule(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        Schedule(delay, Timeout.InfiniteTimeSpan, action, cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable runnable, ICancelable cancelable) =>
        Schedule(delay, Timeout.InfiniteTimeSpan, runnable.Run, cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Schedule(initialDelay, interval, action, cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable runnable, ICancelable cancelable) =>
        Schedule(initialDelay, interval, runnable.Run, cancelable);

    private void Schedule(TimeSpan delay, TimeSpan interval, Action action, ICancelable? cancelable)
    {
        if (_ended || cancelable is { IsCancellationRequested: true }) return;
        ITimer? timer = null;
        timer = _time.CreateTimer(
            _ =>
            {
                if (interval == Timeout.InfiniteTimeSpan || cancelable is { IsCancellationRequested: true }) Forget(timer!);
                if (cancelable is not { IsCancellationRequested: true }) action();
            },
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        lock (_timers) _timers.Add(timer);
        timer.Change(delay, interval);
        // One that is given up stands in nobody's way: time would stop at it otherwise.
        if (cancelable is { Token.CanBeCanceled: true }) cancelable.Token.UnsafeRegister(timer => Forget((ITimer)timer!), timer);
    }

    private void Forget(ITimer timer)
    {
        timer.Dispose();
        lock (_timers) _timers.Remove(timer);
    }
}
