using CallActors.Descriptions;

namespace CallActors.Offers;

/// <summary>A change of a session that a flow asks for: a re-INVITE of ours.</summary>
public abstract record SessionChange
{
    /// <summary>Offer this description.</summary>
    public sealed record Offer(string Sdp) : SessionChange;

    /// <summary>Put the other side on hold, on every line.</summary>
    public sealed record Hold(HoldMode Mode = HoldMode.SendOnly) : SessionChange;

    /// <summary>End our hold.</summary>
    public sealed record Resume : SessionChange;

    /// <summary>Say again what we said, with the same version: nothing changes, and the session is known to be alive.</summary>
    public sealed record Refresh : SessionChange;

    /// <summary>Ask the other side to offer; the flow is asked for the answer, which goes with the ACK.</summary>
    public sealed record AskForOffer : SessionChange;
}

/// <summary>What became of a change. Each change has exactly one outcome.</summary>
public abstract record SessionChangeOutcome
{
    /// <summary>It holds on both sides.</summary>
    /// <param name="LocalSdp">What we said.</param>
    /// <param name="RemoteSdp">What they said.</param>
    public sealed record Changed(string? LocalSdp, string? RemoteSdp) : SessionChangeOutcome;

    /// <summary>It was refused, and everything is as it was.</summary>
    /// <param name="Status">The final status.</param>
    public sealed record Refused(int Status) : SessionChangeOutcome;

    /// <summary>It was accepted without the description that was due, so nothing could change.</summary>
    public sealed record Unanswered : SessionChangeOutcome;

    /// <summary>It took too long. Everything is as it was, unless the other side's word crosses our giving up.</summary>
    public sealed record TimedOut : SessionChangeOutcome;

    /// <summary>The call was over before it could be carried out.</summary>
    public sealed record DialogEnded : SessionChangeOutcome;

    /// <summary>We have no description to hold, resume or repeat.</summary>
    public sealed record NothingToOffer : SessionChangeOutcome;
}
