namespace CallActors.Sip.Headers;

/// <summary>The states that RFC 6665 §4.1.3 names.</summary>
public enum SubscriptionStatus : byte
{
    /// <summary>A state of a later extension, to be treated as active.</summary>
    Other,

    /// <summary>Accepted and authorised.</summary>
    Active,

    /// <summary>Received, not yet authorised.</summary>
    Pending,

    /// <summary>Over.</summary>
    Terminated,
}

/// <summary>Subscription-State: how a subscription stands (RFC 6665 §8.2.3).</summary>
public readonly ref struct SubscriptionState
{
    private readonly TokenValue _value;

    private SubscriptionState(TokenValue value) => _value = value;

    /// <summary>The state as written.</summary>
    public ReadOnlySpan<byte> Name => _value.Token;

    /// <summary>The state, if RFC 6665 names it.</summary>
    public SubscriptionStatus Status =>
        _value.Is("active"u8) ? SubscriptionStatus.Active
        : _value.Is("pending"u8) ? SubscriptionStatus.Pending
        : _value.Is("terminated"u8) ? SubscriptionStatus.Terminated
        : SubscriptionStatus.Other;

    /// <summary>Why it ended, or empty.</summary>
    public ReadOnlySpan<byte> Reason => Parameters.TryFind("reason"u8, out var value) ? value : default;

    /// <summary>How long it lasts yet, in seconds; null when absent or no number.</summary>
    public uint? Expires => Number("expires"u8);

    /// <summary>When to try again, in seconds; null when absent or no number.</summary>
    public uint? RetryAfter => Number("retry-after"u8);

    /// <summary>The parameters.</summary>
    public HeaderParameters Parameters => _value.Parameters;

    /// <summary>Reads the value; false when it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out SubscriptionState state)
    {
        var isValue = TokenValue.TryParse(text, out var value);
        state = new(value);
        return isValue;
    }

    private uint? Number(ReadOnlySpan<byte> name) =>
        Parameters.TryFind(name, out var value) && HeaderGrammar.TryNumber(value, out var number) ? number : null;
}
