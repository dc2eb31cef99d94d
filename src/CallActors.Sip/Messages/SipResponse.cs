namespace CallActors.Sip.Messages;

/// <summary>A SIP response (RFC 3261 §7.2).</summary>
public sealed class SipResponse : SipMessage
{
    internal SipResponse(byte[] bytes, SipHeaderRange[] headers, in SipFacts facts)
        : base(bytes, headers, facts)
    {
    }

    /// <summary>100 to 699.</summary>
    public int StatusCode => Facts.StatusCode;

    /// <summary>UTF-8 text, may be empty (RFC 4475 §3.1.1.13).</summary>
    public ReadOnlySpan<byte> ReasonPhrase => Facts.StartWord.In(Bytes);

    /// <summary>1xx.</summary>
    public bool IsProvisional => StatusCode < 200;

    /// <summary>2xx.</summary>
    public bool IsSuccess => StatusCode is >= 200 and < 300;

    /// <summary>3xx to 6xx.</summary>
    public bool IsRejection => StatusCode >= 300;

    /// <summary>2xx to 6xx.</summary>
    public bool IsFinal => StatusCode >= 200;
}
