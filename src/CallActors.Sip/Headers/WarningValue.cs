namespace CallActors.Sip.Headers;

/// <summary>One value of Warning: a code, who warns, and a text (RFC 3261 §20.43).</summary>
public readonly ref struct WarningValue
{
    private WarningValue(int code, ReadOnlySpan<byte> agent, ReadOnlySpan<byte> text)
    {
        Code = code;
        Agent = agent;
        Text = text;
    }

    /// <summary>The code, three digits.</summary>
    public int Code { get; }

    /// <summary>Who warns: a host with or without a port, or a name.</summary>
    public ReadOnlySpan<byte> Agent { get; }

    /// <summary>The text without its quotes, backslash escapes left in.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>Reads one value; false when it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out WarningValue warning)
    {
        warning = default;
        var start = HeaderGrammar.SkipLws(text, 0);
        var digits = HeaderGrammar.End(text, start, HeaderGrammar.Digits);
        if (digits - start != 3) return false;
        var agent = HeaderGrammar.SkipLws(text, digits);
        var agentEnd = HeaderGrammar.End(text, agent, HeaderGrammar.ParameterValue);
        if (agent == digits || agentEnd == agent) return false;
        var quote = HeaderGrammar.SkipLws(text, agentEnd);
        if (quote == agentEnd || quote == text.Length || text[quote] != (byte)'"') return false;
        var end = HeaderGrammar.EndQuoted(text, quote);
        if (end < 0 || HeaderGrammar.SkipLws(text, end) != text.Length) return false;
        HeaderGrammar.TryNumber(text[start..digits], out var code);
        warning = new((int)code, text[agent..agentEnd], text[(quote + 1)..(end - 1)]);
        return true;
    }
}
