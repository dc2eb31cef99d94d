using CallActors.Sip.Messages;
using static CallActors.Sip.Messages.SipRejection;
using static CallActors.Sip.Tests.Messages.SipText;

namespace CallActors.Sip.Tests.Messages;

public sealed class SipMessageBuilderTests
{
    [Fact]
    public void A_request_is_written_and_known_without_a_parse()
    {
        var builder = Begin().BeginHeader(SipHeaderId.Contact).Append("<sip:a@192.0.2.1:"u8).Append(5060).Append(">"u8).EndHeader()
            .Header("x-custom"u8, "  padded \t"u8);
        var request = builder.ToRequest("v=0"u8);

        Assert.Equal(
            "OPTIONS sip:b@c SIP/2.0\r\nVia: SIP/2.0/UDP h:1;branch=z9hG4bKa;rport\r\nFrom: <sip:a@b>;tag=f\r\nTo: <sip:b@c>\r\nCall-ID: id\r\n" +
            "CSeq: 5 OPTIONS\r\nContact: <sip:a@192.0.2.1:5060>\r\nx-custom: padded\r\nContent-Length: 3\r\n\r\nv=0",
            Text(request.Bytes));
        Assert.Equal(None, builder.Rejection);
        Assert.Equal(
            ("id", "f", "", "z9hG4bKa", "h:1", 5u, SipMethod.Options, SipMethod.Options),
            (Text(request.CallId), Text(request.FromTag), Text(request.ToTag), Text(request.Branch), Text(request.SentBy), request.CSeq, request.CSeqMethod, request.Method));
        Assert.Equal("3", Text(request.First(SipHeaderId.ContentLength)));
        Assert.Equal("padded", Text(request.Header(6).Value));
        FixedPoint.Check(request);
    }

