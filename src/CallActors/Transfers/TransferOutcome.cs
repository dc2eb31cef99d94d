namespace CallActors;

/// <summary>How a transfer ended.</summary>
/// <param name="Status">What the transferor was told: the status of the call to the target, or 200 when two living calls were joined.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="Target">The leg that the transferee now talks with; null when the transfer failed and everything is as it was.</param>
public sealed record TransferOutcome(int Status, string Reason, Leg? Target)
{
    /// <summary>Whether the transferee talks with the target.</summary>
    public bool IsDone => Target is not null;
}
