namespace CallActors.Sip.Headers;

/// <summary>One parameter of a header value: <c>name</c>, <c>name=value</c> or <c>name="value"</c>.</summary>
public readonly ref struct HeaderParameter
{
    internal HeaderParameter(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool hasValue, bool isQuoted)
    {
        Name = name;
        Value = value;
        HasValue = hasValue;
        IsQuoted = isQuoted;
    }

    /// <summary>The name as written; names compare without regard to case.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>The value without its quotes, backslash escapes left in; empty when there is none.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Whether an equals sign and a value follow the name.</summary>
    public bool HasValue { get; }

    /// <summary>Whether the value is a quoted string.</summary>
    public bool IsQuoted { get; }
}

/// <summary>The parameters behind a header value, <c>*( SEMI generic-param )</c> of RFC 3261 §25.1, read where they stand.</summary>
public readonly ref struct HeaderParameters
{
    private readonly ReadOnlySpan<byte> _text;

    // The text was walked once without a fault, so later walks need not look for one.
    internal HeaderParameters(ReadOnlySpan<byte> sound) => _text = sound;

    /// <summary>The parameters as written, from the first semicolon on; empty when there are none.</summary>
    public ReadOnlySpan<byte> Text => _text;

    /// <summary>Whether there is no parameter.</summary>
    public bool IsEmpty => _text.IsEmpty;

    /// <summary>Reads <paramref name="text"/>, which starts with a semicolon or is empty; false when any parameter is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out HeaderParameters parameters)
    {
        var reader = new HeaderParameterReader(text);
        while (reader.MoveNext())
        {
        }
        parameters = reader.IsBroken ? default : new(text[..reader.End]);
        return !reader.IsBroken;
    }

    /// <summary>The value of the first parameter called <paramref name="name"/>; true with an empty value when it has none.</summary>
    public bool TryFind(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (var parameter in this)
        {
            if (!HeaderGrammar.Same(parameter.Name, name)) continue;
            value = parameter.Value;
            return true;
        }
        value = default;
        return false;
    }

    /// <summary>Whether a parameter called <paramref name="name"/> is there, with or without a value.</summary>
    public bool Contains(ReadOnlySpan<byte> name) => TryFind(name, out _);

    /// <summary>Walks the parameters in order.</summary>
    public HeaderParameterReader GetEnumerator() => new(_text);
}

/// <summary>Walks header parameters one by one and stops at the first that is broken.</summary>
/// <param name="text">The parameters, beginning with a semicolon.</param>
public ref struct HeaderParameterReader(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _at;

    /// <summary>The parameter now stood at.</summary>
    public HeaderParameter Current { get; private set; }

    /// <summary>Whether the walk ended at something that is no parameter.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The index after the last sound parameter.</summary>
    internal int End { get; private set; }

    /// <summary>Goes to the next parameter; false at the end or where the text is broken.</summary>
    public bool MoveNext()
    {
        var at = HeaderGrammar.SkipLws(_text, _at);
        if (at == _text.Length) return false;
        if (_text[at] != (byte)';') return Break();

        var name = HeaderGrammar.SkipLws(_text, at + 1);
        var nameEnd = HeaderGrammar.End(_text, name, HeaderGrammar.Token);
        if (nameEnd == name) return Break();

        at = HeaderGrammar.SkipLws(_text, nameEnd);
        if (at == _text.Length || _text[at] != (byte)'=')
        {
            Current = new(_text[name..nameEnd], default, hasValue: false, isQuoted: false);
            End = _at = nameEnd;
            return true;
        }

        var value = HeaderGrammar.SkipLws(_text, at + 1);
        if (value == _text.Length) return Break();
        var isQuoted = _text[value] == (byte)'"';
        var valueEnd = isQuoted
            ? HeaderGrammar.EndQuoted(_text, value)
            : HeaderGrammar.End(_text, value, HeaderGrammar.ParameterValue);
        if (valueEnd <= value) return Break();

        Current = new(_text[name..nameEnd], isQuoted ? _text[(value + 1)..(valueEnd - 1)] : _text[value..valueEnd], hasValue: true, isQuoted);
        End = _at = valueEnd;
        return true;
    }

    private bool Break()
    {
        IsBroken = true;
        return false;
    }
}
