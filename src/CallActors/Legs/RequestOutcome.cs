using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>How a request that we sent ended: its final response, or why there is none.</summary>
public abstract record RequestOutcome
{
    private RequestOutcome()
    {
    }

    /// <summary>Whether the final response is a 2xx.</summary>
    public bool IsSuccess => this is Final { Response.IsSuccess: true };

    /// <summary>The final response's status, else 408 or 503 as it would have been.</summary>
    public int Status => this switch
    {
        Final final => final.Response.StatusCode,
        DialogEnded => 481,
        TimedOut => 408,
        NotSent => 500,
        _ => 503,
    };

    /// <summary>The final response; the server makes it when nobody answers (408) or nobody can be reached (503).</summary>
    public sealed record Final(SipResponse Response) : RequestOutcome;

    /// <summary>There was none in the time that was given.</summary>
    public sealed record TimedOut(TimeSpan After) : RequestOutcome;

    /// <summary>The dialog ended before there was one.</summary>
    public sealed record DialogEnded(string Reason) : RequestOutcome;

    /// <summary>The connection to the signalling server was lost.</summary>
    public sealed record ServerLost(string Reason) : RequestOutcome;

    /// <summary>The server refused to send the request; the text says why.</summary>
    public sealed record NotSent(string Reason) : RequestOutcome;
}
