namespace CallActors.Control;

/// <summary>The time token: <c>HH:MM:SS.uuuuuu</c>, UTC, six digits of microseconds.</summary>
public static class ControlTime
{
    /// <summary>Length of the text in bytes.</summary>
    public const int Length = 15;

    /// <summary>The time since midnight UTC.</summary>
    public static TimeSpan OfDay(DateTimeOffset time) => new(time.UtcTicks % TimeSpan.TicksPerDay);

    /// <summary>Writes the time of day of <paramref name="time"/> in UTC into the first 15 bytes of <paramref name="destination"/>.</summary>
    public static void Write(DateTimeOffset time, Span<byte> destination) => Write(OfDay(time), destination);

    /// <summary>Writes a time since midnight UTC, less than a microsecond cut off; whole days are left out.</summary>
    public static void Write(TimeSpan sinceMidnight, Span<byte> destination)
    {
        var ticks = sinceMidnight.Ticks % TimeSpan.TicksPerDay;
        var microseconds = (ulong)(ticks < 0 ? ticks + TimeSpan.TicksPerDay : ticks) / TimeSpan.TicksPerMicrosecond;
        var seconds = (uint)(microseconds / 1_000_000);
        var fraction = (uint)(microseconds % 1_000_000);
        destination = destination[..Length];

        Two(destination, seconds / 3600, (byte)':');
        Two(destination[3..], seconds / 60 % 60, (byte)':');
        Two(destination[6..], seconds % 60, (byte)'.');
        Two(destination[9..], fraction / 10_000, 0);
        Two(destination[11..], fraction / 100 % 100, 0);
        destination[14] = (byte)('0' + fraction % 10);
        destination[13] = (byte)('0' + fraction / 10 % 10);
    }

    /// <summary>Reads a time token. False unless it has exactly that form.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out TimeSpan sinceMidnight)
    {
        sinceMidnight = default;
        if (text.Length != Length || text[2] != ':' || text[5] != ':' || text[8] != '.') return false;
        if (!TryNumber(text[..2], out var hours) || !TryNumber(text[3..5], out var minutes)
            || !TryNumber(text[6..8], out var seconds) || !TryNumber(text[9..], out var fraction)) return false;
        if (hours > 23 || minutes > 59 || seconds > 59) return false;

        sinceMidnight = new TimeSpan(((hours * 60 + minutes) * 60 + seconds) * TimeSpan.TicksPerSecond + fraction * TimeSpan.TicksPerMicrosecond);
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, out long value)
    {
        value = 0;
        foreach (var octet in digits)
        {
            if (!char.IsAsciiDigit((char)octet)) return false;
            value = value * 10 + (octet - '0');
        }
        return true;
    }

    private static void Two(Span<byte> destination, uint value, byte separator)
    {
        if (separator != 0) destination[2] = separator;
        destination[1] = (byte)('0' + value % 10);
        destination[0] = (byte)('0' + value / 10);
    }
}
