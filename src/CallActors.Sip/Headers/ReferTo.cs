namespace CallActors.Sip.Headers;

/// <summary>Refer-To: whom the recipient shall contact, and how (RFC 3515 §2.1).</summary>
public readonly ref struct ReferTo
{
    private ReferTo(NameAddrView address) => Address = address;

    /// <summary>The address.</summary>
    public NameAddrView Address { get; }

    /// <summary>The URI without &lt;&gt;, header part and all.</summary>
    public ReadOnlySpan<byte> Uri => Address.Uri;

    /// <summary>
    /// Reads the URI; its <see cref="SipUriView.Method"/> is empty for INVITE, and a Replaces is in its <see cref="SipUriView.Headers"/>.
    /// </summary>
    public bool TryUri(out SipUriView uri) => Address.TryUri(out uri);

    /// <summary>
    /// Reads the value; false when it is broken. A question mark outside &lt;&gt; breaks it, so that no header is lost or misread.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ReferTo referTo)
    {
        var isAddress = NameAddrView.TryParse(text, out var address);
        referTo = isAddress ? new(address) : default;
        return isAddress;
    }
}

/// <summary>Referred-By: who asked for the reference (RFC 3892 §3).</summary>
public readonly ref struct ReferredBy
{
    private ReferredBy(NameAddrView address) => Address = address;

    /// <summary>The address.</summary>
    public NameAddrView Address { get; }

    /// <summary>The URI without &lt;&gt;.</summary>
    public ReadOnlySpan<byte> Uri => Address.Uri;

    /// <summary>The <c>cid</c> parameter, which names the body part with the signed token; or empty.</summary>
    public ReadOnlySpan<byte> ContentId => Address.TryParameter("cid"u8, out var value) ? value : default;

    /// <summary>Reads the value; false when it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ReferredBy referredBy)
    {
        var isAddress = NameAddrView.TryParse(text, out var address);
        referredBy = isAddress ? new(address) : default;
        return isAddress;
    }
}
