using System.Buffers;

namespace CallActors.Sip.Headers;

/// <summary>
/// Walks the comma-separated values of one header field; commas in quoted strings, in &lt;&gt; and in comments separate nothing (RFC 3261
/// §7.3.1).
/// </summary>
/// <remarks>
/// Linear in the length of the field and never recursive. A quote or bracket that is not closed makes the rest of the field one value,
/// which the reader of that value then refuses. Empty values are passed over and remembered in <see cref="SkippedEmpty"/>.
/// </remarks>
/// <param name="field">The value of the header field, folding left in.</param>
public ref struct SipListReader(ReadOnlySpan<byte> field)
{
    private static readonly SearchValues<byte> Stops = SearchValues.Create(",\"<("u8);

    private ReadOnlySpan<byte> _rest = field;
    private bool _isOver;
    private bool _hasBegun;
    private bool _ignoresComments;

    /// <summary>The value now stood at, without white space around it.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Whether some separator passed so far had nothing before or behind it; the lists of RFC 3261 hold no empty values.</summary>
    public bool SkippedEmpty { get; private set; }

    /// <summary>The reader itself, for <c>foreach</c>.</summary>
    public readonly SipListReader GetEnumerator() => this;

    /// <summary>Goes to the next value that is not empty; false at the end of the field.</summary>
    public bool MoveNext()
    {
        while (!_isOver)
        {
            var end = FindSeparator();
            Current = _rest[..end].Trim(" \t\r\n"u8);
            _isOver = end == _rest.Length;
            _rest = _isOver ? default : _rest[(end + 1)..];
            if (!Current.IsEmpty)
            {
                _hasBegun = true;
                return true;
            }
            SkippedEmpty |= _hasBegun || !_isOver;
            _hasBegun = true;
        }
        Current = default;
        return false;
    }

    private int FindSeparator()
    {
        var at = 0;
        while (true)
        {
            var stop = _rest[at..].IndexOfAny(Stops);
            if (stop < 0) return _rest.Length;
            at += stop;
            switch (_rest[at])
            {
                case (byte)',':
                    return at;
                case (byte)'"':
                    at = HeaderGrammar.EndQuoted(_rest, at);
                    if (at < 0) return _rest.Length;
                    break;
                case (byte)'<':
                    var close = _rest[at..].IndexOf((byte)'>');
                    if (close < 0) return _rest.Length;
                    at += close + 1;
                    break;
                default:
                    at = SkipComment(at);
                    break;
            }
        }
    }

    // A parenthesis within a word is a character of a URI, not the start of a comment.
    private int SkipComment(int open)
    {
        if (_ignoresComments || open > 0 && !HeaderGrammar.LineWhite.Contains(_rest[open - 1])) return open + 1;
        var end = HeaderGrammar.EndComment(_rest, open);
        if (end >= 0) return end;
        // Not closed: then no parenthesis of this field is a comment, which also keeps the walk linear.
        _ignoresComments = true;
        return open + 1;
    }
}
