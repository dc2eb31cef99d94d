using System.Text;
using CallActors.Sip.Messages;
using static CallActors.Sip.Messages.SipRejection;
using static CallActors.Sip.Tests.Messages.SipText;

namespace CallActors.Sip.Tests.Messages;

/// <summary>Rows of what is refused, with the reason, the answer and whether there can be one; and of what just passes.</summary>
public sealed class SipParserRejectionTests
{
    private const string Start = "OPTIONS sip:b@example.com SIP/2.0\n";
    private const string Via = "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\n";
    private const string From = "From: <sip:a@example.com>;tag=f\n";
    private const string To = "To: <sip:b@example.com>\n";
    private const string CallId = "Call-ID: c\n";
    private const string CSeq = "CSeq: 1 OPTIONS\n";
    private const string Rest = Via + From + To + CallId + CSeq;

    public static TheoryData<string, SipRejection, string> Refused => new()
    {
        { "nonsense\n\n", NoStartLine, "" },
        { "OPTIONS\n" + Rest + "\n", NoStartLine, "" },
        { "OPT(IONS sip:b@example.com SIP/2.0\n" + Rest + "\n", NoStartLine, "" },
        { " OPTIONS sip:b@example.com SIP/2.0\n" + Rest + "\n", NoStartLine, "" },
        { "OPTIONS sip:b@example.com\n" + Rest + "\n", BadRequestLine, "400 Bad Request" },
        { "OPTIONS  sip:b@example.com SIP/2.0\n" + Rest + "\n", BadRequestLine, "400 Bad Request" },
        { "OPTIONS sip:b@example.com SIP/2.0 \n" + Rest + "\n", BadRequestLine, "400 Bad Request" },
        { "OPTIONS sip:b@example.com HTTP/1.1\n" + Rest + "\n", BadRequestLine, "400 Bad Request" },
        { "OPTIONS sip:b@example.com SIP/2.\n" + Rest + "\n", BadRequestLine, "400 Bad Request" },
        { "OPTIONS sip:b@example.com SIP/3.0\n" + Rest + "\n", UnsupportedVersion, "505 Version Not Supported" },
        { "OPTIONS sip:b@example.com SIP/2.01\n" + Rest + "\n", UnsupportedVersion, "505 Version Not Supported" },
        { "OPTIONS example.com SIP/2.0\n" + Rest + "\n", BadRequestUri, "400 Bad Request" },
        { "OPTIONS 5551212 SIP/2.0\n" + Rest + "\n", BadRequestUri, "400 Bad Request" },
        { "OPTIONS sip:b@ SIP/2.0\n" + Rest + "\n", BadRequestUri, "400 Bad Request" },
        { "OPTIONS sip: SIP/2.0\n" + Rest + "\n", BadRequestUri, "400 Bad Request" },
        { "OPTIONS sip:%s@example.com SIP/2.0\n" + Rest + "\n", BadRequestUri, "400 Bad Request" },
        { "OPTIONS sip:b@.example.com SIP/2.0\n" + Rest + "\n", BadRequestUri, "400 Bad Request" },
        { "OPTIONS sip:b@[2001:db8::1::2] SIP/2.0\n" + Rest + "\n", BadRequestUri, "400 Bad Request" },
        { "OPTIONS tel:nobody SIP/2.0\n" + Rest + "\n", BadRequestUri, "400 Bad Request" },
        { "OPTIONS sip:b@example.com:65536 SIP/2.0\n" + Rest + "\n", BadRequestUri, "400 Bad Request" },
        { "OPTIONS sip:b@example.com: SIP/2.0\n" + Rest + "\n", BadRequestUri, "400 Bad Request" },
        { "OPTIONS sip:b@[2001:db8::1 SIP/2.0\n" + Rest + "\n", BadRequestUri, "400 Bad Request" },
        { "OPTIONS sip:b@c@example.com SIP/2.0\n" + Rest + "\n", BadRequestUri, "400 Bad Request" },
        { "OPTIONS <sip:b@example.com> SIP/2.0\n" + Rest + "\n", BadRequestUri, "400 Bad Request" },
        { "OPTIONS sip:b@example.com?a=b SIP/2.0\n" + Rest + "\n", HeadersInRequestUri, "400 Bad Request" },
        { "OPTIONS sip:b@example.com;x?a=b SIP/2.0\n" + Rest + "\n", HeadersInRequestUri, "400 Bad Request" },

        { Start + From + To + CallId + CSeq + "\n", MissingHeader, "" },
        { Start + Via + To + CallId + CSeq + "\n", MissingHeader, "400 Bad From Header" },
        { Start + Via + From + CallId + CSeq + "\n", MissingHeader, "400 Bad To Header" },
        { Start + Via + From + To + CSeq + "\n", MissingHeader, "400 Bad Call-ID Header" },
        { Start + Via + From + To + CallId + "\n", MissingHeader, "400 Bad CSeq Header" },

        { Start + Rest + "No colon here\n\n", BadHeaderLine, "400 Bad Request" },
        { Start + Rest + ": no name\n\n", BadHeaderLine, "400 Bad Request" },
        { Start + Rest + "Two words: x\n\n", BadHeaderLine, "400 Bad Request" },
        { Start + Rest + "Odd(name): x\n\n", BadHeaderLine, "400 Bad Request" },
        { Start + Rest + "Folded\n : x\n\n", BadHeaderLine, "400 Bad Request" },
        { Start + " folded start line\n" + Rest + "\n", BadHeaderLine, "400 Bad Request" },
        { Start + "No colon here\n" + Rest + "\n", BadHeaderLine, "400 Bad Request" },

        { Start + Rest.Replace("/UDP", "", StringComparison.Ordinal) + "\n", BadVia, "400 Bad Via Header" },
        { Start + Rest.Replace("SIP/2.0/UDP", "SIP/3.0/UDP", StringComparison.Ordinal) + "\n", BadVia, "400 Bad Via Header" },
        { Start + Rest.Replace("SIP/2.0/UDP", "HTTP/2.0/UDP", StringComparison.Ordinal) + "\n", BadVia, "400 Bad Via Header" },
        { Start + Rest.Replace("192.0.2.1;", ";", StringComparison.Ordinal) + "\n", BadVia, "400 Bad Via Header" },
        { Start + Rest.Replace("192.0.2.1;", "192.0.2.1:99999;", StringComparison.Ordinal) + "\n", BadVia, "400 Bad Via Header" },
        { Start + Rest.Replace("192.0.2.1;", "2001:db8::1;", StringComparison.Ordinal) + "\n", BadVia, "400 Bad Via Header" },
        { Start + Rest.Replace("192.0.2.1;", "[2001:db8::1;", StringComparison.Ordinal) + "\n", BadVia, "400 Bad Via Header" },
        { Start + Rest.Replace("192.0.2.1;", "192.0.2.1;;", StringComparison.Ordinal) + "\n", BadVia, "400 Bad Via Header" },
        { Start + Rest.Replace("192.0.2.1;", "192.0.2.1;branch=x;", StringComparison.Ordinal) + "\n", BadVia, "400 Bad Via Header" },
        { Start + Rest.Replace("192.0.2.1;", "192.0.2.1;rport;RPORT=5;", StringComparison.Ordinal) + "\n", BadVia, "400 Bad Via Header" },
        { Start + Rest.Replace("192.0.2.1;", "192.0.2.1;rport=65536;", StringComparison.Ordinal) + "\n", BadVia, "400 Bad Via Header" },
        { Start + Rest.Replace("192.0.2.1;", "[2001:db8:1];", StringComparison.Ordinal) + "\n", BadVia, "400 Bad Via Header" },
        { Start + Rest.Replace("192.0.2.1;", "192.0.2.1;received=1.2.3.4;received=1.2.3.5;", StringComparison.Ordinal) + "\n", BadVia, "400 Bad Via Header" },
        { Start + Rest.Replace("z9hG4bKa", "", StringComparison.Ordinal) + "\n", BadVia, "400 Bad Via Header" },
        { Start + Rest.Replace("z9hG4bKa", "\"z9hG4bKa\"", StringComparison.Ordinal) + "\n", BadVia, "400 Bad Via Header" },
        { Start + Rest.Replace("z9hG4bKa", "z9hG4bKa junk", StringComparison.Ordinal) + "\n", BadVia, "400 Bad Via Header" },
        { Start + "Via:\n" + Rest + "\n", BadVia, "400 Bad Via Header" },
        { Start + Rest.Replace("z9hG4bKa", "z9hG4bK", StringComparison.Ordinal) + "\n", BadBranch, "400 Bad Via Header" },

        { Start + Rest.Replace(From, "From: a\n", StringComparison.Ordinal) + "\n", BadFrom, "400 Bad From Header" },
        { Start + Rest.Replace(From, "From: \n", StringComparison.Ordinal) + "\n", BadFrom, "400 Bad From Header" },
        { Start + Rest.Replace(From, "From: <>;tag=f\n", StringComparison.Ordinal) + "\n", BadFrom, "400 Bad From Header" },
        { Start + Rest.Replace(From, "From: <sip:a@b;tag=f\n", StringComparison.Ordinal) + "\n", BadFrom, "400 Bad From Header" },
        { Start + Rest.Replace(From, "From: <sip:a@b>;tag=f;tag=g\n", StringComparison.Ordinal) + "\n", BadFrom, "400 Bad From Header" },
        { Start + Rest.Replace(From, "From: <sip:a@b>;tag\n", StringComparison.Ordinal) + "\n", BadFrom, "400 Bad From Header" },
        { Start + Rest.Replace(From, "From: <sip:a@b>;tag=\n", StringComparison.Ordinal) + "\n", BadFrom, "400 Bad From Header" },
        { Start + Rest.Replace(From, "From: <sip:a@b>, <sip:c@d>\n", StringComparison.Ordinal) + "\n", BadFrom, "400 Bad From Header" },
        { Start + Rest.Replace(From, "From: <sip:a@b> junk\n", StringComparison.Ordinal) + "\n", BadFrom, "400 Bad From Header" },
        { Start + Rest.Replace(From, "From: \"a <sip:a@b>;tag=f\n", StringComparison.Ordinal) + "\n", BadFrom, "400 Bad From Header" },
        { Start + Rest.Replace(From, "From: \"a\" b <sip:a@b>;tag=f\n", StringComparison.Ordinal) + "\n", BadFrom, "400 Bad From Header" },
        { Start + Rest.Replace(From, "From: Doe; Jane <sip:a@b>;tag=f\n", StringComparison.Ordinal) + "\n", BadFrom, "400 Bad From Header" },
        { Start + Rest.Replace(From, "From: <sip:a@b>;tag=f\u0001\n", StringComparison.Ordinal) + "\n", BadFrom, "400 Bad From Header" },
        { Start + Rest.Replace(From, "From: sip:a@b?x=y;tag=f\n", StringComparison.Ordinal) + "\n", BadFrom, "400 Bad From Header" },
        { Start + Rest.Replace(To, "To: Doe, Jane <sip:a@b>\n", StringComparison.Ordinal) + "\n", BadTo, "400 Bad To Header" },
        { Start + Rest.Replace(CallId, "Call-ID: \n", StringComparison.Ordinal) + "\n", BadCallId, "400 Bad Call-ID Header" },
        { Start + Rest.Replace(CallId, "Call-ID: a b\n", StringComparison.Ordinal) + "\n", BadCallId, "400 Bad Call-ID Header" },
        { Start + Rest.Replace(CallId, "Call-ID: a|b@c\n", StringComparison.Ordinal) + "\n", BadCallId, "400 Bad Call-ID Header" },
        { Start + Rest.Replace(From, "From: <sip:a@b>;tag=f|g\n", StringComparison.Ordinal) + "\n", BadFrom, "400 Bad From Header" },
        { Start + Rest.Replace(To, "To: <sip:a@b>;tag=f|g\n", StringComparison.Ordinal) + "\n", BadTo, "400 Bad To Header" },
        { Start + Rest.Replace(CSeq, "CSeq: OPTIONS\n", StringComparison.Ordinal) + "\n", BadCSeq, "400 Bad CSeq Header" },
        { Start + Rest.Replace(CSeq, "CSeq: 1\n", StringComparison.Ordinal) + "\n", BadCSeq, "400 Bad CSeq Header" },
        { Start + Rest.Replace(CSeq, "CSeq: 1OPTIONS\n", StringComparison.Ordinal) + "\n", BadCSeq, "400 Bad CSeq Header" },
        { Start + Rest.Replace(CSeq, "CSeq: -1 OPTIONS\n", StringComparison.Ordinal) + "\n", BadCSeq, "400 Bad CSeq Header" },
        { Start + Rest.Replace(CSeq, "CSeq: 2147483648 OPTIONS\n", StringComparison.Ordinal) + "\n", BadCSeq, "400 Bad CSeq Header" },
        { Start + Rest.Replace(CSeq, "CSeq: 1 OPTIONS x\n", StringComparison.Ordinal) + "\n", BadCSeq, "400 Bad CSeq Header" },
        { Start + Rest.Replace(CSeq, "CSeq: 1 options\n", StringComparison.Ordinal) + "\n", CSeqMethodMismatch, "400 Bad CSeq Header" },
        { Start + Rest + "Max-Forwards: 256\n\n", BadMaxForwards, "400 Bad Max-Forwards Header" },
        { Start + Rest + "Max-Forwards: many\n\n", BadMaxForwards, "400 Bad Max-Forwards Header" },
        { Start + Rest + "Max-Forwards:\n\n", BadMaxForwards, "400 Bad Max-Forwards Header" },
        { Start + Rest + "Contact: sip:a@b?x=y\n\n", BadContact, "400 Bad Contact Header" },
        { Start + Rest + "Contact: nobody\n\n", BadContact, "400 Bad Contact Header" },
        { Start + Rest + "Contact: *, <sip:a@b>\n\n", BadContact, "400 Bad Contact Header" },
        { Start + Rest + "Contact: <sip:a@b>,\n\n", BadContact, "400 Bad Contact Header" },
        { Start + Rest + "Contact: <sip:a@b>\nm: <sip:a@b>;;\n\n", BadContact, "400 Bad Contact Header" },
        { Start + Rest + "Content-Length: x\n\n", BadContentLength, "400 Bad Content-Length Header" },
        { Start + Rest + "Content-Length:\n\n", BadContentLength, "400 Bad Content-Length Header" },
        { Start + Rest + "Content-Length: -1\n\n", BadContentLength, "400 Bad Content-Length Header" },
        { Start + Rest + "Content-Length: +1\n\nx", BadContentLength, "400 Bad Content-Length Header" },
        { Start + Rest + "Content-Length: 1 1\n\nx", BadContentLength, "400 Bad Content-Length Header" },
        { Start + Rest + "Content-Length: 4294967296\n\n", BadContentLength, "400 Bad Content-Length Header" },
        { Start + Rest + "Content-Length: 1\n\n", BodyTruncated, "400 Bad Content-Length Header" },
        { Start + Rest + "Content-Length: 2147483647\n\n", MessageTooLarge, "413 Request Entity Too Large" },
        { Start + Rest + "Content-Length: 0\nl: 1\n\nx", RepeatedHeader, "400 Bad Content-Length Header" },
        { Start + Rest + From + "\n", RepeatedHeader, "400 Bad From Header" },
        { Start + Rest + "t: <sip:b@c>\n\n", RepeatedHeader, "400 Bad To Header" },
        { Start + Rest + "i: c\n\n", RepeatedHeader, "400 Bad Call-ID Header" },
        { Start + Rest + CSeq + "\n", RepeatedHeader, "400 Bad CSeq Header" },
        { Start + Rest + "Expires: 1\nExpires: 1\n\n", RepeatedHeader, "400 Bad Expires Header" },
        { Start + Rest + "x: 90\nSession-Expires: 90\n\n", RepeatedHeader, "400 Bad Session-Expires Header" },

        { Start + Rest, HeadersUnterminated, "400 Bad Request" },
        { Start, HeadersUnterminated, "" },
        { "SIP/2.0 99 Low\n" + Rest + "\n", BadStatusLine, "" },
        { "SIP/2.0 700 High\n" + Rest + "\n", BadStatusLine, "" },
        { "SIP/2.0 2000 Long\n" + Rest + "\n", BadStatusLine, "" },
        { "SIP/2.0  200 OK\n" + Rest + "\n", BadStatusLine, "" },
        { "SIP/2.0 OK\n" + Rest + "\n", BadStatusLine, "" },
        { "SIP/2.0\n" + Rest + "\n", BadStatusLine, "" },
        { "SIP/1.0 200 OK\n" + Rest + "\n", UnsupportedVersion, "" },
        { "SIP/2.0 200 OK\n" + Via + To + CallId + CSeq + "\n", MissingHeader, "" },
        { Start.Replace("OPTIONS", "ACK", StringComparison.Ordinal) + Rest + "\n", CSeqMethodMismatch, "" },
        { "\n\n\n", Empty, "" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_is_wrong_gets_its_reason_and_its_answer(string text, SipRejection reason, string answer)
    {
        var result = SipParser.Parse(Bytes(text));

        Assert.Equal((SipParseStatus.Broken, reason), (result.Status, result.Error.Reason));
        Assert.Equal(answer.Length > 0, result.CanBeAnswered);
        Assert.InRange(result.Error.Offset, 0, Bytes(text).Length);
        if (answer.Length > 0) Assert.Equal(answer, $"{result.Error.Status} {Encoding.ASCII.GetString(result.Error.Phrase)}");
    }

    public static TheoryData<string> Passing => new()
    {
        { "OPTIONS sip:example.com SIP/2.0\n" + Rest + "\n" },
        { "OPTIONS SIPS:b@[2001:db8::1]:5061;lr SIP/2.0\n" + Rest + "\n" },
        { "OPTIONS sip:a?b;c=d:e@example.com:5060;transport=udp sip/2.0\n" + Rest + "\n" },
        { "OPTIONS tel:+49-89-1;phone-context=x SIP/2.0\n" + Rest + "\n" },
        { "OPTIONS urn:service:sos SIP/2.0\n" + Rest + "\n" },
        { "\n\n" + Start + Rest + "\n" },
        { Start + Rest + "Empty:\nAlso empty :   \n\n".Replace("Also empty", "Also-empty", StringComparison.Ordinal) },
        { Start + Rest + "Folded:\n  a\n\tb\n\n" },
        { Start + Rest + "Subject: one\nSubject: two\nUser-Agent: x\nUser-Agent: y\n\n" },
        { Start + Rest + "Contact: *\n\n" },
        { Start + Rest + "Contact: sip:a@b;expires=3, \"x,y\" <sip:c@d?e=f>;q=0.1\nm: a b <tel:1>\n\n" },
        { Start + Rest + "Content-Length: 0000\n\nleft over" },
        { Start + Rest + "Max-Forwards: 0255\n\n" },
        { Start + Rest + "\nbody without a length" },
        { Start + Rest.Replace("z9hG4bKa", "1", StringComparison.Ordinal) + "\n" },
        { Start + Rest.Replace(";branch=z9hG4bKa", "", StringComparison.Ordinal) + "\n" },
        { Start + Rest.Replace("192.0.2.1;", "under_score.example:5060 ;ttl=1;maddr=224.0.0.1;x=\"a;b,c\";", StringComparison.Ordinal) + "\n" },
        { Start + Rest.Replace("192.0.2.1;", "[2001:db8:::192.0.2.1]:5060;", StringComparison.Ordinal) + "\n" },
        { Start + Rest.Replace("z9hG4bKa", "z9hG4bKa, junk", StringComparison.Ordinal) + "\n" },
        { Start + Rest.Replace(From, "From: J\u00fcrgen (x) [y] <sip:a@b>;tag=f\u00fc\n", StringComparison.Ordinal) + "\n" },
        { Start + Rest.Replace(From, "From: sip:a@b\n", StringComparison.Ordinal) + "\n" },
        { Start + Rest.Replace(From, "From: \"\\\"\" <sip:a@b>;x=\"tag=y\";TAG=f@=g\n", StringComparison.Ordinal) + "\n" },
        { Start + Rest.Replace(CSeq, "CSeq: 2147483647\t \n OPTIONS\n", StringComparison.Ordinal) + "\n" },
    };

    [Theory]
    [MemberData(nameof(Passing))]
    public void What_is_allowed_passes_and_is_a_fixed_point(string text) => FixedPoint.Check(Accepted(Bytes(text)));

    [Theory]
    [InlineData("SIP/2.0 200 \n", "")]
    [InlineData("SIP/2.0 200\n", "")]
    [InlineData("sip/2.0 200 fine  \n", "fine  ")]
    public void A_status_line_may_lack_its_phrase(string start, string phrase) =>
        Assert.Equal(phrase, Text(Response(start + Rest + "\n").ReasonPhrase));

    [Fact]
    public void A_response_with_a_bad_contact_still_counts() =>
        Assert.True(Response("SIP/2.0 200 OK\n" + Rest + "Contact: nobody\n\n").IsSuccess);

    [Fact]
    public void The_first_error_is_the_one_reported_and_the_rest_is_read_all_the_same()
    {
        var result = SipParser.Parse(Bytes(Start + "junk\n" + Rest.Replace("CSeq: 1", "CSeq: x", StringComparison.Ordinal) + "\n"));
        var request = Assert.IsType<SipRequest>(result.Message);

        Assert.Equal(new SipParseError(BadHeaderLine, 35), result.Error);
        Assert.Equal(("c", "f", "z9hG4bKa"), (Text(request.CallId), Text(request.FromTag), Text(request.Branch)));
    }

    [Fact]
    public void A_lone_line_break_or_nul_is_refused_wherever_it_stands()
    {
        foreach (var (evil, reason) in new[] { ("\r", LoneLineBreak), ("\n", LoneLineBreak), ("\0", NulOctet) })
        {
            foreach (var header in new[] { $"X: a{evil}b", $"X{evil}: a", $"X: a{evil}", $"{evil}X: a", $"X: a{evil}Via: SIP/2.0/UDP evil" })
            {
                var bytes = Encoding.Latin1.GetBytes($"OPTIONS sip:b@c SIP/2.0\r\n{Rest.Replace("\n", "\r\n", StringComparison.Ordinal)}{header}\r\n\r\n");
                var result = SipParser.Parse(bytes);
                Assert.Equal(reason, result.Error.Reason);
                Assert.False(result.Message!.TryFind("X"u8, out _));
                Assert.Equal(1, result.Message.Count(SipHeaderId.Via));
            }
        }

        Assert.Equal(LoneLineBreak, SipParser.Parse(Encoding.Latin1.GetBytes("OPTIONS sip:b@c SIP/2.0\nVia: x\n\n")).Error.Reason);
    }

    [Fact]
    public void A_nul_is_allowed_as_a_quoted_pair() =>
        Assert.Equal("f", Text(Request(Start + Rest.Replace("From: ", "From: \"\\\0\" ", StringComparison.Ordinal) + "\n").FromTag));

    [Fact]
    public void Every_reason_has_a_status_and_a_phrase()
    {
        foreach (var reason in Enum.GetValues<SipRejection>())
        {
            Assert.Contains(SipRejections.Status(reason), new[] { 400, 413, 416, 505 });
            Assert.False(SipRejections.Phrase(reason).IsEmpty);
        }

        Assert.Equal("Bad Via Header", Encoding.ASCII.GetString(SipRejections.Phrase(BadVia)));
        Assert.Equal("Bad Expires Header", Encoding.ASCII.GetString(SipRejections.Phrase(RepeatedHeader, SipHeaderId.Expires)));
    }
}
