namespace CallActors;

/// <summary>Who ended a leg.</summary>
public enum EndedBy
{
    /// <summary>The far end, by BYE, CANCEL or a rejection.</summary>
    FarEnd,

    /// <summary>We did.</summary>
    Us,

    /// <summary>The signalling server: no ACK came, the session timer expired, a CANCEL crossed the answer.</summary>
    Server,

    /// <summary>The connection to the signalling server was lost and the leg with it.</summary>
    ServerLost,
}

/// <summary>How a leg ended.</summary>
/// <param name="By">Who ended it.</param>
/// <param name="Reason">Why, in words: the text of a Reason header (RFC 3326) where there was one.</param>
/// <param name="Status">The status of a leg that was never answered; 0 for one that was.</param>
public sealed record LegEnd(EndedBy By, string Reason, int Status = 0);
