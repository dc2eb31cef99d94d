using System.Text;
using static CallActors.Sip.Messages.SipHeaderId;

namespace CallActors.Sip.Messages;

/// <summary>Names of header fields: bytes to id without a string, and back.</summary>
public static class SipHeaderNames
{
    /// <summary>The header of this name in any case, compact forms included (RFC 3261 §7.3.3), or <see cref="Unknown"/>.</summary>
    public static SipHeaderId Find(ReadOnlySpan<byte> name)
    {
        if (name.Length == 1) return FindCompact(name[0]);
        if (name.IsEmpty || name.Length > 25) return Unknown;

        // Length and first letter leave one candidate, seldom two or three.
        return ((name.Length << 8) | (name[0] | 0x20)) switch
        {
            (2 << 8) | 't' => Match(name, To),
            (3 << 8) | 'v' => Match(name, Via),
            (4 << 8) | 'c' => Match(name, CSeq),
            (4 << 8) | 'd' => Match(name, Date),
            (4 << 8) | 'f' => Match(name, From),
            (4 << 8) | 'j' => Match(name, Join),
            (4 << 8) | 'p' => Match(name, SipHeaderId.Path),
            (4 << 8) | 'r' => Match(name, RAck, RSeq),
            (5 << 8) | 'a' => Match(name, Allow),
            (5 << 8) | 'e' => Match(name, Error, Event),
            (5 << 8) | 'r' => Match(name, Route),
            (6 << 8) | 'a' => Match(name, Accept),
            (6 << 8) | 'm' => Match(name, MinSE),
            (6 << 8) | 'r' => Match(name, Reason),
            (6 << 8) | 's' => Match(name, Server),
            (7 << 8) | 'c' => Match(name, CallId, Contact),
            (7 << 8) | 'e' => Match(name, Expires),
            (7 << 8) | 'p' => Match(name, Privacy),
            (7 << 8) | 'r' => Match(name, Require),
            (7 << 8) | 's' => Match(name, Subject),
            (7 << 8) | 'w' => Match(name, Warning),
            (8 << 8) | 'i' => Match(name, Identity),
            (8 << 8) | 'p' => Match(name, Priority),
            (8 << 8) | 'r' => Match(name, ReferTo, Replaces, ReplyTo),
            (8 << 8) | 's' => Match(name, SipETag),
            (9 << 8) | 'c' => Match(name, CallInfo),
            (9 << 8) | 'd' => Match(name, Diversion),
            (9 << 8) | 'r' => Match(name, RecvInfo, ReferSub),
            (9 << 8) | 's' => Match(name, Supported),
            (9 << 8) | 't' => Match(name, Timestamp),
            (10 << 8) | 'a' => Match(name, AlertInfo),
            (10 << 8) | 'e' => Match(name, ErrorInfo),
            (10 << 8) | 'u' => Match(name, UserAgent),
            (11 << 8) | 'i' => Match(name, InReplyTo),
            (11 << 8) | 'm' => Match(name, MinExpires),
            (11 << 8) | 'r' => Match(name, ReferredBy, RetryAfter),
            (11 << 8) | 'u' => Match(name, Unsupported),
            (12 << 8) | 'a' => Match(name, AllowEvents),
            (12 << 8) | 'c' => Match(name, ContentType),
            (12 << 8) | 'h' => Match(name, HistoryInfo),
            (12 << 8) | 'i' => Match(name, InfoPackage),
            (12 << 8) | 'm' => Match(name, MaxForwards, MimeVersion),
            (12 << 8) | 'o' => Match(name, Organization),
            (12 << 8) | 'r' => Match(name, RecordRoute),
            (12 << 8) | 's' => Match(name, SipIfMatch),
            (13 << 8) | 'a' => Match(name, Authorization),
            (13 << 8) | 'i' => Match(name, IdentityInfo),
            (13 << 8) | 'p' => Match(name, ProxyRequire),
            (13 << 8) | 's' => Match(name, ServiceRoute),
            (13 << 8) | 't' => Match(name, TargetDialog),
            (14 << 8) | 'a' => Match(name, AcceptContact),
            (14 << 8) | 'c' => Match(name, ContentLength),
            (14 << 8) | 'r' => Match(name, RejectContact),
            (15 << 8) | 'a' => Match(name, AcceptEncoding, AcceptLanguage),
            (15 << 8) | 'r' => Match(name, RemotePartyId),
            (15 << 8) | 's' => Match(name, SecurityClient, SecurityServer, SecurityVerify, SessionExpires),
            (16 << 8) | 'c' => Match(name, ContentEncoding, ContentLanguage),
            (16 << 8) | 'w' => Match(name, WwwAuthenticate),
            (18 << 8) | 'p' => Match(name, ProxyAuthenticate),
            (18 << 8) | 's' => Match(name, SubscriptionState),
            (19 << 8) | 'a' => Match(name, AuthenticationInfo),
            (19 << 8) | 'c' => Match(name, ContentDisposition),
            (19 << 8) | 'p' => Match(name, PAssertedIdentity, ProxyAuthorization),
            (19 << 8) | 'r' => Match(name, RequestDisposition),
            (20 << 8) | 'p' => Match(name, PPreferredIdentity),
            (25 << 8) | 'p' => Match(name, ProxyAuthenticationInfo),
            _ => Unknown,
        };
    }

