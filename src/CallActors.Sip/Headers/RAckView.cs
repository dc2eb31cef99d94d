using System.Buffers.Text;

namespace CallActors.Sip.Headers;

/// <summary>RAck: the RSeq of a reliable provisional response and the CSeq it belongs to (RFC 3262 §7.2).</summary>
public readonly ref struct RAckView
{
    private RAckView(uint responseNumber, CSeqView cseq)
    {
        ResponseNumber = responseNumber;
        CSeq = cseq.Number;
        Method = cseq.Method;
    }

    /// <summary>The RSeq of the response that is acknowledged.</summary>
    public uint ResponseNumber { get; }

    /// <summary>The CSeq number of that response.</summary>
    public uint CSeq { get; }

    /// <summary>The method of that response's CSeq.</summary>
    public ReadOnlySpan<byte> Method { get; }

    /// <summary>Reads the value; false when it is broken or a number needs more than 32 bits.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out RAckView rack)
    {
        rack = default;
        var start = HeaderGrammar.SkipLws(text, 0);
        if (!Utf8Parser.TryParse(text[start..], out uint number, out var digits)) return false;
        var rest = text[(start + digits)..];
        if (HeaderGrammar.SkipLws(rest, 0) == 0 || !CSeqView.TryParse(rest, out var cseq)) return false;
        rack = new(number, cseq);
        return true;
    }
}
