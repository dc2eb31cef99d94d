namespace CallActors.Sip.Messages;

/// <summary>
/// Where one header field stands in its message: 12 bytes. Names start below 2^24; the limits of parser and builder keep it so.
/// </summary>
internal readonly struct SipHeaderRange
{
    /// <summary>No message may be longer: the start of a name has 24 bits.</summary>
    public const int FarthestStart = (1 << 24) - 1;

    private readonly uint _startAndId;
    private readonly ushort _nameLength;
    private readonly ushort _gap;

    public SipHeaderRange(SipHeaderId id, int nameStart, int nameLength, int valueStart, int valueLength)
    {
        _startAndId = ((uint)nameStart << 8) | (byte)id;
        _nameLength = (ushort)nameLength;
        _gap = (ushort)(valueStart - nameStart - nameLength);
        ValueLength = valueLength;
    }

    public SipHeaderId Id => (SipHeaderId)(byte)_startAndId;

    public int NameStart => (int)(_startAndId >> 8);

    public int NameLength => _nameLength;

    public int ValueStart => NameStart + _nameLength + _gap;

    public int ValueLength { get; }

    public SipRange Value => new(ValueStart, ValueLength);

    /// <summary>True when the two lengths that have 16 bits fit; the parser refuses the line otherwise.</summary>
    public static bool Fits(int nameStart, int nameLength, int valueStart) =>
        nameStart <= FarthestStart && nameLength <= ushort.MaxValue && valueStart - nameStart - nameLength <= ushort.MaxValue;

    public SipHeaderRange Moved(int by) => new(Id, NameStart + by, NameLength, ValueStart + by, ValueLength);

    public SipHeaderRange Resized(int by) => new(Id, NameStart, NameLength, ValueStart, ValueLength + by);
}
