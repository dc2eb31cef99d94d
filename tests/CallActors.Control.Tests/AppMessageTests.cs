using System.Text;
using CallActors.Sip.Messages;
using CsCheck;

namespace CallActors.Control.Tests;

public sealed class AppMessageTests
{
    [Theory]
    [InlineData("INVITE sip:300@gw.example.net SIP/2.0", "INVITE", "sip:300@gw.example.net")]
    [InlineData("  INVITE   sip:300@gw.example.net\tSIP/2.0  ", "INVITE", "sip:300@gw.example.net")]
    [InlineData("BYE sip:placeholder", "BYE", "sip:placeholder")]
    [InlineData("BYE 5551212 SIP/2.0", "BYE", "5551212")]
    [InlineData("BYE", "BYE", "")]
    [InlineData("BYE SIP/2.0", "BYE", "")]
    [InlineData("BYE sip:a b@c SIP/2.0", "BYE", "")]
    [InlineData("B(E sip:a SIP/2.0", "", "sip:a")]
    [InlineData("", "", "")]
    [InlineData("SIP/2.0 200 OK", "", "")]
    public void A_request_line_has_a_method_and_a_uri(string line, string method, string uri)
    {
        var message = new AppMessage(Wire.Bytes(line + "⏎⏎"));
        Assert.Equal(method, Wire.Text(message.Method));
        Assert.Equal(uri, Wire.Text(message.Uri));
    }

    [Theory]
    [InlineData("SIP/2.0 200 OK", 200, "OK")]
    [InlineData("SIP/2.0 486 Busy Here", 486, "Busy Here")]
    [InlineData("SIP/2.0  603  Décliné ", 603, "Décliné")]
    [InlineData("SIP/2.0 180", 180, "")]
    [InlineData("SIP/2.0 99 x", 0, "x")]
    [InlineData("SIP/2.0 700 x", 0, "x")]
    [InlineData("SIP/2.0 2000 x", 0, "x")]
    [InlineData("SIP/2.0 +20 x", 0, "x")]
    [InlineData("SIP/2.0 20x x", 0, "x")]
    [InlineData("SIP/2.0", 0, "")]
    [InlineData("SIP/", 0, "")]
    [InlineData("INFO 200 OK", 0, "")]
    public void A_status_line_has_a_status_and_a_reason(string line, int status, string reason)
    {
        var message = new AppMessage(Wire.Bytes(line + "⏎Content-Length: 0⏎⏎"));
        Assert.Equal(status, message.Status);
        Assert.Equal(reason, Wire.Text(message.Reason));
    }

    [Fact]
    public void The_body_is_everything_behind_the_first_empty_line_whatever_content_length_says()
    {
        var message = new AppMessage(Wire.Bytes("MESSAGE sip:a SIP/2.0⏎Content-Length: 3⏎⏎Grüße⏎⏎x"));
        Assert.Equal("Grüße⏎⏎x", Wire.Text(message.Body));
        Assert.True(new AppMessage(Wire.Bytes("MESSAGE sip:a SIP/2.0⏎X: y⏎")).Body.IsEmpty);
        Assert.Equal("b", Wire.Text(new AppMessage(Wire.Bytes("ACK sip:a SIP/2.0⏎⏎b")).Body));

        byte[] binary = [0, 0xff, 0xfe, (byte)'\r', (byte)'\n', 0x80];
        byte[] text = [.. "INFO sip:a SIP/2.0\r\nContent-Type: x/y\r\n\r\n"u8, .. binary];
        Assert.True(new AppMessage(text).Body.SequenceEqual(binary));
    }

    public static TheoryData<string, string[]> Heads => new()
    {
        { "call-id: c1⏎cseq: 1 INVITE⏎Content-Length: 0", ["call-id=c1", "cseq=1 INVITE", "Content-Length=0"] },
        { "X-A : 1 ⏎X-A:2⏎x-empty:", ["X-A=1", "X-A=2", "x-empty="] },
        { "a: 1\nb: 2\rc: 3\n\rd: 4", ["a=1", "b=2", "c=3", "d=4"] },
        { "X: one\r\n two: three⏎y: z", ["X=one", "y=z"] },
        { "no colon⏎: nameless⏎two words: x⏎naïve: x⏎from: <sip:a|b@c>;tag=1", ["from=<sip:a|b@c>;tag=1"] },
        { "Subject: a\rVia: SIP/2.0/UDP evil", ["Subject=a", "Via=SIP/2.0/UDP evil"] },
    };

    [Theory, MemberData(nameof(Heads))]
    public void Header_lines_end_at_any_cr_or_lf_and_nothing_is_folded(string head, string[] expected)
    {
        var seen = new List<string>();
        foreach (var header in new AppMessage(Wire.Bytes($"INFO sip:a SIP/2.0⏎{head}⏎⏎body: x")).Headers)
            seen.Add($"{Encoding.UTF8.GetString(header.Name)}={Encoding.UTF8.GetString(header.Value)}");
        Assert.Equal(expected, seen);
    }

    [Fact]
    public void The_first_bad_line_can_be_found_for_the_log()
    {
        Assert.True(new AppMessage("INFO sip:a SIP/2.0\r\nA: 1\r\nnonsense\r\n\r\n"u8).TryFindBadLine(out var line));
        Assert.Equal("nonsense", Wire.Text(line));
        Assert.False(new AppMessage("INFO sip:a SIP/2.0\r\nA: 1\r\n\r\nnonsense"u8).TryFindBadLine(out _));
    }

    [Fact]
    public void A_header_is_found_by_its_name_in_any_case()
    {
        var message = new AppMessage("SIP/2.0 200 OK\r\ncseq: 7 UPDATE\r\nCSEQ: 8 INVITE\r\n\r\n"u8);
        Assert.True(message.TryFind("CSeq"u8, out var value));
        Assert.Equal("7 UPDATE", Wire.Text(value));
        Assert.False(message.TryFind("RSeq"u8, out _));
    }

    [Fact]
    public void A_known_header_is_found_in_its_compact_form_too()
    {
        var message = new AppMessage("SIP/2.0 200 OK\r\nx-mine: 1\r\nm: <sip:a>\r\n\r\n"u8);
        Assert.True(message.TryFind(SipHeaderId.Contact, out var value));
        Assert.Equal("<sip:a>", Wire.Text(value));
        Assert.False(message.TryFind(SipHeaderId.CSeq, out _));
        foreach (var header in message.Headers) Assert.Equal(header.Name.Length == 1 ? SipHeaderId.Contact : SipHeaderId.Unknown, header.Id);
    }

    [Fact]
    public void Whatever_an_application_sends_no_value_can_start_a_line_of_its_own() =>
        Gen.OneOf(Gen.Byte, Gen.Char["ab: \t\r\n"].Select(c => (byte)c)).Array[0, 120].Sample(bytes =>
        {
            var message = new AppMessage(bytes);
            foreach (var header in message.Headers)
                if (header.Name.IsEmpty || header.Name.ContainsAny(" \t\r\n:"u8) || header.Value.ContainsAny((byte)'\r', (byte)'\n')) return false;
            return !message.StartLine.ContainsAny((byte)'\r', (byte)'\n') && !message.Uri.ContainsAny(" \t\r\n"u8)
                && !message.Reason.ContainsAny((byte)'\r', (byte)'\n') && bytes.AsSpan().EndsWith(message.Body);
        }, iter: 5_000);
}
