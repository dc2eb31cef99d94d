using System.Collections.Immutable;
using CallActors.Headers;
using CallActors.Targets;

namespace CallActors;

/// <summary>How a call is placed, whomever it goes to; what differs from target to target is in the <see cref="CallTarget"/>.</summary>
public sealed record CallOptions
{
    /// <summary>Our offer. Null leaves the offer to the far end; <see cref="LateAnswer"/> then makes the answer.</summary>
    public string? Sdp { get; init; }

    /// <summary>What the INVITE carries beside our offer, such as ISUP or recording metadata; their bytes travel untouched.</summary>
    public ImmutableArray<BodyPart> Parts { get; init; } = [];

    /// <summary>The INVITE's body.</summary>
    internal MessageBody? Body => SdpBody.With(Sdp, Parts);

    /// <summary>Makes the answer to the far end's offer where we made none; null, or an exception, acknowledges and hangs up.</summary>
    public Func<string, Task<string?>>? LateAnswer { get; init; }

    /// <summary>More header fields of the INVITE. A From or Contact among them takes the place of ours.</summary>
    public HeaderFields? Headers { get; init; }

    /// <summary>How long the far end may stay silent altogether: from the first sending to the first provisional response. Then the INVITE is cancelled.</summary>
    public TimeSpan? SetupTimeout { get; init; }

    /// <summary>Whether redirections (3xx) are followed; by default they are failures.</summary>
    public RedirectPolicy Redirects { get; init; } = RedirectPolicy.None;

    /// <summary>The signalling server to use; null takes that of the call's first leg, else any.</summary>
    public string? Server { get; init; }

    /// <summary>Told of every provisional response, in order, those after 100 alone.</summary>
    public Func<CallProgress, Task>? OnProgress { get; init; }
}
