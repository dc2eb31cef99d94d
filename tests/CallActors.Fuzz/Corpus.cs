using System.Text;
using CallActors.Sip.Tests.Messages;

namespace CallActors.Fuzz;

/// <summary>The messages that inputs are made from: our own, and those of RFC 4475 where they are at hand.</summary>
public static class Corpus
{
    private const string Usual =
        "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa;rport\nFrom: \"A\" <sip:a@example.com>;tag=f\nTo: <sip:b@example.com>;tag=t\nCall-ID: c@d\nMax-Forwards: 70\n";

    /// <summary>SIP messages.</summary>
    public static IReadOnlyList<byte[]> Messages { get; } =
    [
        InviteSample.Bytes.ToArray(),
        .. new[]
        {
            $"OPTIONS sip:b@example.com SIP/2.0\n{Usual}CSeq: 1 OPTIONS\nAccept: application/sdp, text/plain;q=0.5\nl: 0\n\n",
            $"SIP/2.0 200 OK\n{Usual}Via: SIP/2.0/TCP [2001:db8::1]:5061;received=2001:db8::2;branch=z9hG4bKb, SIP/2.0/TLS c\nCSeq: 2 INVITE\nContact: <sip:b@[2001:db8::3]:5060;transport=tcp>;expires=60;q=0.7\nRecord-Route: <sip:p1;lr>,<sip:p2;lr>\nSession-Expires: 1800;refresher=uas\nRequire: timer\nRSeq: 17\nContent-Type: application/sdp\nContent-Length: 3\n\nv=0",
            $"SIP/2.0 407 Proxy Authentication Required\n{Usual}CSeq: 3 REGISTER\nProxy-Authenticate: Digest realm=\"a\\\"b\", nonce=\"n\", qop=\"auth,auth-int\", algorithm=SHA-256, opaque=\"\", stale=TRUE\nWWW-Authenticate: Digest realm=\"x\",nonce=\"y\"\nRetry-After: 120 (soon);duration=60\nWarning: 399 h \"no\"\n\n",
            $"REGISTER sips:example.com SIP/2.0\n{Usual}CSeq: 4 REGISTER\nm: *\nExpires: 0\nAuthorization: Digest username=\"a\", realm=\"r\", nonce=\"n\", uri=\"sip:r\", response=\"0123456789abcdef0123456789abcdef\", nc=00000001, cnonce=\"c\", qop=auth, algorithm=MD5\nPath: <sip:p;lr>\nSupported: path, gruu\n\n",
            $"PRACK sip:b@192.0.2.9;user=phone SIP/2.0\n{Usual}CSeq: 5 PRACK\nRAck: 17 2 INVITE\nRoute: <sip:p1;lr>, <sip:p2;lr;x=\"y\">\n\n",
            $"REFER tel:+1-212;phone-context=example.com SIP/2.0\n{Usual}CSeq: 6 REFER\nr: <sip:c@d?Replaces=e%40f%3Bto-tag%3Dg%3Bfrom-tag%3Dh&X=y>\nb: <sip:a@b>;cid=\"x@y\"\nReplaces: e@f;to-tag=g;from-tag=h;early-only\nPrivacy: id;header\nP-Asserted-Identity: \"x\" <sip:x@y>, <tel:+1>\n\n",
            $"NOTIFY sip:a@b SIP/2.0\n{Usual}CSeq: 7 NOTIFY\no: refer;id=3\nSubscription-State: terminated;reason=noresource;retry-after=9\nDate: Thu, 21 Feb 2030 13:02:03 GMT\nMin-SE: 90\nMIME-Version: 1.0\nContent-Disposition: session;handling=optional\nReason: SIP;cause=200;text=\"elsewhere\", Q.850;cause=16\nTimestamp: 54.3 1\nc: message/sipfrag;version=2.0\nl: 14\n\nSIP/2.0 200 OK",
            $"NEW.METHOD urn:service:sos SIP/2.0\nv : SIP / 2.0 / UDP\n h ; branch = 1 ,\n SIP/2.0/TCP i\nf:sip:a@b ; tag = c\nTO\t: \"\\\"\\\\\"<sip:b>\ni:x\nCSeq: 007\n  NEW.METHOD\nEmpty:\n\nbody",
        }.Select(text => Encoding.Latin1.GetBytes(text.Replace("\n", "\r\n", StringComparison.Ordinal))),
        .. Torture(),
    ];

