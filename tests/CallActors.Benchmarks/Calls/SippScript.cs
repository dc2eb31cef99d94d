using System.Globalization;

namespace CallActors.Benchmarks.Calls;

/// <summary>The steps that the SIPp scenarios are put together from. The INVITE is about 900 bytes, the 200 about 800.</summary>
internal static class SippScript
{
    public const string Invite = """
          <send retrans="500"><![CDATA[
        INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
        Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
        Max-Forwards: 70
        From: "Benchmark Caller" <sip:caller@[local_ip]:[local_port]>;tag=[pid]t[call_number]
        To: <sip:[service]@[remote_ip]:[remote_port]>
        Call-ID: [call_id]
        CSeq: 1 INVITE
        Contact: <sip:caller@[local_ip]:[local_port];transport=udp>
        Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REFER, NOTIFY, MESSAGE
        User-Agent: benchmark caller
        Content-Type: application/sdp
        Content-Length: [len]

        v=0
        o=- 1720000000 1720000000 IN IP4 [local_ip]
        s=-
        c=IN IP4 [local_ip]
        t=0 0
        m=audio 30000 RTP/AVP 0 8 101
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-15
        a=ptime:20
        a=sendrecv

          ]]></send>

        """;

    public const string Receive100 = "  <recv response=\"100\" optional=\"true\"/>\n";
    public const string Receive200 = "  <recv response=\"200\" rrs=\"true\"/>\n";
    public const string Receive486 = "  <recv response=\"486\"/>\n";
    public const string ReceiveByeAnswer = "  <recv response=\"200\"/>\n";
    public const string ReceiveInvite = "  <recv request=\"INVITE\"/>\n";
    public const string ReceiveAck = "  <recv request=\"ACK\"/>\n";
    public const string ReceiveBye = "  <recv request=\"BYE\"/>\n";

    public const string Ack2xx = """
          <send><![CDATA[
        ACK [next_url] SIP/2.0
        Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
        Max-Forwards: 70
        From: "Benchmark Caller" <sip:caller@[local_ip]:[local_port]>;tag=[pid]t[call_number]
        [last_To:]
        [routes]
        Call-ID: [call_id]
        CSeq: 1 ACK
        Content-Length: 0

          ]]></send>

        """;

    public const string AckRejection = """
          <send><![CDATA[
        ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
        Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch-3]
        Max-Forwards: 70
        From: "Benchmark Caller" <sip:caller@[local_ip]:[local_port]>;tag=[pid]t[call_number]
        [last_To:]
        Call-ID: [call_id]
        CSeq: 1 ACK
        Content-Length: 0

          ]]></send>

        """;

    public const string Bye = """
          <send retrans="500"><![CDATA[
        BYE [next_url] SIP/2.0
        Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
        Max-Forwards: 70
        From: "Benchmark Caller" <sip:caller@[local_ip]:[local_port]>;tag=[pid]t[call_number]
        [last_To:]
        [routes]
        Call-ID: [call_id]
        CSeq: 2 BYE
        Content-Length: 0

          ]]></send>

        """;

    public const string Answer200 = """
          <send retrans="500"><![CDATA[
        SIP/2.0 200 OK
        [last_Via:]
        [last_Record-Route:]
        [last_From:]
        [last_To:];tag=[pid]u[call_number]
        [last_Call-ID:]
        [last_CSeq:]
        Contact: <sip:[local_ip]:[local_port];transport=udp>
        Content-Type: application/sdp
        Content-Length: [len]

        v=0
        o=- 20518 0 IN IP4 [local_ip]
        s=-
        c=IN IP4 [local_ip]
        t=0 0
        m=audio 40000 RTP/AVP 0 101
        a=rtpmap:0 PCMU/8000
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-15
        a=sendrecv

          ]]></send>

        """;

    public const string Answer486 = """
          <send retrans="500"><![CDATA[
        SIP/2.0 486 Busy Here
        [last_Via:]
        [last_From:]
        [last_To:];tag=[pid]u[call_number]
        [last_Call-ID:]
        [last_CSeq:]
        Content-Length: 0

          ]]></send>

        """;

    public const string AnswerBye = """
          <send><![CDATA[
        SIP/2.0 200 OK
        [last_Via:]
        [last_From:]
        [last_To:]
        [last_Call-ID:]
        [last_CSeq:]
        Content-Length: 0

          ]]></send>

        """;

    public static string Pause(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"  <pause milliseconds=\"{(long)time.TotalMilliseconds}\"/>\n");

    public static string Of(string name, params string[] steps) =>
        $"<?xml version=\"1.0\" encoding=\"ISO-8859-1\" ?>\n<!DOCTYPE scenario SYSTEM \"sipp.dtd\">\n<scenario name=\"{name}\">\n{string.Concat(steps)}</scenario>\n";
}
