using System.Globalization;

namespace CallActors.Net.Streams;

/// <summary>How many accepted connections one network may hold at once, so that the process always has descriptors left for other things.</summary>
/// <remarks>
/// Without descriptors a process can open no file, resolve no name and not even load its own next library. So accepting stops short of the
/// limit: what comes then is accepted and closed at once, and its peer knows.
/// </remarks>
internal sealed class Descriptors(int limit)
{
    private const int LeastSpare = 64;

    private readonly int _budget = limit - Math.Max(LeastSpare, limit / 8);
    private int _taken;

    /// <summary>The budget of this process.</summary>
    public static Descriptors OfProcess() => new(ReadLimit());

    /// <summary>Takes one, if there is one to take.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= _budget) return true;
        Interlocked.Decrement(ref _taken);
        return false;
    }

    /// <summary>Gives one back.</summary>
    public void GiveBack() => Interlocked.Decrement(ref _taken);

    private static int ReadLimit()
    {
        const string Limits = "/proc/self/limits";
        const string Line = "Max open files";
        try
        {
            if (!OperatingSystem.IsLinux()) return int.MaxValue;
            foreach (var line in File.ReadLines(Limits))
            {
                if (!line.StartsWith(Line, StringComparison.Ordinal)) continue;
                var soft = line.AsSpan(Line.Length).TrimStart();
                var end = soft.IndexOf(' ');
                return end > 0 && int.TryParse(soft[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;
            }
        }
        catch (IOException)
        {
            // Unknown, so unlimited: accepting rests when the kernel says there are no more.
        }

        return int.MaxValue;
    }
}
