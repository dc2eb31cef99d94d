using CallActors.Control.Commands;
using CallActors.Control.Events;
using CallActors.Control.Replies;
using static CallActors.Control.Tests.Wire;

namespace CallActors.Control.Tests.Examples;

/// <summary>Conversations about the connection itself, byte for byte.</summary>
public sealed class ConnectionExamples
{
    [Fact]
    public void Connect_authenticate_route_and_ping()
    {
        Both.App("m1|authenticate|s3same|blue,eu-1", CommandKind.Authenticate,
            output => ControlCommands.Authenticate(output, "m1"u8, "s3same"u8, "blue,eu-1"u8));
        Both.Server("u1|response|m1|OK|udp/203.0.113.9:5060,tcp/203.0.113.9:5060|v0.9.10|udp/10.1.2.3:5060,tcp/10.1.2.3:5060",
            output => ControlReplies.Authenticated(output, "u1"u8, "m1"u8,
                "udp/203.0.113.9:5060,tcp/203.0.113.9:5060"u8, "v0.9.10"u8, "udp/10.1.2.3:5060,tcp/10.1.2.3:5060"u8));
        Both.App("m2|route|invite", CommandKind.Route, output => ControlCommands.Route(output, "m2"u8, "invite"u8));
        Both.Server("u2|response|m2|OK", output => ControlReplies.Ok(output, "u2"u8, "m2"u8));
        Both.App("m3|route|register", CommandKind.Route, output => ControlCommands.Route(output, "m3"u8, "register"u8));
        Both.Server("u3|response|m3|OK", output => ControlReplies.Ok(output, "u3"u8, "m3"u8));
        Both.App("m4|ping", CommandKind.Ping, output => ControlCommands.Ping(output, "m4"u8));
        Both.Server("u4|response|m4|OK|pong", output => ControlReplies.Pong(output, "u4"u8, "m4"u8));
        Both.App("m5|remove_route|invite", CommandKind.RemoveRoute, output => ControlCommands.RemoveRoute(output, "m5"u8, "invite"u8));
    }

    [Fact]
    public void The_count_is_of_bytes()
    {
        Assert.Equal("7#m4|ping", Text(Written(output => ControlCommands.Ping(output, "m4"u8))));
        Assert.Equal("37#m5|sip|t1|⏎SIP/2.0 200 Grüße⏎⏎ß", Text(Written(output =>
            ControlCommands.Respond(output, "m5"u8, "t1"u8, Bytes("SIP/2.0 200 Grüße⏎⏎ß")))));
    }

    [Fact]
    public void A_wrong_secret() => Both.Server("u1|response|m1|NO|incorrect secret",
        output => ControlReplies.No(output, "u1"u8, "m1"u8, ControlTexts.Protocol.IncorrectSecret));

    [Fact]
    public void Extensions_are_one_more_token_for_those_who_ask()
    {
        Both.App("m1|authenticate|s3same||callactors/1;app=desk;node=n1", CommandKind.Authenticate,
            output => ControlCommands.Authenticate(output, "m1"u8, "s3same"u8, default, Extensions.Ask("desk"u8, "n1"u8)));
        Both.Server("u1|response|m1|OK|udp/10.1.2.3:5060|v0.9.10|udp/10.1.2.3:5060|callactors/1;server=s1;features=session",
            output => ControlReplies.Authenticated(output, "u1"u8, "m1"u8,
                "udp/10.1.2.3:5060"u8, "v0.9.10"u8, "udp/10.1.2.3:5060"u8, Extensions.Grant("s1"u8, ExtensionFeatures.Session)));
    }

    [Fact]
    public void A_connection_that_the_server_dialled()
    {
        const string Invite = "INVITE sip:200@203.0.113.9 SIP/2.0⏎Call-ID: k7@198.51.100.4⏎CSeq: 1 INVITE⏎⏎";
        Both.App("m130|authenticate|s3same|", CommandKind.Authenticate,
            output => ControlCommands.Authenticate(output, "m130"u8, "s3same"u8, default));
        Both.Server("u130|response|m130|OK|udp/203.0.113.9:5060|v0.9.10|udp/10.1.2.3:5060",
            output => ControlReplies.Authenticated(output, "u130"u8, "m130"u8, "udp/203.0.113.9:5060"u8, "v0.9.10"u8, "udp/10.1.2.3:5060"u8));
        Both.Server("u131|sip|network|842|udp|198.51.100.4|5060|14:03:22.500123|t-inv||10.1.2.3|5060|⏎" + Invite,
            output => ControlEvents.NewRequest(
                output, "u131"u8, Network(842, "198.51.100.4", 5060, "14:03:22.500123"), "t-inv"u8, "10.1.2.3"u8, 5060, Bytes(Invite)));
        Both.App("m131|sip|t-inv|⏎SIP/2.0 486 Busy Here⏎⏎", CommandKind.Response,
            output => ControlCommands.Respond(output, "m131"u8, "t-inv"u8, Bytes("SIP/2.0 486 Busy Here⏎⏎")));
        Both.Server("u132|response|m131|OK|application|301|udp|198.51.100.4|5060|14:03:22.600000|t-inv|k7@198.51.100.4;from-tag=ca11||Msg sent:|⏎SIP/2.0 486 Busy Here⏎⏎",
            output => ControlReplies.ResponseSent(output, "u132"u8, "m131"u8, Application(301, "198.51.100.4", 5060, "14:03:22.600000"),
                "t-inv"u8, "k7@198.51.100.4;from-tag=ca11"u8, Bytes("SIP/2.0 486 Busy Here⏎⏎")));
    }

    [Fact]
    public void Call_detail_events()
    {
        var time = new DateTimeOffset(2026, 10, 1, 14, 3, 22, TimeSpan.Zero).AddTicks(5001230);
        Both.Server("u1|cdr:attempt|network|14:03:22.500123⏎INVITE sip:a SIP/2.0⏎⏎",
            output => CdrEvents.Attempt(output, "u1"u8, MessageSource.Network, time, Bytes("INVITE sip:a SIP/2.0⏎⏎")));
        Both.Server("u2|cdr:start|application|14:03:22.500123|uas⏎SIP/2.0 200 OK⏎⏎",
            output => CdrEvents.Start(output, "u2"u8, MessageSource.Application, time, CdrRole.Uas, Bytes("SIP/2.0 200 OK⏎⏎")));
        Both.Server("u3|cdr:stop|network|14:03:22.500123|normal-release⏎BYE sip:a SIP/2.0⏎⏎",
            output => CdrEvents.Stop(output, "u3"u8, MessageSource.Network, time, CdrReason.NormalRelease, Bytes("BYE sip:a SIP/2.0⏎⏎")));

        Assert.Equal(["uac", "uas", "proxy-uac", "proxy-uas"], Enum.GetValues<CdrRole>().Select(role => Text(role.Name())));
        Assert.Equal(["call-rejected", "call-canceled", "normal-release", "session-expired", "system-initiated-termination"],
            Enum.GetValues<CdrReason>().Select(reason => Text(reason.Name())));
    }
}
