namespace CallActors.Control;

/// <summary>The items of a list that are not empty, for <c>foreach</c>.</summary>
public ref struct TokenList
{
    private readonly byte _separator;
    private ReadOnlySpan<byte> _rest;

    /// <summary>The items of <paramref name="list"/> between <paramref name="separator"/>s.</summary>
    public TokenList(ReadOnlySpan<byte> list, byte separator)
    {
        _rest = list;
        _separator = separator;
    }

    /// <summary>The item that was reached.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Itself: a copy starts where this one stands.</summary>
    public readonly TokenList GetEnumerator() => this;

    /// <summary>Goes on to the next item.</summary>
    public bool MoveNext()
    {
        _rest = _rest.TrimStart(_separator);
        if (_rest.IsEmpty) return false;

        var end = _rest.IndexOf(_separator);
        Current = end < 0 ? _rest : _rest[..end];
        _rest = _rest[Current.Length..];
        return true;
    }
}
