using System.Runtime.CompilerServices;

namespace CallActors.Control;

/// <summary>A frame's payload as its meta-line's tokens and the SIP text behind it; a view, valid as long as the payload's bytes.</summary>
/// <remarks>
/// The meta-line ends at the first CRLF, or at the end of the payload; tokens are separated by <c>|</c>, there is no escaping,
/// and empty tokens count. Everything after that CRLF is SIP text, bytes as they are.
/// </remarks>
public readonly ref struct ControlMessage
{
    // Every layout but `proxy` with many destinations fits; tokens beyond are found by scanning on.
    private const int Indexed = 16;

    private readonly TokenEnds _ends;

    /// <summary>Splits <paramref name="payload"/>; any bytes are acceptable.</summary>
    public ControlMessage(ReadOnlySpan<byte> payload)
    {
        var lineEnd = payload.IndexOf("\r\n"u8);
        HasSip = lineEnd >= 0;
        MetaLine = HasSip ? payload[..lineEnd] : payload;
        Sip = HasSip ? payload[(lineEnd + 2)..] : default;

        var at = 0;
        while (TokenCount < Indexed)
        {
            var length = MetaLine[at..].IndexOf((byte)'|');
            _ends[TokenCount++] = length < 0 ? MetaLine.Length : at + length;
            if (length < 0) return;
            at += length + 1;
        }
        TokenCount += 1 + MetaLine[at..].Count((byte)'|');
    }

    /// <summary>The first line without its CRLF.</summary>
    public ReadOnlySpan<byte> MetaLine { get; }

    /// <summary>Whether a CRLF ends the meta-line, that is whether SIP text may follow.</summary>
    public bool HasSip { get; }

    /// <summary>The SIP text: start line, headers and body up to the end of the payload, whatever its Content-Length says. Empty when there is none.</summary>
    public ReadOnlySpan<byte> Sip { get; }

    /// <summary>The number of tokens, at least one.</summary>
    public int TokenCount { get; }

    /// <summary>Token 0: the message's id, chosen by its sender.</summary>
    public ReadOnlySpan<byte> Id => Token(0);

    /// <summary>Token 1: the message's type.</summary>
    public ReadOnlySpan<byte> Type => Token(1);

    /// <summary>The token at <paramref name="index"/>; empty when it is empty and when there are not so many.</summary>
    public ReadOnlySpan<byte> Token(int index)
    {
        if ((uint)index >= (uint)TokenCount) return default;
        var start = StartOf(index);
        if (index < Indexed) return MetaLine[start.._ends[index]];

        var rest = MetaLine[start..];
        var end = rest.IndexOf((byte)'|');
        return end < 0 ? rest : rest[..end];
    }

    /// <summary>All tokens from <paramref name="first"/> on, still separated by <c>|</c>; empty when there are not so many.</summary>
    public ReadOnlySpan<byte> TokensFrom(int first) => (uint)first < (uint)TokenCount ? MetaLine[StartOf(first)..] : default;

    private int StartOf(int index)
    {
        if (index == 0) return 0;
        var start = _ends[Math.Min(index, Indexed) - 1] + 1;
        for (var skip = index - Indexed; skip > 0; skip--) start += MetaLine[start..].IndexOf((byte)'|') + 1;
        return start;
    }

    [InlineArray(Indexed)]
    private struct TokenEnds
    {
        private int _first;
    }
}
