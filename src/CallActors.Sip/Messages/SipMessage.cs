using System.Text;

namespace CallActors.Sip.Messages;

/// <summary>
/// A complete SIP message that owns its bytes and knows where its header fields stand. Immutable; unknown headers and the body keep
/// their bytes untouched, known headers are typed by whoever asks.
/// </summary>
public abstract class SipMessage
{
    private readonly byte[] _bytes;
    private readonly SipHeaderRange[] _headers;
    private readonly SipFacts _facts;

    private protected SipMessage(byte[] bytes, SipHeaderRange[] headers, in SipFacts facts)
    {
        _bytes = bytes;
        _headers = headers;
        _facts = facts;
    }

    /// <summary>The complete message.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The complete message.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes;

    /// <summary>What follows the empty line.</summary>
    public ReadOnlySpan<byte> Body => _bytes.AsSpan(_facts.BodyStart);

    /// <summary>How many header fields there are.</summary>
    public int HeaderCount => _headers.Length;

    /// <summary>The whole value of Call-ID; empty when there is none (only in a broken request).</summary>
    public ReadOnlySpan<byte> CallId => _facts.CallId.In(_bytes);

    /// <summary>The tag of From; empty when there is none (RFC 2543 peers).</summary>
    public ReadOnlySpan<byte> FromTag => _facts.FromTag.In(_bytes);

    /// <summary>The tag of To; empty when there is none.</summary>
    public ReadOnlySpan<byte> ToTag => _facts.ToTag.In(_bytes);

    /// <summary>The branch of the topmost Via; empty when there is none (RFC 2543 peers).</summary>
    public ReadOnlySpan<byte> Branch => _facts.Branch.In(_bytes);

    /// <summary>The sent-by of the topmost Via as it stands there: host, or host and port with the colon.</summary>
    public ReadOnlySpan<byte> SentBy => _facts.SentBy.In(_bytes);

    /// <summary>The sequence number, below 2^31 (RFC 3261 §8.1.1.5).</summary>
    public uint CSeq => _facts.CSeq;

    /// <summary>The method named by CSeq.</summary>
    public SipMethod CSeqMethod => _facts.CSeqMethod;

    /// <summary>The method named by CSeq, as it stands there.</summary>
    public ReadOnlySpan<byte> CSeqMethodName => _facts.CSeqMethodName.In(_bytes);

    internal ref readonly SipFacts Facts => ref _facts;

    /// <summary>The header field at this place, counted from 0.</summary>
    public SipHeaderView Header(int index)
    {
        ref readonly var header = ref _headers[index];
        return new(header.Id, _bytes.AsSpan(header.NameStart, header.NameLength), _bytes.AsSpan(header.ValueStart, header.ValueLength));
    }

    /// <summary>True when there is at least one field of this header.</summary>
    public bool Has(SipHeaderId id) => IndexOf(id, 0) >= 0;

    /// <summary>The value of the first field of this header; empty when it is absent, or present without a value.</summary>
    public ReadOnlySpan<byte> First(SipHeaderId id) => IndexOf(id, 0) is >= 0 and var index ? ValueAt(index) : default;

    /// <summary>How many fields of this header there are (fields, not values).</summary>
    public int Count(SipHeaderId id)
    {
        var count = 0;
        foreach (ref readonly var header in _headers.AsSpan())
        {
            if (header.Id == id) count++;
        }

        return count;
    }

    /// <summary>The value of each field of this header, for <c>foreach</c>.</summary>
    public SipFields Fields(SipHeaderId id) => new(this, id);

    /// <summary>Each value of this header over all its fields, comma-separated lists taken apart, for <c>foreach</c>.</summary>
    public SipValues Values(SipHeaderId id) => new(this, id);

    /// <summary>
    /// The value of the first field of this name in any case; for known headers the compact and the long form are the same.
    /// </summary>
    public bool TryFind(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var id = SipHeaderNames.Find(name);
        for (var index = IndexOf(id, 0); index >= 0; index = IndexOf(id, index + 1))
        {
            ref readonly var header = ref _headers[index];
            if (id == SipHeaderId.Unknown && !Ascii.EqualsIgnoreCase(name, _bytes.AsSpan(header.NameStart, header.NameLength))) continue;
            value = ValueAt(index);
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>The start line, for people.</summary>
    public override string ToString()
    {
        var end = Bytes.IndexOf("\r\n"u8);
        return Encoding.UTF8.GetString(Bytes[..(end < 0 ? Bytes.Length : end)]);
    }

    internal int IndexOf(SipHeaderId id, int from)
    {
        for (var index = from; index < _headers.Length; index++)
        {
            if (_headers[index].Id == id) return index;
        }

        return -1;
    }

    internal ReadOnlySpan<byte> ValueAt(int index)
    {
        ref readonly var header = ref _headers[index];
        return _bytes.AsSpan(header.ValueStart, header.ValueLength);
    }
}
