namespace CallActors.Sip.Headers;

/// <summary>One value of Reason: why a request or response was sent (RFC 3326 §2).</summary>
public readonly ref struct ReasonValue
{
    private readonly TokenValue _value;

    private ReasonValue(TokenValue value) => _value = value;

    /// <summary>Whose cause it is: <c>SIP</c>, <c>Q.850</c>, or another protocol.</summary>
    public ReadOnlySpan<byte> Protocol => _value.Token;

    /// <summary>The <c>cause</c>, null when absent or no number.</summary>
    public uint? Cause => Parameters.TryFind("cause"u8, out var value) && HeaderGrammar.TryNumber(value, out var cause) ? cause : null;

    /// <summary>The <c>text</c> without its quotes, backslash escapes left in; or empty.</summary>
    public ReadOnlySpan<byte> Text => Parameters.TryFind("text"u8, out var value) ? value : default;

    /// <summary>The parameters.</summary>
    public HeaderParameters Parameters => _value.Parameters;

    /// <summary>Whether the protocol is <paramref name="protocol"/>, without regard to case.</summary>
    public bool IsOf(ReadOnlySpan<byte> protocol) => _value.Is(protocol);

    /// <summary>Reads one value; false when it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ReasonValue reason)
    {
        var isValue = TokenValue.TryParse(text, out var value);
        reason = new(value);
        return isValue;
    }
}
