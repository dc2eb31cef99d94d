using CallActors.Sip.Digest;
using CallActors.Sip.Messages;

namespace CallActors.Sip.Headers;

/// <summary>
/// Whether the value of a header we know is one: the check for what an application wants sent, and for what a peer must have got right.
/// </summary>
/// <remarks>
/// A field of a header that is a list is taken as the whole list. Where RFC 4475 or the field asks for it, this is tolerant: a Date may
/// be in any zone (§3.1.2.12), a Contact's expires may overflow (§3.1.2.4), and Alert-Info, Call-Info and Error-Info may hold any text,
/// as phones are told to ring by values that are no URI.
/// </remarks>
public static class HeaderSyntax
{
    private delegate bool ValueRule(ReadOnlySpan<byte> value);

    /// <summary>
    /// Whether <paramref name="value"/>, the whole value of one field, is right for the header. Of a header we do not know, that it is
    /// one line of text.
    /// </summary>
    public static bool IsValid(SipHeaderId id, ReadOnlySpan<byte> value) => id switch
    {
        SipHeaderId.Via => IsList(value, static v => ViaView.TryParse(v, out _), mayBeEmpty: false),
        SipHeaderId.From or SipHeaderId.To or SipHeaderId.ReplyTo or SipHeaderId.ReferTo or SipHeaderId.ReferredBy => IsAddress(value),
        SipHeaderId.Contact => IsContact(value),
        SipHeaderId.Route or SipHeaderId.RecordRoute or SipHeaderId.Path or SipHeaderId.ServiceRoute =>
            IsList(value, static v => RouteView.TryParse(v, out var route) && route.TryUri(out _), mayBeEmpty: false),
        SipHeaderId.PAssertedIdentity or SipHeaderId.PPreferredIdentity or SipHeaderId.RemotePartyId or
        SipHeaderId.Diversion or SipHeaderId.HistoryInfo =>
            IsList(value, IsAddress, mayBeEmpty: false),

        SipHeaderId.CallId => CallIdSyntax.IsValid(value),
        SipHeaderId.InReplyTo => IsList(value, CallIdSyntax.IsValid, mayBeEmpty: false),
        SipHeaderId.CSeq => CSeqView.TryParse(value, out _),
        SipHeaderId.RAck => RAckView.TryParse(value, out _),
        SipHeaderId.RSeq => HeaderNumbers.TryRSeq(value, out _),
        SipHeaderId.MaxForwards => HeaderNumbers.TryMaxForwards(value, out _),
        SipHeaderId.ContentLength or SipHeaderId.Expires or SipHeaderId.MinExpires => HeaderNumbers.TryDeltaSeconds(value, out _),
        SipHeaderId.SessionExpires => SessionExpires.TryParse(value, out _),
        SipHeaderId.MinSE => MinSE.TryParse(value, out _),
        SipHeaderId.RetryAfter => RetryAfter.TryParse(value, out _),
        SipHeaderId.Timestamp => TimestampValue.TryParse(value, out _),
        SipHeaderId.Date => SipDate.HasForm(value),
        SipHeaderId.MimeVersion => IsVersion(value),

        SipHeaderId.Allow or SipHeaderId.Supported or SipHeaderId.Require or SipHeaderId.ProxyRequire or SipHeaderId.Unsupported or
        SipHeaderId.ContentEncoding or SipHeaderId.ContentLanguage or SipHeaderId.RequestDisposition => TokenList.IsValid(value),
        SipHeaderId.AllowEvents => IsList(value, SipToken.Is, mayBeEmpty: true),
        SipHeaderId.Priority or SipHeaderId.SipETag or SipHeaderId.SipIfMatch => SipToken.Is(value),
        SipHeaderId.Privacy => PrivacyValue.IsValid(value),

        SipHeaderId.ContentType => ContentTypeValue.TryParse(value, out _),
        SipHeaderId.Accept => IsList(value, static v => ContentTypeValue.TryParse(v, out _), mayBeEmpty: true),
        SipHeaderId.AcceptEncoding or SipHeaderId.AcceptLanguage or SipHeaderId.RecvInfo => IsList(value, IsTokenValue, mayBeEmpty: true),
        SipHeaderId.AcceptContact or SipHeaderId.RejectContact or SipHeaderId.Reason or
        SipHeaderId.SecurityClient or SipHeaderId.SecurityServer or SipHeaderId.SecurityVerify =>
            IsList(value, IsTokenValue, mayBeEmpty: false),
        SipHeaderId.ContentDisposition or SipHeaderId.SubscriptionState or SipHeaderId.InfoPackage => IsTokenValue(value),
        SipHeaderId.Event => EventValue.TryParse(value, out _),
        SipHeaderId.ReferSub => TokenValue.TryParse(value, out var sub) && (sub.Is("true"u8) || sub.Is("false"u8)),
        SipHeaderId.Replaces => Replaces.TryParse(value, out _),
        SipHeaderId.Join => Join.TryParse(value, out _),
        SipHeaderId.TargetDialog => IsTargetDialog(value),
        SipHeaderId.Warning => IsList(value, static v => WarningValue.TryParse(v, out _), mayBeEmpty: false),

        SipHeaderId.Authorization or SipHeaderId.ProxyAuthorization =>
            Credentials.TryParse(value, out var credentials) && (!credentials.IsDigest || credentials.IsComplete),
        SipHeaderId.WwwAuthenticate or SipHeaderId.ProxyAuthenticate => Challenge.TryParse(value, out _),
        SipHeaderId.AuthenticationInfo or SipHeaderId.ProxyAuthenticationInfo => AuthenticationInfo.TryParse(value, out _),
        _ => IsText(value),
    };

