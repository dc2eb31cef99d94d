namespace CallActors.Sip.Messages;

/// <summary>A piece of a message's bytes.</summary>
internal readonly record struct SipRange(int Start, int Length)
{
    public int End => Start + Length;

    public bool IsEmpty => Length == 0;

    public ReadOnlySpan<byte> In(ReadOnlySpan<byte> bytes) => bytes.Slice(Start, Length);

    /// <summary>A piece of a part, seen from the whole; no piece stays none.</summary>
    public SipRange Shifted(int by) => Length == 0 ? default : new(Start + by, Length);

    /// <summary>The same piece after what stands at or behind <paramref name="from"/> moved by <paramref name="by"/>.</summary>
    public SipRange Moved(int from, int by) => Start >= from ? new(Start + by, Length) : this;
}
