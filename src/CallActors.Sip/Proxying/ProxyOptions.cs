namespace CallActors.Sip.Proxying;

/// <summary>How one request is to be proxied.</summary>
/// <param name="IsInvite">Whether it is an INVITE: only those are cancelled, and only their provisional responses are passed on.</param>
public sealed record ProxyOptions(bool IsInvite)
{
    /// <summary>All targets at once instead of one after the other.</summary>
    public bool IsSimultaneous { get; init; }

    /// <summary>The contacts of a 3xx become targets.</summary>
    public bool FollowsRedirects { get; init; }

    /// <summary>How long a target may stay silent before it is given up; null for no limit but the transaction's.</summary>
    public TimeSpan? ProvisionalTimeout { get; init; }

    /// <summary>How long a target may go without a final response before it is given up; null for no limit but timer C.</summary>
    public TimeSpan? FinalTimeout { get; init; }

    /// <summary>Timer C of RFC 3261 §16.6: how long an INVITE may ring, counted anew from each provisional response above 100.</summary>
    public TimeSpan TimerC { get; init; } = TimeSpan.FromSeconds(185);

    /// <summary>The request's Max-Breadth: how many branches may be open at once, here and further on (RFC 5393 §5).</summary>
    public int Breadth { get; init; } = MaxBreadth.Default;
}
