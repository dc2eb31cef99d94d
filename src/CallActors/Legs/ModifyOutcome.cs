namespace CallActors;

/// <summary>How a change of a session that we asked for ended (RFC 3261 §14). What was agreed before holds until a change is agreed.</summary>
public abstract record ModifyOutcome
{
    private ModifyOutcome()
    {
    }

    /// <summary>Whether the change was agreed to.</summary>
    public bool IsAgreed => this is Agreed;

    /// <summary>The status that tells somebody else what happened.</summary>
    public int Status => this switch
    {
        Agreed => 200,
        Refused refused => refused.Code,
        DialogEnded => 481,
        TimedOut => 408,
        _ => 503,
    };

    /// <summary>The far end agreed; its description is its answer, or null when it gave none.</summary>
    public sealed record Agreed(string? Sdp) : ModifyOutcome;

    /// <summary>The far end said no; the session is as it was.</summary>
    public sealed record Refused(int Code, string Reason) : ModifyOutcome;

    /// <summary>The dialog ended first.</summary>
    public sealed record DialogEnded(string Reason) : ModifyOutcome;

    /// <summary>Nobody answered in time.</summary>
    public sealed record TimedOut : ModifyOutcome;

    /// <summary>The connection to the signalling server was lost, or it refused to send the request.</summary>
    public sealed record NotSent(string Reason) : ModifyOutcome;
}
