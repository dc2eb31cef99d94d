using System.Text;
using static CallActors.Sip.Messages.SipHeaderId;

namespace CallActors.Sip.Messages;

/// <summary>Names of header fields: bytes to id without a string, and back.</summary>
public static class SipHeaderNames
{
    private const int LongestName = 25;

    // Length, first and last letter tell the known names apart but for one pair; a collision takes the next free slot.
    private const int SlotCount = 512;
    private static readonly byte[][] Names = [.. Enum.GetValues<SipHeaderId>().Select(id => Canonical(id).ToArray())];
    private static readonly SipHeaderId[] Slots = FillSlots();

    /// <summary>The header of this name in any case, compact forms included (RFC 3261 §7.3.3), or <see cref="Unknown"/>.</summary>
    public static SipHeaderId Find(ReadOnlySpan<byte> name)
    {
        if (name.Length < 2) return name.IsEmpty ? Unknown : FindCompact(name[0]);
        if (name.Length > LongestName) return Unknown;
        for (var slot = SlotOf(name); ; slot = (slot + 1) % SlotCount)
        {
            var id = Slots[slot];
            if (id == Unknown || Is(name, Names[(int)id])) return id;
        }
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

    // Nearly every sender writes the canonical form, and comparing that is quicker.
    private static bool Is(ReadOnlySpan<byte> name, byte[] canonical) =>
        name.SequenceEqual(canonical) || Ascii.EqualsIgnoreCase(name, canonical);

    private static int SlotOf(ReadOnlySpan<byte> name) =>
        ((name.Length * 25) + ((name[0] | 0x20) * 13) + (name[^1] | 0x20)) % SlotCount;

    private static SipHeaderId[] FillSlots()
    {
        var slots = new SipHeaderId[SlotCount];
        for (var id = 1; id < Names.Length; id++)
        {
            var slot = SlotOf(Names[id]);
            while (slots[slot] != Unknown) slot = (slot + 1) % SlotCount;
            slots[slot] = (SipHeaderId)id;
        }

        return slots;
    }
}