    /// <summary>The name as this stack writes it; empty for <see cref="Unknown"/>.</summary>
    public static ReadOnlySpan<byte> Canonical(SipHeaderId id) => id switch
    {
        Via => "Via"u8,
        From => "From"u8,
        To => "To"u8,
        CallId => "Call-ID"u8,
        CSeq => "CSeq"u8,
        Contact => "Contact"u8,
        MaxForwards => "Max-Forwards"u8,
        Route => "Route"u8,
        RecordRoute => "Record-Route"u8,
        ContentType => "Content-Type"u8,
        ContentLength => "Content-Length"u8,
        Accept => "Accept"u8,
        AcceptContact => "Accept-Contact"u8,
        AcceptEncoding => "Accept-Encoding"u8,
        AcceptLanguage => "Accept-Language"u8,
        AlertInfo => "Alert-Info"u8,
        Allow => "Allow"u8,
        AllowEvents => "Allow-Events"u8,
        AuthenticationInfo => "Authentication-Info"u8,
        Authorization => "Authorization"u8,
        CallInfo => "Call-Info"u8,
        ContentDisposition => "Content-Disposition"u8,
        ContentEncoding => "Content-Encoding"u8,
        ContentLanguage => "Content-Language"u8,
        Date => "Date"u8,
        Diversion => "Diversion"u8,
        Error => "Error"u8,
        ErrorInfo => "Error-Info"u8,
        Event => "Event"u8,
        Expires => "Expires"u8,
        HistoryInfo => "History-Info"u8,
        Identity => "Identity"u8,
        IdentityInfo => "Identity-Info"u8,
        InReplyTo => "In-Reply-To"u8,
        InfoPackage => "Info-Package"u8,
        Join => "Join"u8,
        MinExpires => "Min-Expires"u8,
        MinSE => "Min-SE"u8,
        MimeVersion => "MIME-Version"u8,
        Organization => "Organization"u8,
        PAssertedIdentity => "P-Asserted-Identity"u8,
        PPreferredIdentity => "P-Preferred-Identity"u8,
        SipHeaderId.Path => "Path"u8,
        Priority => "Priority"u8,
        Privacy => "Privacy"u8,
        ProxyAuthenticate => "Proxy-Authenticate"u8,
        ProxyAuthenticationInfo => "Proxy-Authentication-Info"u8,
        ProxyAuthorization => "Proxy-Authorization"u8,
        ProxyRequire => "Proxy-Require"u8,
        RAck => "RAck"u8,
        Reason => "Reason"u8,
        RecvInfo => "Recv-Info"u8,
        ReferSub => "Refer-Sub"u8,
        ReferTo => "Refer-To"u8,
        ReferredBy => "Referred-By"u8,
        RejectContact => "Reject-Contact"u8,
        RemotePartyId => "Remote-Party-ID"u8,
        Replaces => "Replaces"u8,
        ReplyTo => "Reply-To"u8,
        RequestDisposition => "Request-Disposition"u8,
        Require => "Require"u8,
        RetryAfter => "Retry-After"u8,
        RSeq => "RSeq"u8,
        SecurityClient => "Security-Client"u8,
        SecurityServer => "Security-Server"u8,
        SecurityVerify => "Security-Verify"u8,
        Server => "Server"u8,
        ServiceRoute => "Service-Route"u8,
        SessionExpires => "Session-Expires"u8,
        SipETag => "SIP-ETag"u8,
        SipIfMatch => "SIP-If-Match"u8,
        Subject => "Subject"u8,
        SubscriptionState => "Subscription-State"u8,
        Supported => "Supported"u8,
        TargetDialog => "Target-Dialog"u8,
        Timestamp => "Timestamp"u8,
        Unsupported => "Unsupported"u8,
        UserAgent => "User-Agent"u8,
        Warning => "Warning"u8,
        WwwAuthenticate => "WWW-Authenticate"u8,
        _ => default,
    };

