using System.Diagnostics;

namespace CallActors.Fuzz;

/// <summary>What a run found: how many cases, and the first case that broke the contract, if one did.</summary>
public sealed record FuzzOutcome(string Target, long Cases, TimeSpan Elapsed, TimeSpan Slowest, long MostAllocated, FuzzFailure? Failure);

/// <summary>A case that broke the contract; seed and number make it again.</summary>
public sealed record FuzzFailure(long Case, string What, byte[] Input);

/// <summary>Runs one target over many cases.</summary>
public sealed class FuzzRun(IFuzzTarget target, ulong seed)
{
    // Less than 1 ms for a kilobyte and 20 bytes allocated for a byte, for each pass over the input; what a short input costs at least
    // comes on top.
    private static readonly TimeSpan PerKilobyte = TimeSpan.FromMilliseconds(1);
    private const int AllocatedPerByte = 20;
    private const int AllocatedAtLeast = 16 * 1024;
    private const int TimedAgain = 8;

    private readonly Mutator _mutator = new(target.Seeds);
    private TimeSpan _slowest;
    private long _most;
    private long _current;

    /// <summary>The case that is running, for whoever watches over hangs.</summary>
    public long Current => Volatile.Read(ref _current);

    /// <summary>
    /// Runs cases <paramref name="first"/>, first + step, … below <paramref name="end"/>; stops at the first that breaks the contract.
    /// </summary>
    public FuzzOutcome Run(long first, long end, long step = 1)
    {
        var started = Stopwatch.GetTimestamp();
        var count = 0L;
        for (var number = first; number < end; number += step)
        {
            Volatile.Write(ref _current, number);
            var random = new FuzzRandom(seed, number);
            var input = _mutator.Make(ref random);
            var broken = RunOne(input);
            count++;
            if (broken is not null) return Outcome(count, started, new FuzzFailure(number, broken, input.ToArray()));
        }

        return Outcome(count, started, null);
    }

    private FuzzOutcome Outcome(long count, long started, FuzzFailure? failure) =>
        new(target.Name, count, Stopwatch.GetElapsedTime(started), _slowest, _most, failure);

    private string? RunOne(ReadOnlySpan<byte> input)
    {
        try
        {
            var elapsed = Act(input, out var allocated);
            var allowed = PerKilobyte * target.Passes * (1 + (input.Length / 1024));
            // A busy machine takes the processor away at any time, and code is slow before it is compiled for good: what counts is the
            // least processor time of several tries.
            for (var again = 0; again < TimedAgain && elapsed > allowed; again++)
            {
                var copy = input.ToArray();
                var other = ProcessorTime.Of(() => target.Act(copy));
                if (other < elapsed) elapsed = other;
            }

            if (elapsed > _slowest) _slowest = elapsed;
            if (allocated > _most) _most = allocated;
            if (elapsed > allowed) return $"{elapsed.TotalMilliseconds:F2} ms for {input.Length} bytes";
            if (allocated > target.Passes * (AllocatedAtLeast + ((long)AllocatedPerByte * input.Length))) return $"{allocated} bytes allocated for {input.Length}";
            target.Check(input);
            return null;
        }
#pragma warning disable CA1031 // Any exception at all is the finding.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return exception is ContractBrokenException ? exception.Message : exception.ToString();
        }
    }

    private TimeSpan Act(ReadOnlySpan<byte> input, out long allocated)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        target.Act(input);
        var elapsed = Stopwatch.GetElapsedTime(started);
        allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return elapsed;
    }
}
