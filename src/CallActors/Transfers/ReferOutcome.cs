namespace CallActors;

/// <summary>What became of a REFER that we sent (RFC 3515): what its NOTIFYs said last, or why there were none.</summary>
public abstract record ReferOutcome
{
    private ReferOutcome()
    {
    }

    /// <summary>Whether the far end has reached whom it was sent to.</summary>
    public bool IsDone => this is Notified { Status: >= 200 and < 300 };

    /// <summary>The far end told how its own call ended.</summary>
    /// <param name="Status">The final status of that call.</param>
    /// <param name="Reason">Its reason phrase.</param>
    public sealed record Notified(int Status, string Reason) : ReferOutcome;

    /// <summary>The far end does not let itself be referred.</summary>
    /// <param name="Code">The final response to the REFER.</param>
    /// <param name="Reason">Its reason phrase.</param>
    public sealed record Refused(int Code, string Reason) : ReferOutcome;

    /// <summary>The far end agreed, and told no end: the subscription ended first, nothing came in time, or it wants to tell nothing (RFC 4488).</summary>
    public sealed record Untold(string Reason) : ReferOutcome;

    /// <summary>The dialog ended before there was an outcome.</summary>
    public sealed record DialogEnded(string Reason) : ReferOutcome;

    /// <summary>The REFER was not sent: the connection to the signalling server was lost, or it refused to.</summary>
    public sealed record NotSent(string Reason) : ReferOutcome;
}
