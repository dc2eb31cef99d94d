using System.Buffers.Text;

namespace CallActors.Sip.Headers;

/// <summary>CSeq: a 32-bit number and a method (RFC 3261 §20.16).</summary>
public readonly ref struct CSeqView
{
    private CSeqView(uint number, ReadOnlySpan<byte> method)
    {
        Number = number;
        Method = method;
    }

    /// <summary>The sequence number. RFC 3261 §8.1.1.5 keeps senders below 2^31; all 32 bits are read.</summary>
    public uint Number { get; }

    /// <summary>The method, case as written: methods compare with case.</summary>
    public ReadOnlySpan<byte> Method { get; }

    /// <summary>Reads the value; false when it is broken or the number needs more than 32 bits (RFC 4475 §3.1.2.4).</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out CSeqView cseq)
    {
        cseq = default;
        var start = HeaderGrammar.SkipLws(text, 0);
        if (!Utf8Parser.TryParse(text[start..], out uint number, out var digits)) return false;
        var method = HeaderGrammar.SkipLws(text, start + digits);
        var end = HeaderGrammar.End(text, method, HeaderGrammar.Token);
        if (method == start + digits || end == method || HeaderGrammar.SkipLws(text, end) != text.Length) return false;
        cseq = new(number, text[method..end]);
        return true;
    }
}
