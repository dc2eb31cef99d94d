using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Ringing;

/// <summary>Everything that can happen to a ringing plan. Targets and groups go by the numbers that the effects gave them.</summary>
internal abstract record RingInput : TransactionInput
{
    /// <summary>Begin.</summary>
    public sealed record Started : RingInput;

    /// <summary>A target gave a provisional response above 100.</summary>
    public sealed record Rang(int Target) : RingInput;

    /// <summary>A target answered with a 2xx.</summary>
    public sealed record Answered(int Target) : RingInput;

    /// <summary>A target gave its final word, 3xx to 6xx.</summary>
    public sealed record Rejected(int Target, SipResponse Response) : RingInput;

    /// <summary>A target failed without a word of its own: 408 for silence, 503 for no way to it or a lost server.</summary>
    public sealed record Lost(int Target, int Status) : RingInput;

    /// <summary>A timer of the plan has run out.</summary>
    public sealed record TimedOut(RingTimer Timer, int Node) : RingInput;

    /// <summary>The caller hung up.</summary>
    /// <param name="Reason">The Reason that the targets shall be given; null for none.</param>
    public sealed record CallerGone(string? Reason = null) : RingInput;

    /// <summary>More to ring: at once where all ring at once, else when those before have failed.</summary>
    public sealed record Added(RingPlan Plan) : RingInput;
}

/// <summary>The timers of a plan.</summary>
internal enum RingTimer : byte
{
    /// <summary>How long a target or group may ring.</summary>
    Ring,

    /// <summary>How long a target may stay silent.</summary>
    Silence,
}
