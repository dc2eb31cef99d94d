namespace CallActors.Sip.Messages;

/// <summary>A SIP request (RFC 3261 §7.1).</summary>
public sealed class SipRequest : SipMessage
{
    internal SipRequest(byte[] bytes, SipHeaderRange[] headers, in SipFacts facts)
        : base(bytes, headers, facts)
    {
    }

    /// <summary>The method, if this stack knows it by name.</summary>
    public SipMethod Method => Facts.Method;

    /// <summary>The method as it stands in the request line.</summary>
    public ReadOnlySpan<byte> MethodName => Facts.StartWord.In(Bytes);

    /// <summary>The Request-URI; its scheme may be one nobody knows (RFC 4475 §3.3.2), which is the user's to answer with 416.</summary>
    public ReadOnlySpan<byte> RequestUri => Facts.RequestUri.In(Bytes);

    /// <summary>The scheme of the Request-URI as it stands there, without the colon.</summary>
    public ReadOnlySpan<byte> RequestUriScheme => RequestUri.IndexOf((byte)':') is >= 0 and var colon ? RequestUri[..colon] : default;
}
