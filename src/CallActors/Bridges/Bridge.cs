namespace CallActors;

/// <summary>A caller and somebody else: connected, or not and why. A caller who was not connected is still unanswered, unless it went away.</summary>
/// <param name="A">The caller.</param>
/// <param name="B">Whoever answered; null when nobody did.</param>
/// <param name="Outcome">How the attempt ended.</param>
public sealed record Bridge(IncomingCall A, OutgoingCall? B, InviteOutcome Outcome)
{
    /// <summary>Whether both talk. From then on everything that one side asks for reaches the other, and both end together.</summary>
    public bool IsConnected => B is not null && Outcome.IsAnswered;
}
