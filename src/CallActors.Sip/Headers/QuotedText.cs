using System.Buffers;
using System.Text;

namespace CallActors.Sip.Headers;

/// <summary>Quoted strings (RFC 3261 §25.1): what stands between the quotes, and how to put a text there.</summary>
public static class QuotedText
{
    /// <summary>Takes the backslashes out of what stands between the quotes; returns how many bytes were written.</summary>
    /// <remarks><paramref name="target"/> must be as long as <paramref name="inner"/>.</remarks>
    public static int Unescape(ReadOnlySpan<byte> inner, Span<byte> target)
    {
        var written = 0;
        for (var at = 0; at < inner.Length; at++)
        {
            if (inner[at] == (byte)'\\' && at + 1 < inner.Length) at++;
            target[written++] = inner[at];
        }
        return written;
    }

    /// <summary>What stands between the quotes, as text without its backslashes.</summary>
    public static string ToText(ReadOnlySpan<byte> inner)
    {
        if (!inner.Contains((byte)'\\')) return Encoding.UTF8.GetString(inner);
        var bytes = new byte[inner.Length];
        return Encoding.UTF8.GetString(bytes.AsSpan(0, Unescape(inner, bytes)));
    }

    /// <summary>Whether what stands between the quotes, without its backslashes, is <paramref name="plain"/>, byte for byte.</summary>
    public static bool Same(ReadOnlySpan<byte> inner, ReadOnlySpan<byte> plain)
    {
        var index = 0;
        for (var at = 0; at < inner.Length; at++, index++)
        {
            if (inner[at] == (byte)'\\' && at + 1 < inner.Length) at++;
            if (index >= plain.Length || inner[at] != plain[index]) return false;
        }
        return index == plain.Length;
    }

    /// <summary>
    /// Writes <paramref name="plain"/> in quotes, with quotes and backslashes escaped and line ends made spaces, so that it stays one
    /// header value.
    /// </summary>
    public static void Write(ReadOnlySpan<byte> plain, IBufferWriter<byte> target)
    {
        var quoted = target.GetSpan(plain.Length * 2 + 2);
        var length = 0;
        quoted[length++] = (byte)'"';
        foreach (var here in plain)
        {
            if (here is (byte)'\r' or (byte)'\n')
            {
                quoted[length++] = (byte)' ';
                continue;
            }
            if (here is (byte)'"' or (byte)'\\' or (< (byte)' ' and not (byte)'\t') or 0x7F) quoted[length++] = (byte)'\\';
            quoted[length++] = here;
        }
        quoted[length++] = (byte)'"';
        target.Advance(length);
    }

    /// <summary>The text in quotes, as <see cref="Write"/> makes them.</summary>
    public static string Quote(string text)
    {
        var target = new ArrayBufferWriter<byte>();
        Write(Encoding.UTF8.GetBytes(text), target);
        return Encoding.UTF8.GetString(target.WrittenSpan);
    }
}
