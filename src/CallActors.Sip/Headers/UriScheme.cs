namespace CallActors.Sip.Headers;

/// <summary>The URI schemes that SIP itself gives a meaning to.</summary>
public enum UriScheme : byte
{
    /// <summary>Any scheme but those below; its text is kept and passed on, never looked into.</summary>
    Other,

    /// <summary><c>sip:</c>, RFC 3261 §19.1.</summary>
    Sip,

    /// <summary><c>sips:</c>, RFC 3261 §19.1 and RFC 5630.</summary>
    Sips,

    /// <summary><c>tel:</c>, RFC 3966.</summary>
    Tel,
}
