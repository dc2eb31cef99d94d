using CallActors.Sip.Headers;

namespace CallActors.Sip.Messages;

/// <summary>
/// Enumerates the values of a header over all its fields, splitting comma-separated lists (RFC 3261 §7.3.1) outside quotes and angle
/// brackets; empty list elements are skipped. Headers that are no list give one value a field.
/// </summary>
public ref struct SipValues
{
    private readonly bool _splits;
    private SipFields _fields;
    private SipListReader _list;

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
        // The list of no field yet is empty.
        while (!_list.MoveNext())
        {
            if (!_fields.MoveNext()) return false;
            if (_splits)
            {
                _list = new(_fields.Current);
                continue;
            }

            Current = _fields.Current;
            return true;
        }

        Current = _list.Current;
        return true;
    }
}
