using CallActors.Control.Commands;
using CallActors.Control.Events;
using CallActors.Control.Replies;
using static CallActors.Control.Tests.Wire;

namespace CallActors.Control.Tests.Examples;

/// <summary>Every frame of the extensions, byte for byte.</summary>
public sealed class SessionExamples
{
    private const string Legs = "k7@198.51.100.4;from-tag=ca11,3f0a;from-tag=mine1";

    [Fact]
    public void Extensions_are_asked_for_and_granted()
    {
        Both.App("m1|authenticate|s3same|blue|callactors/1;app=desk;node=[2001:db8::4]:4053", CommandKind.Authenticate,
            output => ControlCommands.Authenticate(output, "m1"u8, "s3same"u8, "blue"u8, Extensions.Ask("desk"u8, "[2001:db8::4]:4053"u8)));
        Both.Server("u1|response|m1|OK|udp/a:5060|v0.9.10|udp/a:5060|callactors/1;server=e5a1;features=session,adopt,restore,heartbeat", output =>
            ControlReplies.Authenticated(output, "u1"u8, "m1"u8, "udp/a:5060"u8, "v0.9.10"u8, "udp/a:5060"u8, Extensions.Grant("e5a1"u8, ExtensionFeatures.All)));
        Both.Server("u1|response|m1|OK|udp/a:5060|v0.9.10|udp/a:5060|callactors/1;server=e5a1;features=", output =>
            ControlReplies.Authenticated(output, "u1"u8, "m1"u8, "udp/a:5060"u8, "v0.9.10"u8, "udp/a:5060"u8, Extensions.Grant("e5a1"u8, default)));
    }

    [Fact]
    public void A_session_is_kept_and_let_go()
    {
        Both.App("m2|session|call-7|0|t-inv,3f0a;from-tag=mine1⏎any | bytes⏎⏎0#", CommandKind.Session,
            output => ControlCommands.Session(output, "m2"u8, "call-7"u8, 0, "t-inv,3f0a;from-tag=mine1"u8, Bytes("any | bytes⏎⏎0#")));
        Both.App("m3|session|call-7|12|⏎", CommandKind.Session, output => ControlCommands.Session(output, "m3"u8, "call-7"u8, 12, default, default));

        Assert.True(new SessionCommand(new(Bytes("m3|session|call-7|12|⏎"))).IsRelease);
        Assert.False(new SessionCommand(new(Bytes("m3|session|call-7|12|d1⏎"))).IsRelease);
        Assert.False(new SessionCommand(new(Bytes("m3|session|call-7|12|⏎x"))).IsRelease);
    }

    [Fact]
    public void A_session_is_offered_and_claimed()
    {
        Both.Server($"u20|gone|10.0.0.4:4053|closed", output => ControlEvents.Gone(output, "u20"u8, "10.0.0.4:4053"u8, Departure.Closed));
        Both.Server($"u20|gone|10.0.0.4:4053|silent", output => ControlEvents.Gone(output, "u20"u8, "10.0.0.4:4053"u8, Departure.Silent));
        Both.Server($"u21|adopt|call-7|3|{Legs}⏎any bytes", output => ControlEvents.Adopt(output, "u21"u8, "call-7"u8, 3, Bytes(Legs), "any bytes"u8));
        Both.Server("u21|adopt|call-7|3|⏎", output => ControlEvents.Adopt(output, "u21"u8, "call-7"u8, 3, default, default));
        Both.App("m20|claim|call-7|3", CommandKind.Claim, output => ControlCommands.Claim(output, "m20"u8, "call-7"u8, 3));
        Both.Server($"u22|response|m20|OK|4|{Legs}", output => ControlReplies.Claimed(output, "u22"u8, "m20"u8, 4, Bytes(Legs)));
        Both.Server("u22|response|m20|OK|4|", output => ControlReplies.Claimed(output, "u22"u8, "m20"u8, 4, default));
    }

