using CallActors.Headers;
using CallActors.Sip.Messages;
using CallActors.Targets;

namespace CallActors;

/// <summary>How a caller is connected with somebody else.</summary>
public sealed record BridgeOptions
{
    /// <summary>What is copied of the caller's INVITE into ours. Dialog and transaction headers never are.</summary>
    public HeaderPolicy RequestHeaders { get; init; } = HeaderPolicy.None;

    /// <summary>What is copied of the callee's responses into those to the caller.</summary>
    public HeaderPolicy ResponseHeaders { get; init; } = HeaderPolicy.None;

    /// <summary>Makes more header fields for the caller of each response of the callee's: provisional, the answer, or a refusal that the caller gets.</summary>
    public Func<SipResponse, HeaderFields?>? ResponseFields { get; init; }

    /// <summary>What is copied of the requests that follow the answer, either way.</summary>
    public HeaderPolicy DialogHeaders { get; init; } = HeaderPolicy.All;

    /// <summary>Header fields of our INVITE, above what is copied.</summary>
    public HeaderFields? Headers { get; init; }

    /// <summary>Whether the callee's provisional responses reach the caller.</summary>
    public bool PassProgress { get; init; } = true;

    /// <summary>Makes the offer to the callee of the caller's (null when there is none): a media relay's business.</summary>
    public Func<string?, Task<string?>>? Offer { get; init; }

    /// <summary>Makes the answer to the caller of the callee's, or, when the caller made no offer, the offer to the caller of the callee's.</summary>
    public Func<string, Task<string?>>? Answer { get; init; }

    /// <summary>Makes the answer to the callee of the caller's, where the caller made no offer.</summary>
    public Func<string, Task<string?>>? LateAnswer { get; init; }

    /// <summary>Our tag towards the caller, where it must be a certain one.</summary>
    public string? ToTag { get; init; }

    /// <summary>Told when the callee has answered, before the caller hears of it.</summary>
    public Func<OutgoingCall, Task>? OnAnswered { get; init; }

    /// <summary>Told of every provisional response of the callee, relayed or not.</summary>
    public Func<CallProgress, Task>? OnProgress { get; init; }

    /// <summary>How long the plan may take as a whole, where it does not say so itself. Then whoever rings is cancelled.</summary>
    public TimeSpan? RingTimeout { get; init; }

    /// <summary>How long each target may stay silent altogether, where the plan does not say so itself.</summary>
    public TimeSpan? SetupTimeout { get; init; }

    /// <summary>Who calls, for targets that do not say so themselves; null for the caller as it calls itself, anonymous where it asks to be.</summary>
    public CallerIdentity? Caller { get; init; }

    /// <inheritdoc cref="CallOptions.Redirects"/>
    public RedirectPolicy Redirects { get; init; } = RedirectPolicy.None;

    /// <summary>The handle by which targets are added while others ring.</summary>
    public LateTargets? Late { get; init; }
}
