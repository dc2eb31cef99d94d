using CallActors.Sip.Messages;
using static CallActors.Sip.Tests.Messages.SipText;

namespace CallActors.Sip.Tests.Messages;

/// <summary>The IPv6 cases of RFC 5118 in messages of our own: one property each, and what becomes of it.</summary>
public sealed class Rfc5118Tests
{
    private const string Rest = "Max-Forwards: 70\nFrom: sip:user@example.com;tag=81x2\nTo: sip:user@example.com\nCall-ID: one@192.0.2.1\nCSeq: 112 REGISTER\n";
    private const string Via = "Via: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111\n";

    [Fact]
    public void Section_4_1_a_reference_in_brackets_is_accepted()
    {
        var request = Register("sip:[2001:db8::10]", Via + Rest + "Contact: \"Caller\" <sip:caller@[2001:db8::1]>\n");
        Assert.Equal("[2001:db8::9:1]", Text(request.SentBy));
        Assert.Equal("sip:[2001:db8::10]", Text(request.RequestUri));
    }

    [Fact]
    public void Section_4_2_an_address_without_brackets_in_the_request_uri_is_refused()
    {
        var result = SipParser.Parse(Bytes($"REGISTER sip:2001:db8::10 SIP/2.0\n{Via}{Rest}\n"));
        Assert.Equal((SipRejection.BadRequestUri, 400, true), (result.Error.Reason, result.Error.Status, result.CanBeAnswered));
    }

    [Theory]
    [InlineData("sip:[2001:db8::10:5070]")]
    [InlineData("sip:[2001:db8::10]:5070")]
    public void Sections_4_3_and_4_4_a_port_is_what_stands_behind_the_brackets(string uri) => Assert.Equal(uri, Text(Register(uri, Via + Rest).RequestUri));

    [Theory]
    [InlineData("received=[2001:db8::9:255]")]
    [InlineData("received=2001:db8::9:255")]
    public void Section_4_5_received_is_read_with_and_without_brackets_and_written_without(string received)
    {
        var bytes = Bytes($"REGISTER sip:[2001:db8::10] SIP/2.0\n{Via.Replace("branch", received + ";branch", StringComparison.Ordinal)}{Rest}\n");
        Assert.Equal("z9hG4bKas3-111", Text(Request(bytes).Branch));
        var stamped = SipParser.Parse(bytes, new ViaStamp("2001:db8::7"u8, 5061)).Message!;
        Assert.Equal("SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111;received=2001:db8::7;rport=5061", Text(stamped.First(SipHeaderId.Via)));
    }

    [Fact]
    public void Section_4_6_addresses_in_a_session_description_are_no_business_of_the_parser()
    {
        var body = "v=0\r\no=assistant 971731711378798081 0 IN IP6 2001:db8::20\r\ns=-\r\nc=IN IP6 2001:db8::20\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\n";
        var request = Register("sip:[2001:db8::10]", Via + Rest + $"Content-Type: application/sdp\nContent-Length: {body.Length}\n", body);
        Assert.Equal(body, Text(request.Body));
    }

    [Fact]
    public void Section_4_7_addresses_of_both_families_stand_side_by_side()
    {
        var request = Register("sip:user@example.com", Via + "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKb\n" + Rest +
            "Record-Route: <sip:[2001:db8::10];lr>, <sip:192.0.2.2:5060;lr>\nm: <sip:user@[2001:db8::9:1]>, <sip:user@192.0.2.1>\n");
        var routes = 0;
        foreach (var _ in request.Values(SipHeaderId.RecordRoute)) routes++;
        Assert.Equal((2, 2), (routes, request.Count(SipHeaderId.Via)));
    }

    [Fact]
    public void Section_4_8_two_families_in_one_session_description_are_kept()
    {
        var body = "v=0\r\no=bob 280744730 28977631 IN IP4 host.example.com\r\ns=-\r\nt=0 0\r\nm=audio 22334 RTP/AVP 0\r\nc=IN IP4 192.0.2.1\r\nm=video 6024 RTP/AVP 107\r\nc=IN IP6 2001:db8::1\r\n";
        Assert.Equal(body, Text(Register("sip:[2001:db8::10]", Via + Rest + $"l: {body.Length}\n", body).Body));
    }

    [Fact]
    public void Section_4_9_an_ipv4_address_may_be_mapped() =>
        Assert.Equal("[::ffff:192.0.2.10]:19823", Text(Register("sip:[2001:db8::10]", Via.Replace("[2001:db8::9:1]", "[::ffff:192.0.2.10]:19823", StringComparison.Ordinal) + Rest +
            "Contact: \"T. desk phone\" <sip:ted@[::ffff:192.0.2.2]>\n").SentBy));

    [Theory]
    [InlineData("[2001:db8:::192.0.2.1]")]
    [InlineData("[2001:db8::192.0.2.1]")]
    public void Section_4_10_the_three_colons_of_the_old_grammar_are_tolerated(string host)
    {
        var request = Register($"sip:user@{host}", Via.Replace("[2001:db8::9:1]", host, StringComparison.Ordinal) + Rest);
        Assert.Equal(host, Text(request.SentBy));
    }

    private static SipRequest Register(string uri, string headers, string body = "")
    {
        var request = Request($"REGISTER {uri} SIP/2.0\n{headers}\n{body}");
        FixedPoint.Check(request);
        return request;
    }
}
