namespace CallActors.Sip.Headers;

/// <summary>Content-Disposition: what a body is for, and whether it may be passed over (RFC 3261 §20.11).</summary>
public readonly ref struct ContentDispositionValue
{
    private readonly TokenValue _value;

    private ContentDispositionValue(TokenValue value) => _value = value;

    /// <summary>The disposition type: <c>session</c>, <c>render</c>, <c>early-session</c>…</summary>
    public ReadOnlySpan<byte> Type => _value.Token;

    /// <summary>The parameters.</summary>
    public HeaderParameters Parameters => _value.Parameters;

    /// <summary>Whether who does not understand the body may pass it over; without the parameter nobody may.</summary>
    public bool IsOptional => Parameters.TryFind("handling"u8, out var value) && HeaderGrammar.Same(value, "optional"u8);

    /// <summary>Reads the value; false when it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ContentDispositionValue disposition)
    {
        var isValue = TokenValue.TryParse(text, out var value);
        disposition = new(value);
        return isValue;
    }
}