    /// <summary>Several messages and keep-alives behind each other, as a stream brings them.</summary>
    public static IReadOnlyList<byte[]> Streams { get; } =
    [
        .. Messages,
        [.. "\r\n\r\n"u8, .. Messages[1], .. Messages[2], .. "\r\n"u8, .. Messages[4], .. "\r\n\r\n"u8],
        [.. Messages[0], .. Messages[0], .. Messages[7]],
    ];

    /// <summary>Frames of the control protocol, single and behind each other, both directions.</summary>
    public static IReadOnlyList<byte[]> Frames { get; } = MakeFrames();

    private static IEnumerable<byte[]> Torture() =>
        TortureMessages.Folder is null ? [] : Directory.GetFiles(TortureMessages.Folder, "*.dat").Order(StringComparer.Ordinal).Select(File.ReadAllBytes);

    private static List<byte[]> MakeFrames()
    {
        const string id = "5e1b2d51-6e45-4ab8-9d8e-7b6c9b0e6f11";
        const string transit = "network|900|udp|192.0.2.1|5060|13:02:03.000004|";
        var invite = Encoding.Latin1.GetString(Messages[0]);
        string[] payloads =
        [
            $"{id}|authenticate|secret", $"{id}|authenticate|secret|tag-a,tag_b,c|callactors/1;app=x", $"{id}|ping", $"{id}|route|invite", $"{id}|route|*|", $"{id}|remove_route|cdr:start",
            $"{id}|sip|||\r\nINVITE sip:b@example.com SIP/2.0\r\nFrom: <sip:a@localhost>\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n",
            $"{id}|sip|||sip:proxy.example.com;transport=tcp\r\nOPTIONS sip:b@c SIP/2.0\r\nX-One : 1\r\n\r\n",
            $"{id}|sip||c@d;from-tag=f|\r\nBYE sip:placeholder SIP/2.0\r\n\r\n", $"{id}|sip|{id}||\r\nSIP/2.0 486 Busy Here\r\nReason: x\r\n\r\n", $"{id}|sip|{id}||\r\nCANCEL sip:x SIP/2.0\r\n\r\n",
            $"{id}|proxy|{id}|remainInDialog|fullResponse|followRedirects|simultaneous|2s|500ms|sip:a@b|sip:c@d\r\nINVITE sip:x SIP/2.0\r\nX-A: b\r\n\r\n",
            $"{id}|response|{id}|OK|udp/192.0.2.1:5060,tcp/192.0.2.1:5060|v1", $"{id}|response|{id}|NO|incorrect secret", $"{id}|response|{id}|NOK|Unknown server error", $"{id}|response|{id}|OK|{transit}{id}|c@d|continue\r\n{invite}",
            $"{id}|sip|{transit}{id}|c@d;from-tag=f\r\n{invite}", $"{id}|sip|{transit}{id}||192.0.2.1|5060\r\n{invite}", $"{id}|sip|{transit}unsolicited|c@d;from-tag=f\r\n{invite}",
            $"{id}|cdr:start|network|13:02:03.000004|uas\r\n{invite}", $"{id}|cdr:stop|application|13:02:03.000004|normal-release\r\n{invite}", $"{id}|cdr:attempt|network|13:02:03\r\n{invite}",
            $"{id}|authenticate|secret||callactors/1;app=desk;node=[2001:db8::1]:4053;later=x", $"{id}|response|{id}|OK|udp/192.0.2.1:5060|v1|udp/192.0.2.1:5060|callactors/1;server=r-1;features=session,adopt,later",
            $"{id}|session|call-7|3|c@d;from-tag=f,{id}\r\nblob\0|\r\n#", $"{id}|session|call-7|4|\r\n", $"{id}|claim|call-7|3", $"{id}|restore|call-7|3|c@d;from-tag=f\r\nstate", $"{id}|unknown|{id}",
            $"{id}|sip||c@d;from-tag=f||for={id}\r\nINFO sip:placeholder SIP/2.0\r\n\r\n", $"{id}|adopt|call-7|3|c@d;from-tag=f,e@f;from-tag=g\r\nblob", $"{id}|state|call-7|c@d;from-tag=f\r\nstate",
            $"{id}|gone|192.0.2.4:4053|silent", $"{id}|ask|c@d|t|f", $"{id}|response|{id}|OK|4|c@d;from-tag=f,e@f;from-tag=g", $"{id}|sip|{transit}{id}|c@d;from-tag=f||call-7;again\r\n{invite}",
        ];
        var frames = payloads.Select(payload => Encoding.Latin1.GetBytes($"{payload.Length}#{payload}")).ToList();
        frames.Add([.. frames[0], .. "0#"u8, .. frames[2], .. frames[6], .. "004#xxxx"u8]);
        return frames;
    }
}
