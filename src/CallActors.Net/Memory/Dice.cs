namespace CallActors.Net.Memory;

/// <summary>Chance as a function of a seed, the same on every platform and runtime (the SplitMix64 generator).</summary>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed;

    /// <summary>True with the given probability.</summary>
    public bool Says(double probability) => NextUnit() < probability;

    /// <summary>A part of a time, from nothing up to all of it.</summary>
    public TimeSpan PartOf(TimeSpan whole) => whole * NextUnit();

    /// <summary>A number from 1 to <paramref name="most"/>.</summary>
    public int UpTo(int most) => 1 + (int)(Next() % (ulong)most);

    private double NextUnit() => (Next() >> 11) * (1.0 / (1UL << 53));

    private ulong Next()
    {
        var mixed = _state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
