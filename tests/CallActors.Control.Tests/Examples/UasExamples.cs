using CallActors.Control.Commands;
using CallActors.Control.Events;
using CallActors.Control.Replies;
using static CallActors.Control.Tests.Wire;

namespace CallActors.Control.Tests.Examples;

/// <summary>Conversations about calls that come in, byte for byte.</summary>
public sealed class UasExamples
{
    private const string Invite =
        "INVITE sip:200@203.0.113.9 SIP/2.0⏎Via: SIP/2.0/UDP 198.51.100.4:5060;branch=z9hG4bKx1;rport=5060⏎"
        + "From: <sip:100@example.net>;tag=ca11⏎To: <sip:200@203.0.113.9>⏎Call-ID: k7@198.51.100.4⏎CSeq: 1 INVITE⏎"
        + "Contact: <sip:100@198.51.100.4:5060>⏎Content-Type: application/sdp⏎Content-Length: 3⏎⏎v=0";

    private const string Dialog = "k7@198.51.100.4;from-tag=ca11";

    [Fact]
    public void Ring_accept_and_the_caller_hangs_up()
    {
        NewRequest("u10|sip|network|842|udp|198.51.100.4|5060|14:03:22.500123|t-inv||10.1.2.3|5060|⏎", Invite);

        Respond("m10|sip|t-inv|⏎", "SIP/2.0 180 Ringing⏎call-id: k7@198.51.100.4⏎cseq: 1 INVITE⏎Content-Length: 0⏎⏎");
        Sent("u11|response|m10|OK|application|311|udp|198.51.100.4|5060|14:03:22.510001|t-inv|k7@198.51.100.4;from-tag=ca11||Msg sent:|⏎",
            "SIP/2.0 180 Ringing⏎To: <sip:200@203.0.113.9>;tag=srv55⏎⏎");

        Respond("m11|sip|t-inv|⏎", "SIP/2.0 200 OK⏎call-id: k7@198.51.100.4⏎Content-Length: 3⏎⏎v=0");
        Sent("u12|response|m11|OK|application|640|udp|198.51.100.4|5060|14:03:25.000400|t-inv|k7@198.51.100.4;from-tag=ca11||Msg sent:|⏎",
            "SIP/2.0 200 OK⏎To: <sip:200@203.0.113.9>;tag=srv55⏎Contact: <sip:203.0.113.9:5060>⏎Content-Length: 3⏎⏎v=0");

        Message("u13|sip|network|402|udp|198.51.100.4|5060|14:03:25.090000|t-inv|k7@198.51.100.4;from-tag=ca11|⏎",
            "ACK sip:203.0.113.9:5060 SIP/2.0⏎CSeq: 1 ACK⏎⏎");

        Message("u14|sip|network|388|udp|198.51.100.4|5060|14:04:40.000100|t-bye|k7@198.51.100.4;from-tag=ca11|⏎",
            "BYE sip:203.0.113.9:5060 SIP/2.0⏎CSeq: 2 BYE⏎⏎");
        Respond("m12|sip|t-bye|⏎", "SIP/2.0 200 OK⏎cseq: 2 BYE⏎⏎");
        Sent("u15|response|m12|OK|application|290|udp|198.51.100.4|5060|14:04:40.003000|t-bye|k7@198.51.100.4;from-tag=ca11||Msg sent:|⏎",
            "SIP/2.0 200 OK⏎CSeq: 2 BYE⏎⏎");
    }

    [Fact]
    public void Reject()
    {
        NewRequest("u20|sip|network|842|udp|198.51.100.4|5060|14:03:22.500123|t-inv||10.1.2.3|5060|⏎", Invite);
        Respond("m20|sip|t-inv|⏎", "SIP/2.0 486 Busy Here⏎cseq: 1 INVITE⏎Content-Length: 0⏎⏎");
        Sent("u21|response|m20|OK|application|301|udp|198.51.100.4|5060|14:03:22.600000|t-inv|k7@198.51.100.4;from-tag=ca11||Msg sent:|⏎",
            "SIP/2.0 486 Busy Here⏎⏎");
    }

