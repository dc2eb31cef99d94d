using System.Buffers;

namespace CallActors.Sip.Messages;

/// <summary>Collects header ranges on the stack, and in a rented array when a message has more than usual.</summary>
internal ref struct SipHeaderList(Span<SipHeaderRange> first)
{
    private Span<SipHeaderRange> _items = first;
    private SipHeaderRange[]? _rented;

    public int Count { get; private set; }

    public readonly Span<SipHeaderRange> Items => _items[..Count];

    public void Add(in SipHeaderRange header)
    {
        if (Count == _items.Length) Grow();
        _items[Count++] = header;
    }

    public void GiveBack()
    {
        if (_rented is not null) ArrayPool<SipHeaderRange>.Shared.Return(_rented);
        _rented = null;
    }

    private void Grow()
    {
        var larger = ArrayPool<SipHeaderRange>.Shared.Rent(_items.Length * 4);
        _items.CopyTo(larger);
        if (_rented is not null) ArrayPool<SipHeaderRange>.Shared.Return(_rented);
        _items = _rented = larger;
    }
}
