using System.Text;
using CallActors.Sip.Digest;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Sip.Tests.Headers;

/// <summary>Values of every header we know, good and bad, and one call that reads a text in all the ways there are.</summary>
internal static class SampleValues
{
    /// <summary>Header, value, whether it is valid.</summary>
    public static readonly (SipHeaderId Id, string Value, bool IsValid)[] All =
    [
        (SipHeaderId.Unknown, ";;,,;;,;", true),
        (SipHeaderId.Unknown, "newfangled value\r\n continued newfangled value", true),
        (SipHeaderId.Unknown, "x\r\nEvil: y", false),
        (SipHeaderId.Unknown, "x\0y", false),

        (SipHeaderId.Via, "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKkdjuw", true),
        (SipHeaderId.Via, "SIP/2.0/UDP a.b:5060;rport;branch=z9hG4bK1, SIP / 2.0 / TCP [2001:db8::1]:5070;branch=z9hG4bK2", true),
        (SipHeaderId.Via, "SIP/2.0/UDP 192.0.2.15;;,;,,", false),
        (SipHeaderId.Via, "", false),
        (SipHeaderId.From, "\"Bell, Alexander\" <sip:a.g.bell@example.com>;tag=433423", true),
        (SipHeaderId.From, "sip:caller@example.net;tag=1", true),
        (SipHeaderId.From, "<sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com>", true),
        (SipHeaderId.From, "Bell, Alexander <sip:a.g.bell@example.com>;tag=43", false),
        (SipHeaderId.To, "isbn:2983792873", true),
        (SipHeaderId.To, "\"Watson, Thomas\" < sip:t.watson@example.org >", false),
        (SipHeaderId.To, "\"Mr. J. User <sip:j.user@example.com>", false),
        (SipHeaderId.To, "<sip:a@b:port>", false),
        (SipHeaderId.ReplyTo, "Bob <sip:bob@biloxi.com>", true),
        (SipHeaderId.ReplyTo, "Bob", false),
        (SipHeaderId.Contact, "*", true),
        (SipHeaderId.Contact, "\"Quoted string \\\"\\\"\" <sip:jdrosen@example.com> ; newparam =\r\n      newvalue ;\r\n  secondparam ; q = 0.33", true),
        (SipHeaderId.Contact, "<sip:a@b>;expires=280297596632815, sip:c@d;q=1.000", true),
        (SipHeaderId.Contact, "<name:John_Smith>", true),
        (SipHeaderId.Contact, "\"Joe\" <sip:joe@example.org>;;;;", false),
        (SipHeaderId.Contact, "sip:user@example.com?Route=%3Csip:sip.example.com%3E", false),
        (SipHeaderId.Contact, "*, <sip:a@b>", false),
        (SipHeaderId.Contact, "<sip:a@b>;q=1.5", false),
        (SipHeaderId.Contact, "<sip:a@b>;expires=soon", false),
        (SipHeaderId.Contact, "<sip:a@b>,,<sip:c@d>", false),
        (SipHeaderId.Route, "<sip:services.example.com;lr;unknownwith=value;unknown-no-value>", true),
        (SipHeaderId.Route, "sip:services.example.com;lr", false),
        (SipHeaderId.RecordRoute, "<sip:UserB@example.com;maddr=ss1.example.com>, <sip:p2.example.com;lr>", true),
        (SipHeaderId.RecordRoute, "<>", false),
        (SipHeaderId.Path, "<sip:P1.EXAMPLEVISITED.COM;lr>", true),
        (SipHeaderId.Path, "", false),
        (SipHeaderId.ServiceRoute, "<sip:HSP.HOME.COM;lr>", true),
        (SipHeaderId.ServiceRoute, "HSP.HOME.COM", false),
        (SipHeaderId.PAssertedIdentity, "\"Cullen\" <sip:fluffy@cisco.com>, tel:+14085264000", true),
        (SipHeaderId.PAssertedIdentity, "Cullen", false),
        (SipHeaderId.PPreferredIdentity, "<tel:+14085264000>", true),
        (SipHeaderId.PPreferredIdentity, "<tel:x>", false),
        (SipHeaderId.RemotePartyId, "\"A\" <sip:a@b>;party=calling;privacy=off;screen=yes", true),
        (SipHeaderId.RemotePartyId, "<sip:a b>", false),
        (SipHeaderId.Diversion, "<sip:+1555@h>;reason=no-answer;counter=1;privacy=\"full\"", true),
        (SipHeaderId.Diversion, ";reason=x", false),
        (SipHeaderId.HistoryInfo, "<sip:bob@example.com?Reason=SIP%3Bcause%3D302>;index=1.1, <sip:c@d>;index=1.2", true),
        (SipHeaderId.HistoryInfo, "<sip:b@c", false),
        (SipHeaderId.ReferTo, "<sip:dave@denver.example.org?Replaces=12345%40192.168.118.3%3Bto-tag%3D12345%3Bfrom-tag%3D5FFE-3994>", true),
        (SipHeaderId.ReferTo, "sip:bob@example.com;method=SUBSCRIBE", true),
        (SipHeaderId.ReferTo, "sip:bob@example.com?Accept=x", false),
        (SipHeaderId.ReferredBy, "<sip:referrer@example.com>;cid=\"2UWQFN309shb3@referrer.example\"", true),
        (SipHeaderId.ReferredBy, "referrer", false),

        (SipHeaderId.CallId, "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{", true),
        (SipHeaderId.CallId, "a b", false),
        (SipHeaderId.CallId, "a@b@c", false),
        (SipHeaderId.CallId, "", false),
        (SipHeaderId.InReplyTo, "70710@saturn.bell-tel.com, 17320@saturn.bell-tel.com", true),
        (SipHeaderId.InReplyTo, ",", false),
        (SipHeaderId.CSeq, "0009\r\n  INVITE", true),
        (SipHeaderId.CSeq, "139122385 !interesting-Method0123456789_*+`.%indeed'~", true),
        (SipHeaderId.CSeq, "36893488147419103232 REGISTER", false),
        (SipHeaderId.CSeq, "1INVITE", false),
        (SipHeaderId.CSeq, "-1 INVITE", false),
        (SipHeaderId.CSeq, "1 ", false),
        (SipHeaderId.RAck, "776656 1 INVITE", true),
        (SipHeaderId.RAck, "776656 INVITE", false),
        (SipHeaderId.RAck, "77665612345678 1 INVITE", false),
        (SipHeaderId.RSeq, "988789", true),
        (SipHeaderId.RSeq, "0", false),
        (SipHeaderId.RSeq, "4294967296", false),
        (SipHeaderId.MaxForwards, "0068", true),
        (SipHeaderId.MaxForwards, "255", true),
        (SipHeaderId.MaxForwards, "300", false),
        (SipHeaderId.MaxForwards, "-1", false),
        (SipHeaderId.MaxForwards, "", false),
        (SipHeaderId.ContentLength, "150", true),
        (SipHeaderId.ContentLength, "-999", false),
        (SipHeaderId.Expires, "4294967295", true),
        (SipHeaderId.Expires, "10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000", false),
        (SipHeaderId.Expires, "1 hour", false),
        (SipHeaderId.MinExpires, "60", true),
        (SipHeaderId.MinExpires, "+60", false),
        (SipHeaderId.SessionExpires, "1800;refresher=uac", true),
        (SipHeaderId.SessionExpires, "1800 ; x=y ; refresher = UAS", true),
        (SipHeaderId.SessionExpires, "1800;refresher=me", false),
        (SipHeaderId.SessionExpires, "1800;;refresher=uac", false),
        (SipHeaderId.MinSE, "90;lr", true),
        (SipHeaderId.MinSE, "x", false),
        (SipHeaderId.RetryAfter, "18000;duration=3600", true),
        (SipHeaderId.RetryAfter, "120 (I'm in a (long\\) ) meeting)", true),
        (SipHeaderId.RetryAfter, "120 (open", false),
        (SipHeaderId.Timestamp, "54.21 0.3", true),
        (SipHeaderId.Timestamp, "54", true),
        (SipHeaderId.Timestamp, "x", false),
        (SipHeaderId.Date, "Sat, 13 Nov 2010 23:29:00 GMT", true),
        (SipHeaderId.Date, "Fri, 01 Jan 2010 16:00:00 EST", true),
        (SipHeaderId.Date, "Sat, 13 Nov 2010 25:29:00 GMT", false),
        (SipHeaderId.Date, "now", false),
        (SipHeaderId.MimeVersion, "1.0", true),
        (SipHeaderId.MimeVersion, "1", false),

        (SipHeaderId.Allow, "INVITE, ACK, CANCEL", true),
        (SipHeaderId.Allow, "INVITE ACK", false),
        (SipHeaderId.Supported, "", true),
        (SipHeaderId.Supported, "timer,100rel", true),
        (SipHeaderId.Supported, "timer,,100rel", false),
        (SipHeaderId.Require, "nothingSupportsThis, nothingSupportsThisEither", true),
        (SipHeaderId.Require, "a;b", false),
        (SipHeaderId.ProxyRequire, "noProxiesSupportThis", true),
        (SipHeaderId.ProxyRequire, "<a>", false),
        (SipHeaderId.Unsupported, "100rel", true),
        (SipHeaderId.Unsupported, "\"100rel\"", false),
        (SipHeaderId.ContentEncoding, "gzip", true),
        (SipHeaderId.ContentEncoding, "g zip", false),
        (SipHeaderId.ContentLanguage, "en, de-CH", true),
        (SipHeaderId.ContentLanguage, "en/de", false),
        (SipHeaderId.RequestDisposition, "proxy, no-fork", true),
        (SipHeaderId.RequestDisposition, "proxy;", false),
        (SipHeaderId.AllowEvents, "refer, presence.winfo", true),
        (SipHeaderId.AllowEvents, "refer:x", false),
        (SipHeaderId.Priority, "non-urgent", true),
        (SipHeaderId.Priority, "very urgent", false),
        (SipHeaderId.SipETag, "dx200xyz", true),
        (SipHeaderId.SipETag, "", false),
        (SipHeaderId.SipIfMatch, "dx200xyz", true),
        (SipHeaderId.SipIfMatch, "a,b", false),
        (SipHeaderId.Privacy, "id; header;critical", true),
        (SipHeaderId.Privacy, "id,user", true),
        (SipHeaderId.Privacy, "id;;header", false),
        (SipHeaderId.Privacy, "", false),

        (SipHeaderId.ContentType, "application/sdp", true),
        (SipHeaderId.ContentType, "multipart/mixed;boundary=\"7a9cbec02ceef655 =\"", true),
        (SipHeaderId.ContentType, "application", false),
        (SipHeaderId.ContentType, "application/", false),
        (SipHeaderId.ContentType, "multipart/mixed;boundary=\"open", false),
        (SipHeaderId.Accept, "application/sdp, application/pkcs7-mime,\r\n        multipart/mixed, */*;q=0.1", true),
        (SipHeaderId.Accept, "", true),
        (SipHeaderId.Accept, "sdp", false),
        (SipHeaderId.AcceptEncoding, "gzip;q=0.5, *", true),
        (SipHeaderId.AcceptEncoding, "gzip;", false),
        (SipHeaderId.AcceptLanguage, "da, en-gb;q=0.8, en;q=0.7", true),
        (SipHeaderId.AcceptLanguage, "da en", false),
        (SipHeaderId.RecvInfo, "foo;a=b, bar", true),
        (SipHeaderId.RecvInfo, "f oo", false),
        (SipHeaderId.AcceptContact, "*;audio;require;+sip.instance=\"<urn:uuid:0>\"", true),
        (SipHeaderId.AcceptContact, "", false),
        (SipHeaderId.RejectContact, "*;actor=\"msg-taker\";video", true),
        (SipHeaderId.RejectContact, ";video", false),
        (SipHeaderId.Reason, "SIP ;cause=200 ;text=\"ACK-BYE due to cancel race condition\", Q.850;cause=16", true),
        (SipHeaderId.Reason, "SIP;cause=200;text=\"", false),
        (SipHeaderId.SecurityClient, "ipsec-ike;q=0.1, tls;q=0.2", true),
        (SipHeaderId.SecurityClient, "", false),
        (SipHeaderId.SecurityServer, "digest;d-alg=MD5;d-qop=auth", true),
        (SipHeaderId.SecurityServer, "digest=x", false),
        (SipHeaderId.SecurityVerify, "tls", true),
        (SipHeaderId.SecurityVerify, "tls tls", false),
        (SipHeaderId.ContentDisposition, "session;handling=required", true),
        (SipHeaderId.ContentDisposition, ";handling=required", false),
        (SipHeaderId.SubscriptionState, "terminated;reason=timeout;retry-after=60", true),
        (SipHeaderId.SubscriptionState, "", false),
        (SipHeaderId.InfoPackage, "infoPackage", true),
        (SipHeaderId.InfoPackage, "", false),
        (SipHeaderId.Event, "presence.winfo;id=4", true),
        (SipHeaderId.Event, "presence.", false),
        (SipHeaderId.ReferSub, "false", true),
        (SipHeaderId.ReferSub, "maybe", false),
        (SipHeaderId.Replaces, "98732@sip.example.com\r\n          ;from-tag=r33th4x0r\r\n          ;to-tag=ff87ff;early-only", true),
        (SipHeaderId.Replaces, "98732@sip.example.com;from-tag=r33th4x0r", false),
        (SipHeaderId.Replaces, "98732@sip.example.com;to-tag=1;to-tag=2;from-tag=3", false),
        (SipHeaderId.Join, "12adf2f34456gs5;to-tag=12345;from-tag=54321", true),
        (SipHeaderId.Join, ";to-tag=12345;from-tag=54321", false),
        (SipHeaderId.TargetDialog, "fa77as7dad8-sd98ajzz@host.example.com;local-tag=kkaz-;remote-tag=6544", true),
        (SipHeaderId.TargetDialog, "fa77as7dad8;local-tag=kkaz-", false),
        (SipHeaderId.Warning, "307 isi.edu \"Session parameter 'foo' not understood\", 399 [2001:db8::1]:5060 \"x\"", true),
        (SipHeaderId.Warning, "30 isi.edu \"x\"", false),
        (SipHeaderId.Warning, "307 isi.edu x", false),

        (SipHeaderId.Authorization, "Digest username=\"bob\", realm=\"biloxi.com\",\r\n nonce=\"dcd9\", uri=\"sip:bob@biloxi.com\", qop=auth, nc=00000001, cnonce=\"0a4f\", response=\"6629\", opaque=\"5ccc\"", true),
        (SipHeaderId.Authorization, "NoOneKnowsThisScheme opaque-data=here", true),
        (SipHeaderId.Authorization, "Digest username=\"bob\"", false),
        (SipHeaderId.Authorization, "Digest username=\"bob", false),
        (SipHeaderId.ProxyAuthorization, "Digest username=\"A\", realm=\"r\", nonce=\"n\", uri=\"sip:b\", response=\"0\"", true),
        (SipHeaderId.ProxyAuthorization, "", false),
        (SipHeaderId.WwwAuthenticate, "Digest realm=\"atlanta.com\", domain=\"sip:boxesbybob.com\", qop=\"auth,auth-int\", nonce=\"f84f\", opaque=\"\", stale=FALSE, algorithm=MD5", true),
        (SipHeaderId.WwwAuthenticate, "Bearer authz_server=\"https://auth\", scope=\"x\"", true),
        (SipHeaderId.WwwAuthenticate, "Digest realm=\"atlanta.com\"", false),
        (SipHeaderId.ProxyAuthenticate, "Digest realm=\"atlanta.com\", nonce=f84f", true),
        (SipHeaderId.ProxyAuthenticate, "Digest realm=\"atlanta.com\" nonce=f84f", false),
        (SipHeaderId.AuthenticationInfo, "nextnonce=\"47364c23432d2e131a5fb210812c\"", true),
        (SipHeaderId.AuthenticationInfo, "nextnonce", false),
        (SipHeaderId.ProxyAuthenticationInfo, "qop=auth, rspauth=\"1\", cnonce=\"2\", nc=00000001", true),
        (SipHeaderId.ProxyAuthenticationInfo, "", false),

        (SipHeaderId.AlertInfo, "info=alert-autoanswer;delay=0", true),
        (SipHeaderId.AlertInfo, "x\r\ny", false),
        (SipHeaderId.CallInfo, "<http://wwww.example.com/alice/photo.jpg> ;purpose=icon", true),
        (SipHeaderId.CallInfo, "\u0007", false),
        (SipHeaderId.ErrorInfo, "<sip:not-in-service-recording@atlanta.com>", true),
        (SipHeaderId.ErrorInfo, "\0", false),
        (SipHeaderId.Error, "anything", true),
        (SipHeaderId.Error, "a\rb", false),
        (SipHeaderId.Identity, "eyJ.eyJ.sig;info=<https://cert.example.org/passport.cer>;alg=ES256;ppt=shaken", true),
        (SipHeaderId.Identity, "a\nb", false),
        (SipHeaderId.IdentityInfo, "<https://atlanta.example.com/atlanta.cer>;alg=rsa-sha1", true),
        (SipHeaderId.IdentityInfo, "\u0001", false),
        (SipHeaderId.Organization, "Boxes by Bob", true),
        (SipHeaderId.Organization, "Boxes\0", false),
        (SipHeaderId.Server, "HomeServer v2 (a, b)", true),
        (SipHeaderId.Server, "\u007f", false),
        (SipHeaderId.Subject, "", true),
        (SipHeaderId.Subject, "I know you're there, ☎ pick up the phone!", true),
        (SipHeaderId.Subject, "x\r\n", false),
        (SipHeaderId.UserAgent, "Softphone Beta1.5", true),
        (SipHeaderId.UserAgent, "\r\nX: y", false),
    ];

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    /// <summary>Reads <paramref name="text"/> as everything there is, and looks at all that the readers offer; returns how many took it.</summary>
    public static int ReadAsEverything(ReadOnlySpan<byte> text)
    {
        var taken = 0;
        foreach (var id in Enum.GetValues<SipHeaderId>()) taken += HeaderSyntax.IsValid(id, text) ? 1 : 0;
        if (SipUriView.TryParse(text, out var uri)) taken += Look(uri);
        if (NameAddrView.TryParse(text, out var address)) taken += Look(address);
        if (ContactView.TryParse(text, out var contact)) taken += contact.IsStar ? 1 : Look(contact.Address) + (int)(contact.Expires ?? 0 & 1) + (contact.Preference ?? 0);
        if (ViaView.TryParse(text, out var via)) taken += via.Host.Length + via.SentBy.Length + via.Received.Length + via.Maddr.Length + via.Rport + (via.HasUniqueBranch ? 1 : 0);
        if (RouteView.TryParse(text, out var route) && route.TryUri(out var hop)) taken += Look(hop);
        if (ReasonValue.TryParse(text, out var reason)) taken += reason.Text.Length + (int)((reason.Cause ?? 0) & 1);
        if (SubscriptionState.TryParse(text, out var state)) taken += (int)state.Status + state.Reason.Length + (int)((state.Expires ?? state.RetryAfter ?? 0) & 1);
        if (EventValue.TryParse(text, out var package)) taken += package.Package.Length + package.Id.Length + (package.Matches(package) ? 1 : 0);
        if (ContentTypeValue.TryParse(text, out var type)) taken += type.Boundary.Length + (type.IsMultipart ? 1 : 0) + (type.Covers("a"u8, "b"u8) ? 1 : 0);
        if (ContentDispositionValue.TryParse(text, out var disposition)) taken += disposition.IsOptional ? 1 : 0;
        if (Replaces.TryParse(text, out var replaces)) taken += replaces.CallId.Length + replaces.ToTag.Length + replaces.FromTag.Length + (replaces.IsEarlyOnly ? 1 : 0);
        if (Join.TryParse(text, out var join)) taken += join.CallId.Length + join.ToTag.Length + join.FromTag.Length;
        if (ReferTo.TryParse(text, out var referTo) && referTo.TryUri(out var target)) taken += Look(target);
        if (ReferredBy.TryParse(text, out var referredBy)) taken += referredBy.ContentId.Length;
        if (RetryAfter.TryParse(text, out var retry)) taken += (int)((retry.Duration ?? 0) & 1);
        if (WarningValue.TryParse(text, out var warning)) taken += warning.Text.Length + warning.Agent.Length;
        if (TimestampValue.TryParse(text, out var stamp)) taken += stamp.Time.Length + stamp.Delay.Length;
        if (SipDate.TryParse(text, out var date)) taken += date.Day;
        if (Challenge.TryParse(text, out var challenge)) taken += challenge.Realm.Length + (challenge.IsSupported ? 1 : 0);
        if (Credentials.TryParse(text, out var credentials)) taken += credentials.User.Length + (credentials.IsComplete ? 1 : 0) + (credentials.IsOf("r"u8) ? 1 : 0);
        foreach (var parameter in new AuthParameterReader(text)) taken += QuotedText.ToText(parameter.Value).Length;
        foreach (var value in new SipListReader(text)) taken += value.Length;
        if (SipUri.TryParse(text, out var owned)) taken += owned.GetHashCode() == owned.WithoutHeaders().GetHashCode() && owned.Equals(owned) ? 1 : 0;
        if (TelUri.TryParse(text, out var tel)) taken += (tel.IsGlobal ? 1 : 0) + tel.PhoneContext.Length + (tel.Equals(tel) ? 1 : 0);
        taken += PrivacyValue.Contains(text, "id"u8) ? 1 : 0;
        taken += TokenList.Contains(text, "timer"u8) || TokenList.ContainsMethod(text, "INVITE"u8) ? 1 : 0;
        Span<byte> scratch = new byte[text.Length + 64];
        taken += UriRewriting.TryRequestUri(text, scratch, out var length, out var headers) ? length + headers.Text.Length : 0;
        taken += UriRewriting.WithHostPort(text, "h:1"u8, scratch);
        return taken;
    }

