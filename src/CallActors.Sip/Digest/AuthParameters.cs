using CallActors.Sip.Headers;

namespace CallActors.Sip.Digest;

/// <summary>One <c>auth-param</c> of a challenge or of credentials: <c>name=value</c> or <c>name="value"</c>.</summary>
public readonly ref struct AuthParameter
{
    internal AuthParameter(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Name = name;
        Value = value;
    }

    /// <summary>The name; names compare without regard to case.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>The value without its quotes, backslash escapes left in (<see cref="QuotedText"/> takes them out).</summary>
    public ReadOnlySpan<byte> Value { get; }
}

/// <summary>Walks <c>auth-param *(COMMA auth-param)</c> (RFC 3261 §25.1, RFC 7235 §2.1), stopping at the first that is broken.</summary>
/// <param name="text">The parameters, without the scheme.</param>
public ref struct AuthParameterReader(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _at;

    /// <summary>The parameter now stood at.</summary>
    public AuthParameter Current { get; private set; }

    /// <summary>Whether the walk ended at something that is no parameter.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The reader itself, for <c>foreach</c>.</summary>
    public readonly AuthParameterReader GetEnumerator() => this;

    /// <summary>Goes to the next parameter; false at the end or where the text is broken.</summary>
    public bool MoveNext()
    {
        var at = HeaderGrammar.SkipLws(_text, _at);
        while (at < _text.Length && _text[at] == (byte)',') at = HeaderGrammar.SkipLws(_text, at + 1);
        if (at == _text.Length || IsBroken) return false;

        var nameEnd = HeaderGrammar.End(_text, at, HeaderGrammar.Token);
        var equals = HeaderGrammar.SkipLws(_text, nameEnd);
        if (nameEnd == at || equals == _text.Length || _text[equals] != (byte)'=') return Break();

        var value = HeaderGrammar.SkipLws(_text, equals + 1);
        if (value == _text.Length) return Break();
        var isQuoted = _text[value] == (byte)'"';
        var end = isQuoted ? HeaderGrammar.EndQuoted(_text, value) : HeaderGrammar.End(_text, value, HeaderGrammar.AuthValue);
        if (end <= value) return Break();

        var next = HeaderGrammar.SkipLws(_text, end);
        if (next < _text.Length && _text[next] != (byte)',') return Break();
        Current = new(_text[at..nameEnd], isQuoted ? _text[(value + 1)..(end - 1)] : _text[value..end]);
        _at = next;
        return true;
    }

    private bool Break()
    {
        IsBroken = true;
        return false;
    }
}

internal static class AuthScheme
{
    internal static bool TrySplit(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> scheme, out ReadOnlySpan<byte> rest)
    {
        var start = HeaderGrammar.SkipLws(text, 0);
        var end = HeaderGrammar.End(text, start, HeaderGrammar.Token);
        var next = HeaderGrammar.SkipLws(text, end);
        scheme = text[start..end];
        rest = text[next..];
        return end > start && (next > end || rest.IsEmpty);
    }
}