    [Fact]
    public void A_dialog_is_remembered_and_given_back()
    {
        Both.Server("u9|state|call-7|3f0a;from-tag=mine1⏎|⏎bytes", output =>
            ControlEvents.State(output, "u9"u8, "call-7"u8, "3f0a;from-tag=mine1"u8, Bytes("|⏎bytes")));
        Both.App("m30|restore|call-7|3|3f0a;from-tag=mine1⏎|⏎bytes", CommandKind.Restore, output =>
            ControlCommands.Restore(output, "m30"u8, "call-7"u8, 3, "3f0a;from-tag=mine1"u8, Bytes("|⏎bytes")));
        Both.Server("u31|ask|c9@198.51.100.4|srv56|ca12", output => ControlEvents.Ask(output, "u31"u8, "c9@198.51.100.4"u8, "srv56"u8, "ca12"u8));
        Both.App("m23|stray|t-info", CommandKind.Stray, output => ControlCommands.Stray(output, "m23"u8, "t-info"u8));
        Both.App("m31|unknown|u31", CommandKind.Unknown, output => ControlCommands.Unknown(output, "m31"u8, "u31"u8));
    }

    [Fact]
    public void Events_of_a_session_bear_its_key()
    {
        const string Line = "u10|sip|network|342|udp|198.51.100.4|5060|14:03:40.500123|t-info|d1|";
        const string Sip = "⏎INFO sip:203.0.113.9:5060 SIP/2.0⏎⏎";
        Both.Server(Line + "|call-7" + Sip, output => ControlEvents.Message(
            output, "u10"u8, Network(342, "198.51.100.4", 5060, "14:03:40.500123"), "t-info"u8, "d1"u8, Bytes(Sip[1..]), "call-7"u8));
        Both.Server(Line + "|call-7;again" + Sip, output => ControlEvents.Message(
            output, "u10"u8, Network(342, "198.51.100.4", 5060, "14:03:40.500123"), "t-info"u8, "d1"u8, Bytes(Sip[1..]), "call-7"u8, isAgain: true));
        Both.Server("u11|sip|application|342|udp|198.51.100.4|5060|14:03:40.500123|unsolicited|d1||call-7" + Sip, output => ControlEvents.ServerRequest(
            output, "u11"u8, Application(342, "198.51.100.4", 5060, "14:03:40.500123"), "d1"u8, Bytes(Sip[1..]), "call-7"u8));

        var plain = new SipEvent(new(Bytes(Line + Sip)));
        Assert.True(plain.Key.IsEmpty && !plain.IsAgain && !plain.IsNewRequest);
        var keyed = new SipEvent(new(Bytes(Line + "|call-7;again" + Sip)));
        Assert.True(Text(keyed.Key) == "call-7" && keyed.IsAgain && !keyed.IsNewRequest);
    }

    [Fact]
    public void A_request_says_because_of_which_it_is_sent() => Both.App(
        "m3|sip||3f0a;from-tag=mine1||for=t-info⏎INFO sip:placeholder SIP/2.0⏎⏎", CommandKind.DialogRequest,
        output => ControlCommands.DialogRequest(output, "m3"u8, "3f0a;from-tag=mine1"u8, Bytes("INFO sip:placeholder SIP/2.0⏎⏎"), "t-info"u8));

