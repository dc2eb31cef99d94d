using CallActors.Headers;
using CallActors.Sip.Messages;

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

    /// <inheritdoc cref="CallOptions.RingTimeout"/>
    public TimeSpan? RingTimeout { get; init; }

    /// <inheritdoc cref="CallOptions.SetupTimeout"/>
    public TimeSpan? SetupTimeout { get; init; }

    /// <summary>The caller's number towards the callee; null takes the caller's own.</summary>
    public string? CallingNumber { get; init; }

    /// <summary>The caller's name towards the callee; null takes the caller's own.</summary>
    public string? CallingName { get; init; }

    /// <summary>The whole From value.</summary>
    public string? From { get; init; }

    /// <inheritdoc cref="CallOptions.NextHop"/>
    public string? NextHop { get; init; }

    /// <inheritdoc cref="CallOptions.Credentials"/>
    public Targets.CredentialsProvider? Credentials { get; init; }

    /// <inheritdoc cref="CallOptions.MaxRedirects"/>
    public int MaxRedirects { get; init; }
}
