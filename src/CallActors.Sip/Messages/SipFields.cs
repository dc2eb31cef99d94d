namespace CallActors.Sip.Messages;

/// <summary>Enumerates the values of the header fields of one id, in order; no allocation.</summary>
public ref struct SipFields
{
    private readonly SipMessage _message;
    private readonly SipHeaderId _id;
    private int _index;

    internal SipFields(SipMessage message, SipHeaderId id)
    {
        _message = message;
        _id = id;
        _index = -1;
    }

    /// <summary>The value of the current field.</summary>
    public readonly ReadOnlySpan<byte> Current => _message.ValueAt(_index);

    /// <summary>Itself, for <c>foreach</c>.</summary>
    public readonly SipFields GetEnumerator() => this;

    /// <summary>Goes to the next field; false when there is none.</summary>
    public bool MoveNext() => (_index = _message.IndexOf(_id, _index + 1)) >= 0;
}