    /// <summary>
    /// True when the grammar makes the value a comma-separated list, so that one field with commas and several fields mean the same
    /// (RFC 3261 §7.3.1). The digest headers may be repeated but never joined; they answer false.
    /// </summary>
    public static bool IsMultiValue(SipHeaderId id) => id is
        Via or Contact or Route or RecordRoute or Accept or AcceptContact or AcceptEncoding or AcceptLanguage or AlertInfo or
        Allow or AllowEvents or CallInfo or ContentEncoding or ContentLanguage or Diversion or ErrorInfo or HistoryInfo or
        Identity or InReplyTo or PAssertedIdentity or PPreferredIdentity or SipHeaderId.Path or ProxyRequire or Reason or RecvInfo or
        RejectContact or RemotePartyId or RequestDisposition or Require or SecurityClient or SecurityServer or SecurityVerify or
        ServiceRoute or Supported or Unsupported or Warning;

    /// <summary>
    /// True for the fields that decide what a message means, so that a second one makes the message ambiguous and is refused
    /// (RFC 3261 §7.3.1, RFC 4475 §3.3.8). A repeated Subject or User-Agent harms nobody and passes.
    /// </summary>
    public static bool MustBeUnique(SipHeaderId id) => id is
        From or To or CallId or CSeq or MaxForwards or ContentType or ContentLength or ContentDisposition or Event or Expires or
        MinExpires or MinSE or RAck or RSeq or ReferTo or Replaces or SessionExpires or SipETag or SipIfMatch or SubscriptionState;

    private static SipHeaderId FindCompact(byte letter) => (char)(letter | 0x20) switch
    {
        'a' => AcceptContact,
        'b' => ReferredBy,
        'c' => ContentType,
        'd' => RequestDisposition,
        'e' => ContentEncoding,
        'f' => From,
        'i' => CallId,
        'j' => RejectContact,
        'k' => Supported,
        'l' => ContentLength,
        'm' => Contact,
        'n' => IdentityInfo,
        'o' => Event,
        'r' => ReferTo,
        's' => Subject,
        't' => To,
        'u' => AllowEvents,
        'v' => Via,
        'x' => SessionExpires,
        'y' => Identity,
        _ => Unknown,
    };

    private static SipHeaderId Match(ReadOnlySpan<byte> name, SipHeaderId only) =>
        Ascii.EqualsIgnoreCase(name, Canonical(only)) ? only : Unknown;

    private static SipHeaderId Match(ReadOnlySpan<byte> name, SipHeaderId first, SipHeaderId second) =>
        Ascii.EqualsIgnoreCase(name, Canonical(first)) ? first : Match(name, second);

    private static SipHeaderId Match(ReadOnlySpan<byte> name, SipHeaderId first, SipHeaderId second, SipHeaderId third) =>
        Ascii.EqualsIgnoreCase(name, Canonical(first)) ? first : Match(name, second, third);

    private static SipHeaderId Match(ReadOnlySpan<byte> name, SipHeaderId first, SipHeaderId second, SipHeaderId third, SipHeaderId fourth) =>
        Ascii.EqualsIgnoreCase(name, Canonical(first)) ? first : Match(name, second, third, fourth);
}