    [Fact]
    public void The_caller_cancels()
    {
        Message("u30|sip|network|300|udp|198.51.100.4|5060|14:03:23.000000|t-inv||⏎", "CANCEL sip:200@203.0.113.9 SIP/2.0⏎⏎");
        Respond("m30|sip|t-inv|⏎", "SIP/2.0 487 Request Terminated⏎⏎");
        Both.Server("u31|response|m30|NOK|Response not sent due to unknown transaction",
            output => ControlReplies.Nok(output, "u31"u8, "m30"u8, ControlTexts.Response.UnknownTransaction));

        Message("u32|sip|network|300|udp|198.51.100.4|5060|14:03:24.000000|t-inv|k7@198.51.100.4;from-tag=ca11|⏎",
            "CANCEL sip:200@203.0.113.9 SIP/2.0⏎⏎");
    }

    [Fact]
    public void A_reliable_provisional_response()
    {
        Respond("m120|sip|t-inv|⏎", "SIP/2.0 183 Session Progress⏎Require: 100rel⏎⏎v=0");
        Sent("u120|response|m120|OK|application|412|udp|198.51.100.4|5060|14:03:22.600000|t-inv|k7@198.51.100.4;from-tag=ca11||Msg sent:|⏎",
            "SIP/2.0 183 Session Progress⏎Require: 100rel⏎RSeq: 11⏎⏎v=0");
        Message("u121|sip|network|380|udp|198.51.100.4|5060|14:03:22.700000|t-pr|k7@198.51.100.4;from-tag=ca11|⏎",
            "PRACK sip:203.0.113.9:5060 SIP/2.0⏎RAck: 11 1 INVITE⏎⏎");
        Respond("m121|sip|t-pr|⏎", "SIP/2.0 200 OK⏎⏎");
        Sent("u122|response|m121|OK|application|290|udp|198.51.100.4|5060|14:03:22.710000|t-pr|k7@198.51.100.4;from-tag=ca11||Msg sent:|⏎",
            "SIP/2.0 200 OK⏎CSeq: 2 PRACK⏎⏎");
    }

    [Fact]
    public void A_notifier()
    {
        NewRequest("u80|sip|network|500|udp|198.51.100.4|5060|14:03:22.500123|t-s||10.1.2.3|5060|⏎",
            "SUBSCRIBE sip:200@203.0.113.9 SIP/2.0⏎Event: presence⏎Expires: 600⏎⏎");
        Respond("m80|sip|t-s|⏎", "SIP/2.0 202 Accepted⏎Expires: 600⏎⏎");
        Sent("u81|response|m80|OK|application|350|udp|198.51.100.4|5060|14:03:22.600000|t-s|z1@198.51.100.4;from-tag=sub1||Msg sent:|⏎",
            "SIP/2.0 202 Accepted⏎Contact: <sip:203.0.113.9:5060>⏎⏎");
        Both.App("m81|sip||z1@198.51.100.4;from-tag=sub1⏎NOTIFY sip:placeholder SIP/2.0⏎Event: presence⏎Subscription-State: active;expires=599⏎⏎",
            CommandKind.DialogRequest, output => ControlCommands.DialogRequest(output, "m81"u8, "z1@198.51.100.4;from-tag=sub1"u8,
                Bytes("NOTIFY sip:placeholder SIP/2.0⏎Event: presence⏎Subscription-State: active;expires=599⏎⏎")));
        Message("u84|sip|network|500|udp|198.51.100.4|5060|14:08:22.500123|t-r|z1@198.51.100.4;from-tag=sub1|⏎",
            "SUBSCRIBE sip:203.0.113.9:5060 SIP/2.0⏎Event: presence⏎⏎");
    }