    private static int Look(NameAddrView address)
    {
        var seen = QuotedText.ToText(address.DisplayName).Length + address.Tag.Length;
        foreach (var parameter in address.Parameters) seen += parameter.Name.Length + parameter.Value.Length;
        return address.TryUri(out var uri) ? seen + Look(uri) : seen;
    }

    private static int Look(SipUriView uri)
    {
        Span<byte> scratch = new byte[uri.Text.Length];
        var seen = uri.User.Length + uri.Password.Length + uri.UserInfo.Length + uri.Host.Length + uri.HostPort.Length + uri.Port + uri.SchemeName.Length
            + uri.Opaque.Length + uri.Transport.Length + uri.Maddr.Length + uri.Method.Length + uri.WithoutHeaders.Length;
        seen += (uri.IsIpLiteral ? 1 : 0) + (uri.Lr ? 1 : 0) + (uri.HasStrictUser ? 1 : 0) + (UriEquality.Same(uri, uri) ? 1 : 0) + (UriEquality.HashOf(uri) & 1);
        foreach (var pair in uri.Parameters) seen += UriEscaping.Unescape(pair.Value, scratch);
        foreach (var pair in uri.Headers) seen += pair.TryHeader(scratch, out var name, out var value) ? name.Length + value.Length : 0;
        return seen;
    }
}
