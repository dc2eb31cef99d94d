namespace CallActors.Control.Tests;

internal static class Allocations
{
    public delegate void Work(ReadOnlySpan<byte> input);

    /// <summary>Bytes that <paramref name="work"/> allocates once it has been warmed up.</summary>
    public static long Of(ReadOnlySpan<byte> input, Work work)
    {
        for (var i = 0; i < 100; i++) work(input);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) work(input);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
