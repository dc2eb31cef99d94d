using CallActors.Control.Events;
using CallActors.Sip.Messages;
using static CallActors.Control.Tests.Wire;

namespace CallActors.Control.Tests;

public sealed class SipTextTests
{
    private const string Head =
        "⏎Via: SIP/2.0/UDP 198.51.100.4;branch=z9hG4bKx1⏎From: <sip:100@example.net>;tag=ca11⏎To: <sip:200@203.0.113.9>⏎"
        + "Call-ID: k7@198.51.100.4⏎CSeq: 1 MESSAGE⏎Max-Forwards: 70⏎x-odd :  kept | as it is ⏎";

    /// <summary>A datagram, and the text that a client is given.</summary>
    public static TheoryData<string, string> Datagrams => new()
    {
        { $"MESSAGE sip:200@203.0.113.9 SIP/2.0{Head}⏎", $"MESSAGE sip:200@203.0.113.9 SIP/2.0{Head}⏎" },
        { $"MESSAGE sip:200@203.0.113.9 SIP/2.0{Head}Content-Length: 3⏎⏎a⏎", $"MESSAGE sip:200@203.0.113.9 SIP/2.0{Head}Content-Length: 3⏎⏎a⏎" },
        { $"MESSAGE sip:200@203.0.113.9 SIP/2.0{Head}l: 3⏎⏎a⏎", $"MESSAGE sip:200@203.0.113.9 SIP/2.0{Head}l: 3⏎⏎a⏎" },
        { $"MESSAGE sip:200@203.0.113.9 SIP/2.0{Head}⏎ü⏎⏎b", $"MESSAGE sip:200@203.0.113.9 SIP/2.0{Head}Content-Length: 7⏎⏎ü⏎⏎b" },
        { $"MESSAGE sip:200@203.0.113.9 sip/2.0{Head}⏎", $"MESSAGE sip:200@203.0.113.9 SIP/2.0{Head}⏎" },
        { $"MESSAGE sip:200@203.0.113.9 Sip/2.0{Head}⏎a⏎⏎b", $"MESSAGE sip:200@203.0.113.9 SIP/2.0{Head}Content-Length: 6⏎⏎a⏎⏎b" },
        { $"sIP/2.0 200 OK{Head}⏎a⏎⏎b", $"SIP/2.0 200 OK{Head}Content-Length: 6⏎⏎a⏎⏎b" },
        { $"SIP/2.0 200 {Head}⏎", $"SIP/2.0 200 {Head}⏎" },
    };

    [Theory, MemberData(nameof(Datagrams))]
    public void Clients_get_every_byte_and_what_they_cannot_do_without(string datagram, string text)
    {
        var message = SipParser.Parse(Bytes(datagram)).Message;
        Assert.NotNull(message);
        var payload = Payload(output => ControlEvents.Message(output, "u1"u8, Network(1, "::1", 1, "00:00:00.000000"), "t"u8, "d"u8, message));
        Assert.Equal(text, Text(new SipEvent(new(payload)).Sip));
    }

    [Fact]
    public void Text_that_is_nobodys_message_passes_as_it_is() =>
        Assert.Equal("sip/2.0 x⏎⏎y", Text(new SipEvent(new(Payload(output =>
            ControlEvents.Message(output, "u1"u8, Network(1, "", 0, "00:00:00.000000"), default, default, Bytes("sip/2.0 x⏎⏎y"))))).Sip));

    [Fact]
    public void Passing_a_message_on_allocates_nothing()
    {
        var message = SipParser.Parse(Bytes($"MESSAGE sip:200@203.0.113.9 sip/2.0{Head}⏎a⏎⏎b")).Message!;
        var output = new System.Buffers.ArrayBufferWriter<byte>(4096);
        Assert.Equal(0, Allocations.Of(default, _ =>
        {
            output.ResetWrittenCount();
            ControlEvents.Message(output, "u1"u8, new(MessageSource.Network, 1, MessageTransport.Udp, default, 0, TimeSpan.Zero), default, default, message);
        }));
    }
}