    [Fact]
    public void It_begins_anew_with_each_start_line()
    {
        var builder = Begin().Header("Broken name"u8, "x"u8);
        Assert.Equal(BadHeaderLine, builder.Rejection);
        var first = builder.ToRequest("body"u8).Bytes.ToArray();
        builder.Response(200, "Fine"u8).Header(SipHeaderId.Subject, "s"u8);
        Assert.Equal(None, builder.Rejection);
        Assert.Equal("SIP/2.0 200 Fine\r\nSubject: s\r\nContent-Length: 0\r\n\r\n", Text(builder.ToResponse().Bytes));
        Assert.Equal((MissingHeader, SipHeaderId.Via), (builder.Rejection, builder.RejectedHeader));
        Assert.EndsWith("\r\n\r\nbody", Text(first), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\r\nVia: evil")]
    [InlineData("a\nVia: evil")]
    [InlineData("a\rVia: evil")]
    [InlineData("a\r\n\r\nbody")]
    [InlineData("a\0b")]
    [InlineData("a\r\n b\r\nc")]
    public void A_value_cannot_begin_a_line_of_its_own(string value)
    {
        var builder = Begin().Header("X"u8, System.Text.Encoding.Latin1.GetBytes(value)).Header("Y"u8, "y"u8);
        var request = builder.ToRequest();
        Assert.Contains(builder.Rejection, new[] { LoneLineBreak, NulOctet });
        Assert.False(request.TryFind("X"u8, out _));
        Assert.True(request.TryFind("Y"u8, out _));
        Assert.Equal(1, SipParser.Parse(request.Bytes).Message!.Count(SipHeaderId.Via));
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("colon:")]
    [InlineData("line\r\nbreak")]
    [InlineData("\u00fcber")]
    public void A_name_that_is_no_token_is_left_out(string name)
    {
        var builder = Begin().Header(System.Text.Encoding.Latin1.GetBytes(name), "x"u8);
        Assert.Equal(BadHeaderLine, builder.Rejection);
        Assert.Equal(6, builder.ToRequest().HeaderCount);
    }

    [Fact]
    public void A_start_line_cannot_hold_a_line_break()
    {
        var builder = new SipMessageBuilder().Request("OPTIONS"u8, "sip:a\r\nVia: evil"u8);
        Assert.Equal(LoneLineBreak, builder.Rejection);
        Assert.StartsWith("OPTIONS sip:a SIP/2.0\r\nContent", Text(builder.ToRequest().Bytes), StringComparison.Ordinal);
        Assert.StartsWith("SIP/2.0 486 Busy Here\r\nContent", Text(builder.Response(486, "x\r\ny"u8).ToResponse().Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Folding_is_kept_as_it_is()
    {
        var request = Begin().Header(SipHeaderId.Subject, "a\r\n b\r\n\tc"u8).ToRequest();
        Assert.Equal("a\r\n b\r\n\tc", Text(request.First(SipHeaderId.Subject)));
        FixedPoint.Check(request);
    }

    public static TheoryData<SipHeaderId, string, SipRejection> Defects => new()
    {
        { SipHeaderId.Contact, "nobody", BadContact },
        { SipHeaderId.MaxForwards, "x", BadMaxForwards },
        { SipHeaderId.From, "<sip:x@y>", RepeatedHeader },
        { SipHeaderId.CSeq, "5 OPTIONS", RepeatedHeader },
        { SipHeaderId.Subject, "fine", None },
        { SipHeaderId.ContentLength, "77", None },
    };

    [Theory]
    [MemberData(nameof(Defects))]
    public void What_a_parser_would_refuse_is_noted(SipHeaderId id, string value, SipRejection reason)
    {
        var builder = Begin().Header(id, Bytes(value));
        var request = builder.ToRequest();
        Assert.Equal((reason, reason == None ? SipHeaderId.Unknown : id), (builder.Rejection, builder.RejectedHeader));
        Assert.Equal(reason, SipParser.Parse(request.Bytes).Error.Reason);
        Assert.Equal("0", Text(request.First(SipHeaderId.ContentLength)));
    }

    [Fact]
    public void A_cseq_of_another_method_is_noted()
    {
        var builder = new SipMessageBuilder().Request(SipMethod.Bye, "sip:a@b"u8).Header(SipHeaderId.CSeq, "1 INVITE"u8);
        Assert.Equal((CSeqMethodMismatch, SipHeaderId.CSeq), (builder.Rejection, builder.RejectedHeader));
    }

    [Fact]
    public void Fields_are_copied_in_order_and_under_the_canonical_name()
    {
        var from = Request(Options("r: one\nroute : <sip:x>, <sip:y>\nRoute:\n  <sip:z>\n"));
        var copy = Begin().Copy(from, SipHeaderId.Route).Copy(from, SipHeaderId.Warning).CopyFirst(from, SipHeaderId.ReferTo).ToRequest();
        Assert.Equal("Route: <sip:x>, <sip:y>\r\nRoute: <sip:z>\r\nRefer-To: one\r\nContent-Length: 0\r\n\r\n", Text(copy.Bytes)[Text(copy.Bytes).IndexOf("Route", StringComparison.Ordinal)..]);
    }

    [Fact]
    public void Many_headers_and_a_large_body_fit()
    {
        var builder = Begin();
        for (var index = 0; index < 400; index++) builder.BeginHeader("X-A"u8).Append(index).EndHeader();
        var body = new byte[300_000];
        body.AsSpan().Fill((byte)'b');
        var request = builder.ToRequest(body);
        Assert.Equal(406, request.HeaderCount);
        Assert.Equal("399", Text(request.Header(404).Value));
        FixedPoint.Check(request);
    }

    [Fact]
    public void Misuse_is_our_own_mistake_and_throws()
    {
        var builder = new SipMessageBuilder();
        Assert.Throws<InvalidOperationException>(() => builder.Header(SipHeaderId.Subject, "x"u8));
        Assert.Throws<InvalidOperationException>(() => builder.ToRequest());
        Assert.Throws<InvalidOperationException>(() => builder.ToResponse());
        Assert.Throws<InvalidOperationException>(() => builder.Response(200).Append("x"u8));
        Assert.Throws<InvalidOperationException>(() => builder.Response(200).BeginHeader("x"u8).ToResponse());
        Assert.Throws<InvalidOperationException>(() => builder.Response(200).ToRequest());
        Assert.Throws<ArgumentException>(() => builder.Response(200).BeginHeader(SipHeaderId.Unknown));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Response(99));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Response(700));
    }

    private static SipMessageBuilder Begin() => new SipMessageBuilder()
        .Request("OPTIONS"u8, "sip:b@c"u8)
        .Header(SipHeaderId.Via, "SIP/2.0/UDP h:1;branch=z9hG4bKa;rport"u8)
        .Header(SipHeaderId.From, "<sip:a@b>;tag=f"u8)
        .Header(SipHeaderId.To, "<sip:b@c>"u8)
        .Header(SipHeaderId.CallId, "id"u8)
        .Header(SipHeaderId.CSeq, "5 OPTIONS"u8);
}
