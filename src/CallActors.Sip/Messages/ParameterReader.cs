using CallActors.Sip.Headers;

namespace CallActors.Sip.Messages;

/// <summary>
/// Walks <c>;name=value</c> parameters behind a Via's sent-by or an address; stops at the end, at a comma, or at what is no parameter.
/// </summary>
/// <remarks>
/// The grammar is that of <see cref="HeaderParameterReader"/>, but places are wanted here, and the value of a list may end.
/// </remarks>
internal ref struct ParameterReader(ReadOnlySpan<byte> text, int at)
{
    private readonly ReadOnlySpan<byte> _text = text;

    /// <summary>Where reading goes on: the end of the text or a comma once <see cref="MoveNext"/> answered false.</summary>
    public int At { get; private set; } = at;

    public bool IsBroken { get; private set; }

    /// <summary>From the semicolon to the end of the value.</summary>
    public SipRange Whole { get; private set; }

    public SipRange Name { get; private set; }

    /// <summary>A quoted value with its quotes; empty when there is none.</summary>
    public SipRange Value { get; private set; }

    public bool MoveNext()
    {
        var at = SipGrammar.SkipWhite(_text, At);
        At = at;
        if (at == _text.Length || _text[at] == ',') return false;
        if (_text[at] != ';') return Break();

        var start = at;
        at = SipGrammar.SkipWhite(_text, at + 1);
        var end = HeaderGrammar.End(_text, at, HeaderGrammar.Token);
        if (end == at) return Break();
        Name = new(at, end - at);
        Value = new(end, 0);

        at = SipGrammar.SkipWhite(_text, end);
        if (at < _text.Length && _text[at] == '=')
        {
            at = SipGrammar.SkipWhite(_text, at + 1);
            end = EndOfValue(at);
            if (end <= at) return Break();
            Value = new(at, end - at);
        }

        Whole = new(start, end - start);
        At = end;
        return true;
    }

    private readonly int EndOfValue(int at)
    {
        if (at < _text.Length && _text[at] == '"') return HeaderGrammar.EndQuoted(_text, at);
        return HeaderGrammar.End(_text, at, HeaderGrammar.ParameterValue);
    }

    private bool Break()
    {
        IsBroken = true;
        return false;
    }
}
