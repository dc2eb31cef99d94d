using System.Collections.Immutable;
using CallActors.Headers;

namespace CallActors;

/// <summary>How a call is placed.</summary>
public sealed record CallOptions
{
    /// <summary>Our offer. Null leaves the offer to the far end; <see cref="LateAnswer"/> then makes the answer.</summary>
    public string? Sdp { get; init; }

    /// <summary>What the INVITE carries beside our offer, such as ISUP or recording metadata; their bytes travel untouched.</summary>
    public ImmutableArray<BodyPart> Parts { get; init; } = [];

    /// <summary>Makes the answer to the far end's offer where we made none; null, or an exception, acknowledges and hangs up.</summary>
    public Func<string, Task<string?>>? LateAnswer { get; init; }

    /// <summary>The caller's number in From and Contact; the server fills in its address.</summary>
    public string? CallingNumber { get; init; }

    /// <summary>The caller's name in From.</summary>
    public string? CallingName { get; init; }

    /// <summary>The whole From value, in place of number and name.</summary>
    public string? From { get; init; }

    /// <summary>More header fields of the INVITE.</summary>
    public HeaderFields? Headers { get; init; }

    /// <summary>The next hop, a SIP URI; the Request-URI stays as it is.</summary>
    public string? NextHop { get; init; }

    /// <summary>What digest challenges are answered with, here and later in the dialog.</summary>
    public Targets.CredentialsProvider? Credentials { get; init; }

    /// <summary>How long it may ring: from the first sending to the final response. Then the INVITE is cancelled.</summary>
    public TimeSpan? RingTimeout { get; init; }

    /// <summary>How long the far end may stay silent altogether: from the first sending to the first provisional response. Then the INVITE is cancelled.</summary>
    public TimeSpan? SetupTimeout { get; init; }

    /// <summary>How many redirections (3xx) are followed; 0 takes them as failures.</summary>
    public int MaxRedirects { get; init; }

    /// <summary>Keep the Request-URI on a redirection and use the Contact as the next hop.</summary>
    public bool KeepUriOnRedirect { get; init; }

    /// <summary>The signalling server to use; null takes that of the call's first leg, else any.</summary>
    public string? Server { get; init; }

    /// <summary>Told of every provisional response, in order, those after 100 alone.</summary>
    public Func<CallProgress, Task>? OnProgress { get; init; }

    /// <summary>The INVITE's body.</summary>
    internal MessageBody? Body => SdpBody.With(Sdp, Parts);
}

/// <summary>A provisional response to a call that we place.</summary>
/// <param name="Call">The call.</param>
/// <param name="Status">101 to 199.</param>
/// <param name="Response">The response.</param>
/// <param name="Sdp">Early media; null when there is none.</param>
/// <param name="EarlyDialog">The far end's tag: which of several forks it is.</param>
public sealed record CallProgress(OutgoingCall Call, int Status, Sip.Messages.SipResponse Response, string? Sdp, string EarlyDialog);