    [Fact]
    public void A_request_names_its_branch()
    {
        Both.App("m3|sip||d1||branch=z9hG4bK77⏎INFO sip:placeholder SIP/2.0⏎⏎", CommandKind.DialogRequest, output => ControlCommands.DialogRequest(
            output, "m3"u8, "d1"u8, Bytes("INFO sip:placeholder SIP/2.0⏎⏎"), branch: "z9hG4bK77"u8));
        Both.App("m3|sip||d1||for=t-info;branch=z9hG4bK77⏎INFO sip:placeholder SIP/2.0⏎⏎", CommandKind.DialogRequest, output => ControlCommands.DialogRequest(
            output, "m3"u8, "d1"u8, Bytes("INFO sip:placeholder SIP/2.0⏎⏎"), "t-info"u8, "z9hG4bK77"u8));
        Both.App("m3|sip||d1||branch=z9hG4bK77;cseq=4294967295⏎INFO sip:placeholder SIP/2.0⏎⏎", CommandKind.DialogRequest, output => ControlCommands.DialogRequest(
            output, "m3"u8, "d1"u8, Bytes("INFO sip:placeholder SIP/2.0⏎⏎"), branch: "z9hG4bK77"u8, sequence: uint.MaxValue));
    }

    [Theory]
    [InlineData("branch=b1", null)]
    [InlineData("branch=b1;cseq=7", 7u)]
    [InlineData("branch=b1;cseq=", null)]
    [InlineData("branch=b1;cseq=-1", null)]
    [InlineData("branch=b1;cseq=7x", null)]
    [InlineData("branch=b1;cseq=4294967296", null)]
    public void The_number_of_before_is_read(string token, uint? sequence) =>
        Assert.Equal(sequence, new DialogRequestCommand(new(Bytes($"m3|sip||d1||{token}⏎INFO sip:placeholder SIP/2.0⏎⏎"))).Sequence);

    [Theory]
    [InlineData("", "", "")]
    [InlineData("for=t1", "t1", "")]
    [InlineData("branch=b1", "", "b1")]
    [InlineData("for=t1;branch=b1", "t1", "b1")]
    [InlineData("branch=b1;for=t1", "t1", "b1")]
    [InlineData("later=x;branch=b1;;for=", "", "b1")]
    public void What_a_request_says_of_itself_is_read(string token, string received, string branch)
    {
        var command = new DialogRequestCommand(new(Bytes($"m3|sip||d1||{token}⏎INFO sip:placeholder SIP/2.0⏎⏎")));
        Assert.Equal((received, branch), (Text(command.For), Text(command.Branch)));
    }

    [Theory]
    [InlineData("callactors/1;app=desk;node=n1", "desk", "n1", "", ExtensionFeatures.None)]
    [InlineData("callactors/1;later=x;node=n1;app=a.b_c+d@e:f-g;flag", "a.b_c+d@e:f-g", "n1", "", ExtensionFeatures.None)]
    [InlineData("callactors/1;server=s;features=adopt,later,session", "", "", "s", ExtensionFeatures.Adopt | ExtensionFeatures.Session)]
    [InlineData("callactors/1", "", "", "", ExtensionFeatures.None)]
    public void What_is_not_known_is_left_out(string token, string app, string node, string server, ExtensionFeatures features)
    {
        Assert.True(Extensions.TryParse(Bytes(token), out var read));
        Assert.Equal((app, node, server, features), (Text(read.App), Text(read.Node), Text(read.Server), read.Features));
    }

    [Theory]
    [InlineData("")]
    [InlineData(";")]
    [InlineData("callactors/2;app=desk;node=n1")]
    [InlineData("callactors/10;app=desk;node=n1")]
    [InlineData("app=desk;node=n1;callactors/1")]
    [InlineData("callactors/1;app=two words;node=n1")]
    [InlineData("callactors/1;app=[x];node=n1")]
    [InlineData("callactors/1;app=;node=n1")]
    [InlineData("callactors/1;app=desk;node=n/1")]
    [InlineData("callactors/1;app=desk;node=123456789012345678901234567890123456789012345678901234567890-65-y")]
    public void What_is_no_extension_asks_for_nothing(string token)
    {
        Assert.False(Extensions.TryParse(Bytes(token), out var read));
        Assert.False(read.IsAsked || read.IsGranted);
        Assert.False(new AuthenticateCommand(new(Bytes($"m1|authenticate|s||{token}"))).Extensions.IsAsked);
    }
}
