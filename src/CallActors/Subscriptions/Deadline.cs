using CallActors.Calls;

namespace CallActors.Subscriptions;

/// <summary>A moment that moves: something is done when it has come, however often it was moved before. One timer serves for all of it.</summary>
internal sealed class Deadline(CallCore core, Action act)
{
    private DateTimeOffset? _due;
    private DateTimeOffset? _timer;

    /// <summary>Moves it.</summary>
    public void Set(TimeSpan after)
    {
        var due = core.Runtime.Time.GetUtcNow() + after;
        _due = due;
        // A timer that fires too early looks again; only one that would be too late needs another before it.
        if (_timer is null || due < _timer) Start(due, after);
    }

    /// <summary>It never comes.</summary>
    public void Clear() => _due = null;

    private void Start(DateTimeOffset at, TimeSpan after)
    {
        _timer = at;
        core.After(after, () => Fired(at));
    }

    private void Fired(DateTimeOffset at)
    {
        if (at != _timer) return;
        _timer = null;
        if (_due is not { } due) return;
        var rest = due - core.Runtime.Time.GetUtcNow();
        if (rest > TimeSpan.Zero)
        {
            Start(due, rest);
            return;
        }

        _due = null;
        act();
    }
}
