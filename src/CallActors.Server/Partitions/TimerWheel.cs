using CallActors.Sip.Transactions;

namespace CallActors.Server.Partitions;

/// <summary>Something that asked to be told when its time has come.</summary>
internal interface ITimed
{
    /// <summary>A timer set earlier has fired. Timers are never cancelled: whoever no longer cares ignores it.</summary>
    void OnTimer(long kind);
}

/// <summary>A machine's timer as the wheel keeps it: its letter and its turn, which may be any 31-bit number (an RSeq).</summary>
internal static class TimerKind
{
    /// <summary>What to give the wheel.</summary>
    public static long Of(StartTimer start) => ((long)start.Turn << 8) | (byte)start.Timer;

    /// <summary>The input for the machine.</summary>
    public static TimerFired Fired(long kind) => TimerFired.Of((TransactionTimer)(byte)kind, (int)(kind >> 8));
}

/// <summary>One partition's timers: a hashed wheel that costs a list append to set and nothing to forget.</summary>
/// <remarks>Not thread-safe: its partition's lock protects it. Timers fire up to one tick late, never early.</remarks>
internal sealed class TimerWheel(TimeSpan tick, Action<Exception> onFault)
{
    private const int Slots = 4096;

    private readonly record struct Entry(long Tick, ITimed Target, long Kind);

    private readonly List<Entry>?[] _slots = new List<Entry>?[Slots];
    private long _now;

    /// <summary>How many timers are set and have not fired.</summary>
    public int Count { get; private set; }

    /// <summary>Tells <paramref name="target"/> once <paramref name="after"/> has passed since <paramref name="now"/>.</summary>
    public void Set(TimeSpan now, TimeSpan after, ITimed target, long kind)
    {
        var due = (now.Ticks + Math.Max(after.Ticks, 0) + tick.Ticks - 1) / tick.Ticks;
        Add(new Entry(Math.Max(due, _now + 1), target, kind));
        Count++;
    }

    /// <summary>Moves the wheel to <paramref name="now"/> (time since the server started) and fires what is due.</summary>
    public void Advance(TimeSpan now)
    {
        var until = now.Ticks / tick.Ticks;
        while (_now < until)
        {
            _now++;
            ref var slot = ref _slots[_now & (Slots - 1)];
            var due = slot;
            if (due is null) continue;

            // Taken out first: what fires may set new timers, in this very slot too.
            slot = null;
            foreach (var entry in due)
            {
                if (entry.Tick > _now)
                {
                    Add(entry);
                    continue;
                }

                Count--;
                Fire(entry);
            }
        }
    }

    // A defect behind one timer must not take the others that are due with it.
    private void Fire(Entry entry)
    {
        try
        {
            entry.Target.OnTimer(entry.Kind);
        }
#pragma warning disable CA1031 // whatever it is, it is reported as the defect it is
        catch (Exception defect)
#pragma warning restore CA1031
        {
            onFault(defect);
        }
    }

    private void Add(Entry entry) => (_slots[entry.Tick & (Slots - 1)] ??= new List<Entry>(4)).Add(entry);
}
