using System.Diagnostics;

namespace CallActors.Chaos.Phones;

/// <summary>What is to be done when; everything on one thread.</summary>
internal sealed class Agenda
{
    private readonly PriorityQueue<Action, long> _due = new();

    /// <summary>Milliseconds that only grow.</summary>
    public static long Now => (long)Stopwatch.GetElapsedTime(0).TotalMilliseconds;

    public void In(long milliseconds, Action what) => _due.Enqueue(what, Now + milliseconds);

    /// <summary>Does what is due, and tells how long there is nothing to do, in milliseconds, at most <paramref name="atMost"/>.</summary>
    public int Run(int atMost)
    {
        var now = Now;
        while (_due.TryPeek(out var what, out var due))
        {
            if (due > now) return (int)Math.Min(due - now, atMost);
            _due.Dequeue();
            what();
        }
        return atMost;
    }
}
