namespace CallActors.Fuzz;

/// <summary>Chance that is a function of seed and case, so that every case can be run alone (SplitMix64).</summary>
public struct FuzzRandom(ulong seed, long caseNumber)
{
    private ulong _state = seed * 0x9E3779B97F4A7C15UL + (ulong)caseNumber * 0xD1B54A32D192ED03UL;

    /// <summary>From 0 to <paramref name="bound"/> - 1.</summary>
    public int Next(int bound)
    {
        var z = _state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return (int)(((z ^ (z >> 31)) >> 33) % (ulong)bound);
    }

    /// <summary>True once in <paramref name="times"/>.</summary>
    public bool OneIn(int times) => Next(times) == 0;
}
