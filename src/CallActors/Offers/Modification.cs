using CallActors.Descriptions;

namespace CallActors.Offers;

/// <summary>A change of a session that a flow asks for: a re-INVITE of ours.</summary>
public abstract record Modification
{
    /// <summary>Offer this description.</summary>
    public sealed record Offer(string Sdp) : Modification;

    /// <summary>Put the other side on hold, on every line.</summary>
    public sealed record Hold(HoldMode Mode = HoldMode.SendOnly) : Modification;

    /// <summary>End our hold.</summary>
    public sealed record Resume : Modification;

    /// <summary>Say again what we said, with the same version: nothing changes, and the session is known to be alive.</summary>
    public sealed record Refresh : Modification;

    /// <summary>Ask the other side to offer; the flow is asked for the answer, which goes with the ACK.</summary>
    public sealed record AskForOffer : Modification;
}
