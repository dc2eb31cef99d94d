namespace CallActors.Sip.Messages;

/// <summary>
/// Enumerates the values of a header over all its fields, splitting comma-separated lists (RFC 3261 §7.3.1) outside quotes and angle
/// brackets; empty list elements are skipped. Headers that are no list give one value a field.
/// </summary>
public ref struct SipValues
{
    private readonly bool _splits;
    private SipFields _fields;
    private ReadOnlySpan<byte> _rest;
    private bool _ended;

    internal SipValues(SipMessage message, SipHeaderId id)
    {
        _fields = new SipFields(message, id);
        _splits = SipHeaderNames.IsMultiValue(id);
    }

    /// <summary>The current value, without white space around it.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Itself, for <c>foreach</c>.</summary>
    public readonly SipValues GetEnumerator() => this;

    /// <summary>Goes to the next value; false when there is none.</summary>
    public bool MoveNext()
    {
        while (!_ended)
        {
            if (_rest.IsEmpty)
            {
                _ended = !_fields.MoveNext();
                if (_ended) break;
                _rest = _fields.Current;
                if (!_splits)
                {
                    Current = _rest;
                    _rest = default;
                    return true;
                }
            }

            var length = SipGrammar.EndOfListElement(_rest);
            Current = SipGrammar.Trim(_rest[..length]);
            _rest = length < _rest.Length ? _rest[(length + 1)..] : default;
            if (!Current.IsEmpty) return true;
        }

        return false;
    }
}
