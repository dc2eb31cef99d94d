using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>How an INVITE ended: the answer to everything that places or answers a call. Outcomes are values; only our own mistakes throw.</summary>
public abstract record InviteOutcome
{
    private InviteOutcome()
    {
    }

    /// <summary>Whether there is a dialog now.</summary>
    public bool IsAnswered => this is Answered;

    /// <summary>The status that tells the other side of a bridge what happened: 200, the far end's own, 487, 408 or 503.</summary>
    public int Status => this switch
    {
        Answered => 200,
        Rejected rejected => rejected.Code,
        Cancelled => 487,
        TimedOut => 408,
        NotSent => 500,
        _ => 503,
    };

    /// <summary>The call was answered; the leg is its dialog.</summary>
    public sealed record Answered(Leg Leg) : InviteOutcome;

    /// <summary>The far end, or the server for it (408, 503), said no.</summary>
    /// <param name="Code">The status, 300 to 699.</param>
    /// <param name="Reason">The reason phrase.</param>
    /// <param name="Response">The response; null when it was made here.</param>
    public sealed record Rejected(int Code, string Reason, SipResponse? Response) : InviteOutcome;

    /// <summary>We, or the caller, gave up first. An answer that crossed the CANCEL was acknowledged and released.</summary>
    public sealed record Cancelled(string Reason) : InviteOutcome;

    /// <summary>Nobody answered in the time that was given.</summary>
    public sealed record TimedOut(TimeSpan After) : InviteOutcome;

    /// <summary>The connection to the signalling server was lost.</summary>
    public sealed record ServerLost(string Reason) : InviteOutcome;

    /// <summary>The server refused to send the message; the text says why.</summary>
    public sealed record NotSent(string Reason) : InviteOutcome;
}
