using System.Text;

namespace CallActors.Benchmarks.Micro;

/// <summary>The messages that the pieces are measured with.</summary>
internal static class Samples
{
    /// <summary>An INVITE of 900 bytes as a phone behind a proxy sends it.</summary>
    public static readonly byte[] Invite = Crlf("""
        INVITE sip:+498912345678@gateway.example.net;user=phone SIP/2.0
        Via: SIP/2.0/UDP 192.0.2.17:5060;branch=z9hG4bK-524287-1-a7f3c2;rport
        Max-Forwards: 70
        From: "Front Desk" <sip:+498955501234@example.net>;tag=8f1c0a77b2
        To: <sip:+498912345678@gateway.example.net;user=phone>
        Call-ID: 3c8e1f7a-4b12-4f0e-9a55-0d2f6b1e77aa@192.0.2.17
        CSeq: 20381 INVITE
        Contact: <sip:+498955501234@192.0.2.17:5060;transport=udp>
        Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REFER
        Supported: timer, replaces, 100rel
        P-Asserted-Identity: "Front Desk" <sip:+498955501234@example.net>
        User-Agent: DeskPhone/4.2.1 (build 20418)
        Content-Type: application/sdp
        Content-Length: 222

        v=0
        o=- 1720000000 1720000000 IN IP4 192.0.2.17
        s=-
        c=IN IP4 192.0.2.17
        t=0 0
        m=audio 30000 RTP/AVP 0 8 101
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-15
        a=sendrecv

        """);

    /// <summary>Our answer to it.</summary>
    public static readonly byte[] Answer = Crlf("""
        SIP/2.0 200 OK
        Via: SIP/2.0/UDP 192.0.2.17:5060;branch=z9hG4bK-524287-1-a7f3c2;rport=5060;received=192.0.2.17
        From: "Front Desk" <sip:+498955501234@example.net>;tag=8f1c0a77b2
        To: <sip:+498912345678@gateway.example.net;user=phone>;tag=11d0a8c3
        Call-ID: 3c8e1f7a-4b12-4f0e-9a55-0d2f6b1e77aa@192.0.2.17
        CSeq: 20381 INVITE
        Contact: <sip:203.0.113.9:5060;transport=udp>
        Content-Length: 0


        """);

    /// <summary>The BYE of the same call.</summary>
    public static readonly byte[] Bye = Crlf("""
        BYE sip:203.0.113.9:5060;transport=udp SIP/2.0
        Via: SIP/2.0/UDP 192.0.2.17:5060;branch=z9hG4bK-524287-1-a7f3c9;rport
        Max-Forwards: 70
        From: "Front Desk" <sip:+498955501234@example.net>;tag=8f1c0a77b2
        To: <sip:+498912345678@gateway.example.net;user=phone>;tag=11d0a8c3
        Call-ID: 3c8e1f7a-4b12-4f0e-9a55-0d2f6b1e77aa@192.0.2.17
        CSeq: 20382 BYE
        User-Agent: DeskPhone/4.2.1
        Content-Length: 0


        """);

    private static byte[] Crlf(string text) => Encoding.ASCII.GetBytes(text.ReplaceLineEndings("\r\n"));
}
