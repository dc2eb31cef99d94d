using System.Text;

namespace CallActors.Sip.Tests.Messages;

/// <summary>An INVITE of 900 bytes as a desk phone behind a proxy sends it: the message that parse figures are about.</summary>
public static class InviteSample
{
    private const string Text =
        """
        INVITE sip:+498912345678@gateway.example.com;user=phone SIP/2.0
        Via: SIP/2.0/UDP 198.51.100.23:5060;branch=z9hG4bK2d4790.1;rport
        Via: SIP/2.0/UDP 192.0.2.101:5062;branch=z9hG4bK74bf9d1c;received=203.0.113.9;rport=30211
        Record-Route: <sip:198.51.100.23;lr;ftag=9fxced76sl>
        Max-Forwards: 69
        From: "Alice Example" <sip:alice@example.com>;tag=9fxced76sl
        To: <sip:+498912345678@example.com;user=phone>
        Call-ID: 3848276298220188511@192.0.2.101
        CSeq: 102 INVITE
        Contact: <sip:alice@192.0.2.101:5062;transport=udp>
        User-Agent: Example Desk Phone 300/4.2.17 build 202
        Allow: INVITE, ACK, CANCEL, BYE, UPDATE, PRACK
        Supported: 100rel, timer, replaces
        Session-Expires: 1800;refresher=uac
        Content-Type: application/sdp
        Content-Length: 155

        v=0
        o=alice 2890844526 2890844526 IN IP4 192.0.2.101
        s=-
        c=IN IP4 192.0.2.101
        t=0 0
        m=audio 49172 RTP/AVP 0 8 101
        a=rtpmap:101 telephone-event/8000

        """;

    private static readonly byte[] Wire = Encoding.ASCII.GetBytes(Text.ReplaceLineEndings("\r\n"));

    /// <summary>The bytes, 900 of them.</summary>
    public static ReadOnlySpan<byte> Bytes => Wire;
}
