namespace CallActors.Sip.Headers;

/// <summary>The <c>qvalue</c> of RFC 3261 §25.1: 0 to 1 with at most three decimals, held in thousandths.</summary>
public static class PreferenceSyntax
{
    /// <summary>Reads a qvalue that fills <paramref name="text"/>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out int thousandths)
    {
        thousandths = 0;
        if (text.IsEmpty) return false;
        var whole = text[0] - '0';
        // ".5" for "0.5" is common enough to be read.
        var dot = text[0] == (byte)'.' ? 0 : 1;
        if (dot == 1 && whole is < 0 or > 1) return false;
        thousandths = dot == 1 ? whole * 1000 : 0;
        if (text.Length == dot) return dot == 1;
        if (text[dot] != (byte)'.' || text.Length > dot + 4 || dot == 0 && text.Length == 1) return false;
        for (int at = dot + 1, weight = 100; at < text.Length; at++, weight /= 10)
        {
            if (text[at] is < (byte)'0' or > (byte)'9') return false;
            thousandths += (text[at] - '0') * weight;
        }
        return thousandths <= 1000;
    }
}
