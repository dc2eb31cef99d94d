namespace CallActors.Sip.Dialogs;

/// <summary>Copies a header value that may have been folded over lines (RFC 3261 §7.3.1) into one line of the same length.</summary>
internal static class Unfolding
{
    public static void Copy(ReadOnlySpan<byte> value, Span<byte> destination)
    {
        value.CopyTo(destination);
        var copied = destination[..value.Length];
        copied.Replace((byte)'\r', (byte)' ');
        copied.Replace((byte)'\n', (byte)' ');
    }
}
