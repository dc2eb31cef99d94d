using CallActors.Sip.Messages;

namespace CallActors.Sip.Headers;

/// <summary>One <c>name</c> or <c>name=value</c> of a URI's parameters or of its header part, still escaped.</summary>
public readonly ref struct UriPair
{
    internal UriPair(ReadOnlySpan<byte> pair)
    {
        Text = pair;
        var equals = pair.IndexOf((byte)'=');
        Name = equals < 0 ? pair : pair[..equals];
        Value = equals < 0 ? default : pair[(equals + 1)..];
        HasValue = equals >= 0;
    }

    /// <summary>The whole pair, still escaped.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>The name, still escaped.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>The value, still escaped; empty when there is none.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Whether an equals sign follows the name.</summary>
    public bool HasValue { get; }

    /// <summary>
    /// Reads the pair as a header field: unescapes both sides into <paramref name="buffer"/>, which is as long as <see cref="Text"/>.
    /// </summary>
    /// <returns>
    /// False when the name is no token or the value holds a line end or another control character: such a pair must never become a
    /// header.
    /// </returns>
    public bool TryHeader(Span<byte> buffer, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var nameLength = UriEscaping.Unescape(Name, buffer);
        var valueLength = UriEscaping.Unescape(Value, buffer[nameLength..]);
        name = buffer[..nameLength];
        value = buffer.Slice(nameLength, valueLength);
        return SipToken.Is(name) && !value.ContainsAny(HeaderGrammar.NotInText);
    }
}

/// <summary>The parameters of a URI, <c>*( ";" uri-parameter )</c> of RFC 3261 §25.1, read where they stand.</summary>
public readonly ref struct UriParameters
{
    internal UriParameters(ReadOnlySpan<byte> text) => Text = text;

    /// <summary>The parameters as written, from the first semicolon on; empty when there are none.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>Whether there is no parameter.</summary>
    public bool IsEmpty => Text.IsEmpty;

    /// <summary>
    /// The value of the first parameter called <paramref name="name"/>, still escaped; true with an empty value when it has none.
    /// </summary>
    public bool TryFind(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (var pair in this)
        {
            if (!UriEscaping.SameUnescaped(pair.Name, name)) continue;
            value = pair.Value;
            return true;
        }
        value = default;
        return false;
    }

    /// <summary>Whether a parameter called <paramref name="name"/> is there, with or without a value.</summary>
    public bool Contains(ReadOnlySpan<byte> name) => TryFind(name, out _);

    /// <summary>Walks the parameters in order.</summary>
    public UriPairReader GetEnumerator() => new(Text, (byte)';');
}

/// <summary>The header part of a URI, <c>hname=hvalue *( "&amp;" hname=hvalue )</c> of RFC 3261 §25.1, read where it stands.</summary>
public readonly ref struct UriHeaders
{
    internal UriHeaders(ReadOnlySpan<byte> text) => Text = text;

    /// <summary>The header part as written, without the question mark; empty when there is none.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>Whether there is no header part.</summary>
    public bool IsEmpty => Text.IsEmpty;

    /// <summary>Walks the headers in order.</summary>
    public UriPairReader GetEnumerator() => new(Text, (byte)'&');
}

/// <summary>Walks the pairs of a URI's parameters or headers; empty ones are passed over.</summary>
public ref struct UriPairReader
{
    private readonly byte _separator;
    private ReadOnlySpan<byte> _rest;

    internal UriPairReader(ReadOnlySpan<byte> text, byte separator)
    {
        _rest = text;
        _separator = separator;
    }

    /// <summary>The pair now stood at.</summary>
    public UriPair Current { get; private set; }

    /// <summary>Goes to the next pair; false at the end.</summary>
    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            var end = _rest.IndexOf(_separator);
            var pair = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? default : _rest[(end + 1)..];
            if (pair.IsEmpty) continue;
            Current = new(pair);
            return true;
        }
        return false;
    }
}
