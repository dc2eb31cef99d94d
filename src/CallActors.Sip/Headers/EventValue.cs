namespace CallActors.Sip.Headers;

/// <summary>Event: the package that is subscribed to, and which subscription of several (RFC 6665 §8.2.1).</summary>
public readonly ref struct EventValue
{
    private EventValue(TokenValue value)
    {
        Type = value.Token;
        Parameters = value.Parameters;
        Id = value.Parameters.TryFind("id"u8, out var id) ? id : default;
    }

    /// <summary>The event type, templates included: <c>presence.winfo</c>.</summary>
    public ReadOnlySpan<byte> Type { get; }

    /// <summary>The event package, without templates: <c>presence</c>.</summary>
    public ReadOnlySpan<byte> Package => Type.IndexOf((byte)'.') is var dot and > 0 ? Type[..dot] : Type;

    /// <summary>The <c>id</c> parameter, or empty.</summary>
    public ReadOnlySpan<byte> Id { get; }

    /// <summary>The parameters.</summary>
    public HeaderParameters Parameters { get; }

    /// <summary>Whether a NOTIFY with this value belongs to a SUBSCRIBE with <paramref name="other"/>: type and id, byte by byte.</summary>
    public bool Matches(EventValue other) => Type.SequenceEqual(other.Type) && Id.SequenceEqual(other.Id);

    /// <summary>Reads the value; false when it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out EventValue value)
    {
        value = default;
        if (!TokenValue.TryParse(text, out var token) || token.Token[0] == (byte)'.' || token.Token[^1] == (byte)'.') return false;
        value = new(token);
        return true;
    }
}