    [Fact]
    public void A_registrar()
    {
        NewRequest("u100|sip|network|480|udp|198.51.100.4|5060|14:03:22.500123|t-reg||10.1.2.3|5060|⏎",
            "REGISTER sip:example.org SIP/2.0⏎Contact: <sip:bob@198.51.100.9:5060>⏎Expires: 300⏎⏎");
        Respond("m100|sip|t-reg|⏎", "SIP/2.0 200 OK⏎Contact: <sip:bob@198.51.100.9:5060>;expires=300⏎⏎");
        Sent("u101|response|m100|OK|application|300|udp|198.51.100.4|5060|14:03:22.600000|t-reg|||Msg sent:|⏎", "SIP/2.0 200 OK⏎⏎");
    }

    [Fact]
    public void A_re_invite_and_its_ack()
    {
        Message("u72|sip|network|700|udp|198.51.100.4|5060|14:05:00.000000|t-i2|k7@198.51.100.4;from-tag=ca11|⏎",
            "INVITE sip:203.0.113.9:5060 SIP/2.0⏎CSeq: 3 INVITE⏎⏎");
        Respond("m71|sip|t-i2|⏎", "SIP/2.0 200 OK⏎⏎v=0");
        Sent("u73|response|m71|OK|application|640|udp|198.51.100.4|5060|14:05:00.010000|t-i2|k7@198.51.100.4;from-tag=ca11||Msg sent:|⏎",
            "SIP/2.0 200 OK⏎⏎v=0");
        Message("u74|sip|network|402|udp|198.51.100.4|5060|14:05:00.090000|t-i3|k7@198.51.100.4;from-tag=ca11|⏎",
            "ACK sip:203.0.113.9:5060 SIP/2.0⏎CSeq: 3 ACK⏎⏎");
    }

    [Fact]
    public void The_server_hangs_up_by_itself()
    {
        const string Bye = "BYE sip:100@198.51.100.4:5060 SIP/2.0⏎Reason: SIP ;cause=200 ;text=\"ACK timeout\"⏎⏎";
        Both.Server($"u52|sip|application|390|udp|198.51.100.4|5060|14:04:00.000000|unsolicited|{Dialog}|⏎{Bye}", output =>
            ControlEvents.ServerRequest(output, "u52"u8, Application(390, "198.51.100.4", 5060, "14:04:00.000000"), Bytes(Dialog), Bytes(Bye)));
    }

    private static void NewRequest(string metaLine, string sip)
    {
        var token = metaLine.Split('|');
        Both.Server(metaLine + sip, output => ControlEvents.NewRequest(output, Bytes(token[0]), Transit(token, 2, MessageSource.Network),
            Bytes(token[8]), Bytes(token[10]), int.Parse(token[11], null), Bytes(sip)));
    }

    private static void Message(string metaLine, string sip)
    {
        var token = metaLine.Split('|');
        Both.Server(metaLine + sip, output => ControlEvents.Message(output, Bytes(token[0]), Transit(token, 2, MessageSource.Network),
            Bytes(token[8]), Bytes(token[9].TrimEnd('⏎')), Bytes(sip)));
    }

    private static void Sent(string metaLine, string sip)
    {
        var token = metaLine.Split('|');
        Both.Server(metaLine + sip, output => ControlReplies.ResponseSent(output, Bytes(token[0]), Bytes(token[2]),
            Transit(token, 4, MessageSource.Application), Bytes(token[10]), Bytes(token[11]), Bytes(sip)));
    }

    private static void Respond(string metaLine, string sip)
    {
        var token = metaLine.Split('|');
        Both.App(metaLine + sip, CommandKind.Response, output => ControlCommands.Respond(output, Bytes(token[0]), Bytes(token[2]), Bytes(sip)));
    }

    private static MessageTransit Transit(string[] token, int first, MessageSource source) =>
        new(source, int.Parse(token[first + 1], null), MessageTransport.Udp, Bytes(token[first + 3]), int.Parse(token[first + 4], null), Time(token[first + 5]));
}
