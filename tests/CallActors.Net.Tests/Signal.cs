namespace CallActors.Net.Tests;

/// <summary>Lets a test wait, with a bound, for what other threads record.</summary>
internal sealed class Signal
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(30);

    /// <summary>Changes what tests look at.</summary>
    public void Record(Action change)
    {
        lock (this)
        {
            change();
            Monitor.PulseAll(this);
        }
    }

    /// <summary>Waits until a condition holds; it is looked at after every change, and now and then for what changes in silence.</summary>
    public void Until(Func<bool> condition, string what)
    {
        var since = Environment.TickCount64;
        lock (this)
        {
            while (!condition())
            {
                Assert.True(Environment.TickCount64 - since < s_bound.TotalMilliseconds, $"Waited too long for: {what}");
                Monitor.Wait(this, 20);
            }
        }
    }
}
