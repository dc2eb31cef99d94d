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

    /// <summary>The text in quotes, with quotes and backslashes escaped and line ends made spaces, so that it stays one header value.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var here in text)
        {
            switch (here)
            {
                case '\r' or '\n':
                    quoted.Append(' ');
                    break;
                case '"' or '\\' or (< ' ' and not '\t') or '\x7f':
                    quoted.Append('\\').Append(here);
                    break;
                default:
                    quoted.Append(here);
                    break;
            }
        }
        return quoted.Append('"').ToString();
    }
}
