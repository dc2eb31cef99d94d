using System.Collections.Immutable;

namespace CallActors.Ledger;

/// <summary>Everything needed to build a call anew on another node.</summary>
/// <param name="Key">The call.</param>
/// <param name="Flow">The flow that runs it.</param>
/// <param name="Version">Higher with every change; of two snapshots of a call the higher one is the truth.</param>
/// <param name="State">The user's state, as bytes the flow knows how to read.</param>
/// <param name="Legs">Its legs.</param>
/// <param name="Timers">Its timers that have not fired.</param>
/// <param name="StartedAt">When the call began.</param>
/// <remarks>Two snapshots are compared by <see cref="Key"/> and <see cref="Version"/>, never as records: the arrays would be compared by reference.</remarks>
internal sealed record CallSnapshot(
    CallKey Key,
    string Flow,
    long Version,
    ReadOnlyMemory<byte> State,
    ImmutableArray<LegSnapshot> Legs,
    ImmutableArray<TimerSnapshot> Timers,
    DateTimeOffset StartedAt)
{
    /// <summary>When the first leg was answered; null when none was.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>The number of the leg that began last; no later one may have it again, for it is in Call-IDs.</summary>
    public int LastLeg { get; init; }

    /// <summary>The legs that are over, for the call's record.</summary>
    public ImmutableArray<LegRecord> Past { get; init; } = [];

    /// <summary>About how many bytes it takes when it is written: what varies, and something for the rest.</summary>
    public int Size
    {
        get
        {
            var size = 100 + State.Length;
            foreach (var leg in Legs) size += 300 + (leg.LocalSdp?.Length ?? 0) + (leg.RemoteSdp?.Length ?? 0) + leg.State.Length;
            return size + 100 * Past.Length;
        }
    }
}
