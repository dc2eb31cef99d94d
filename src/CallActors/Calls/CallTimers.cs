using System.Collections.Immutable;
using CallActors.Ledger;

namespace CallActors.Calls;

/// <summary>The timers of a call: the application's by name, which outlive the node, and the runtime's own, which do not.</summary>
internal sealed class CallTimers(CallCore core, CallActor actor)
{
    private static readonly Dictionary<string, DateTimeOffset> s_none = [];

    private Dictionary<string, DateTimeOffset>? _named;
    private HashSet<string>? _awaited;
    private long _last;

    /// <summary>The timers that the application set and that have not fired.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Named => _named ?? s_none;

    /// <summary>Does something later, in the mailbox. Like every timer of the project it is never cancelled: it looks at what it finds.</summary>
    public void After(TimeSpan delay, Action act) =>
        actor.Timers.StartSingleTimer(++_last, new CallTimerFired(act), delay);

    public void Set(string name, TimeSpan after, bool keepsCall = false)
    {
        if (keepsCall) (_awaited ??= []).Add(name);
        else _awaited?.Remove(name);
        (_named ??= [])[name] = core.Runtime.Time.GetUtcNow() + after;
        actor.Timers.StartSingleTimer(name, new NamedTimerFired(name), after);
        core.Changed();
    }

    /// <summary>Sets a timer anew that another node, or the one before a loss, had set.</summary>
    public void Restore(TimerSnapshot timer)
    {
        var rest = timer.Due - core.Runtime.Time.GetUtcNow();
        Set(timer.Name, rest > TimeSpan.Zero ? rest : TimeSpan.Zero, timer.KeepsCall);
    }

    /// <summary>The timers that have not fired, to be set anew elsewhere.</summary>
    public ImmutableArray<TimerSnapshot> Kept()
    {
        if (_named is not { Count: > 0 } named) return [];
        var kept = ImmutableArray.CreateBuilder<TimerSnapshot>(named.Count);
        foreach (var (name, due) in named) kept.Add(new TimerSnapshot(name, due, _awaited?.Contains(name) == true));
        return kept.MoveToImmutable();
    }

    /// <summary>Nothing fires here any more.</summary>
    public void Off()
    {
        _named = null;
        actor.Timers.CancelAll();
    }

    public void Cancel(string name)
    {
        if (_named?.Remove(name) != true) return;
        actor.Timers.Cancel(name);
        core.Changed();
    }

    public void Clear() => _named?.Clear();

    /// <summary>Whether a call without living legs waits for a timer: for one that was set to be waited for, and for any where there was no leg yet.</summary>
    public bool AreAwaited(bool hadLegs)
    {
        if (_named is not { Count: > 0 } named) return false;
        if (!hadLegs) return true;
        if (_awaited is null) return false;
        foreach (var name in _awaited)
        {
            if (named.ContainsKey(name)) return true;
        }

        return false;
    }

    /// <summary>Whether the application still waits for a timer that has fired.</summary>
    public bool Take(string name)
    {
        if (_named?.Remove(name) != true) return false;
        core.Changed();
        return true;
    }
}

/// <summary>A timer of the application fired.</summary>
internal sealed record NamedTimerFired(string Name);
