using System.Numerics;

namespace CallActors.Sip.Messages;

/// <summary>Which known headers have been met.</summary>
internal struct SipHeaderSet
{
    private const ulong Mandatory = (1UL << (int)SipHeaderId.Via) | (1UL << (int)SipHeaderId.From) | (1UL << (int)SipHeaderId.To) |
        (1UL << (int)SipHeaderId.CallId) | (1UL << (int)SipHeaderId.CSeq);

    private ulong _low;
    private ulong _high;

    /// <summary>
    /// The first of the mandatory headers (RFC 3261 §8.1.1, §8.2.6.2) that is absent; Unknown when none is. Max-Forwards is excused (RFC
    /// 4475 §3.4.1).
    /// </summary>
    public readonly SipHeaderId Missing =>
        (Mandatory & ~_low) is > 0 and var missing ? (SipHeaderId)BitOperations.TrailingZeroCount(missing) : SipHeaderId.Unknown;

    /// <summary>True when the header is met for the first time.</summary>
    public bool Add(SipHeaderId id)
    {
        ref var half = ref (int)id < 64 ? ref _low : ref _high;
        var bit = 1UL << ((int)id & 63);
        var isNew = (half & bit) == 0;
        half |= bit;
        return isNew;
    }
}