    /// <summary>
    /// Whether <paramref name="value"/> is a line of text: no control characters but tabs, and line ends only where the line is folded.
    /// </summary>
    public static bool IsText(ReadOnlySpan<byte> value)
    {
        var at = 0;
        while (true)
        {
            var stop = value[at..].IndexOfAny(HeaderGrammar.NotInText);
            if (stop < 0) return true;
            var next = HeaderGrammar.SkipLws(value, at + stop);
            if (next == at + stop) return false;
            at = next;
        }
    }

    private static bool IsList(ReadOnlySpan<byte> field, ValueRule rule, bool mayBeEmpty)
    {
        var reader = new SipListReader(field);
        var isEmpty = true;
        while (reader.MoveNext())
        {
            if (!rule(reader.Current)) return false;
            isEmpty = false;
        }
        return !reader.SkippedEmpty && (mayBeEmpty || !isEmpty);
    }

    private static bool IsAddress(ReadOnlySpan<byte> value) => NameAddrView.TryParse(value, out var address) && address.TryUri(out _);

    private static bool IsContact(ReadOnlySpan<byte> field) =>
        ContactView.TryParse(field, out var only) && only.IsStar || IsList(field, IsContactAddress, mayBeEmpty: false);

    // The star stands alone or not at all (RFC 3261 §25.1).
    private static bool IsContactAddress(ReadOnlySpan<byte> value) =>
        ContactView.TryParse(value, out var contact) && !contact.IsStar && contact.Address.TryUri(out _)
        && (!contact.Address.TryParameter("q"u8, out var q) || PreferenceSyntax.TryParse(q, out _))
        && (!contact.Address.TryParameter("expires"u8, out var expires) || IsDigits(expires));

    private static bool IsTokenValue(ReadOnlySpan<byte> value) => TokenValue.TryParse(value, out _);

    // RFC 4538 §7: a Call-ID, then local-tag and remote-tag.
    private static bool IsTargetDialog(ReadOnlySpan<byte> value)
    {
        var semicolon = value.IndexOf((byte)';');
        return semicolon > 0 && CallIdSyntax.IsValid(value[..semicolon].Trim(" \t\r\n"u8))
            && HeaderParameters.TryParse(value[semicolon..], out var parameters)
            && parameters.Contains("local-tag"u8) && parameters.Contains("remote-tag"u8);
    }

    private static bool IsVersion(ReadOnlySpan<byte> value)
    {
        var dot = value.IndexOf((byte)'.');
        return dot > 0 && IsDigits(value[..dot]) && IsDigits(value[(dot + 1)..]);
    }

    private static bool IsDigits(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(HeaderGrammar.Digits);
}
