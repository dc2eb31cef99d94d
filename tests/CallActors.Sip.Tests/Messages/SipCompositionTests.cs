using CallActors.Sip.Messages;
using static CallActors.Sip.Tests.Messages.SipText;

namespace CallActors.Sip.Tests.Messages;

public sealed class SipCompositionTests
{
    [Fact]
    public void A_response_takes_what_identifies_the_request()
    {
        var ringing = Request(InviteSample.Bytes).RespondTo(180, default, "mine"u8);
        Assert.Equal(
            "SIP/2.0 180 Ringing\r\n" +
            "Via: SIP/2.0/UDP 198.51.100.23:5060;branch=z9hG4bK2d4790.1;rport\r\n" +
            "Via: SIP/2.0/UDP 192.0.2.101:5062;branch=z9hG4bK74bf9d1c;received=203.0.113.9;rport=30211\r\n" +
            "Record-Route: <sip:198.51.100.23;lr;ftag=9fxced76sl>\r\n" +
            "From: \"Alice Example\" <sip:alice@example.com>;tag=9fxced76sl\r\n" +
            "To: <sip:+498912345678@example.com;user=phone>;tag=mine\r\n" +
            "Call-ID: 3848276298220188511@192.0.2.101\r\nCSeq: 102 INVITE\r\nContent-Length: 0\r\n\r\n",
            Text(ringing.Bytes));
        Assert.Equal("mine", Text(ringing.ToTag));
        FixedPoint.Check(ringing);
    }

    [Fact]
    public void A_100_has_no_tag_and_no_route_but_the_timestamp()
    {
        var request = Request(Options("Record-Route: <sip:p;lr>\nTimestamp: 54\n"));
        var trying = request.RespondTo(100, default, "mine"u8);
        Assert.True(trying.ToTag.IsEmpty);
        Assert.False(trying.Has(SipHeaderId.RecordRoute));
        Assert.Equal("54", Text(trying.First(SipHeaderId.Timestamp)));
        Assert.False(request.RespondTo(200).Has(SipHeaderId.Timestamp));
    }

    [Fact]
    public void A_tag_that_is_there_stays()
    {
        var request = Request($"BYE sip:b@c SIP/2.0\n{Usual.Replace("To: <sip:b@example.com>", "To: sip:b@c;tag=theirs", StringComparison.Ordinal)}CSeq: 1 BYE\n\n");
        Assert.Equal("theirs", Text(request.RespondTo(200, "Fine"u8, "mine"u8).ToTag));
        Assert.Equal("sip:b@example.com", Text(Request(Options()).RespondTo(404).First(SipHeaderId.To)[1..^1]));
    }

    [Fact]
    public void A_tag_is_added_to_an_address_without_brackets_and_to_a_quoted_semicolon()
    {
        foreach (var to in new[] { "sip:b@c", "sip:b@c ;\n x=y", "\";\" <sip:b@c>", "<sip:b@c;x>" })
        {
            var request = Request($"BYE sip:b@c SIP/2.0\n{Usual.Replace("<sip:b@example.com>", to, StringComparison.Ordinal)}CSeq: 1 BYE\n\n");
            FixedPoint.Check(request.RespondTo(200, default, "mine"u8), to);
        }
    }

    [Fact]
    public void A_to_that_nothing_closes_goes_back_as_it_came()
    {
        var result = SipParser.Parse(Bytes($"BYE sip:b@c SIP/2.0\n{Usual.Replace("<sip:b@example.com>", "\"open <sip:b@c>", StringComparison.Ordinal)}CSeq: 1 BYE\n\n"));
        var answer = ((SipRequest)result.Message!).RespondTo(400, result.Error.Phrase, "mine"u8);
        Assert.Equal("\"open <sip:b@c>", Text(answer.First(SipHeaderId.To)));
        Assert.StartsWith("SIP/2.0 400 Bad To Header\r\n", Text(answer.Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_repeated_headers_the_first_goes_into_the_answer()
    {
        var result = SipParser.Parse(Options("From: <sip:x@y>;tag=x\nTo: <sip:x@y>\nCall-ID: x\nCSeq: 2 OPTIONS\n"));
        var answer = ((SipRequest)result.Message!).RespondTo(400, result.Error.Phrase, "mine"u8);
        FixedPoint.Check(answer);
        Assert.Equal(("f", "c@d", 1u), (Text(answer.FromTag), Text(answer.CallId), answer.CSeq));
    }

    [Fact]
    public void What_is_missing_in_a_broken_request_is_missing_in_the_answer()
    {
        var result = SipParser.Parse(Bytes("INVITE sip:b@c SIP/2.0\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\n\n"));
        Assert.Equal("SIP/2.0 400 Bad From Header\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\r\nContent-Length: 0\r\n\r\n",
            Text(((SipRequest)result.Message!).RespondTo(400, result.Error.Phrase, "t"u8).Bytes));
    }

    [Fact]
    public void An_ack_belongs_to_the_transaction_of_its_invite()
    {
        var invite = Request(Text(InviteSample.Bytes).Replace("Max-Forwards", "Route: <sip:p1;lr>\r\nRoute: <sip:p2;lr>\r\nMax-Forwards", StringComparison.Ordinal));
        var ack = invite.AckFor(invite.RespondTo(486, default, "theirs"u8));
        Assert.Equal(
            "ACK sip:+498912345678@gateway.example.com;user=phone SIP/2.0\r\n" +
            "Via: SIP/2.0/UDP 198.51.100.23:5060;branch=z9hG4bK2d4790.1;rport\r\nMax-Forwards: 70\r\n" +
            "From: \"Alice Example\" <sip:alice@example.com>;tag=9fxced76sl\r\nCall-ID: 3848276298220188511@192.0.2.101\r\nCSeq: 102 ACK\r\n" +
            "To: <sip:+498912345678@example.com;user=phone>;tag=theirs\r\nRoute: <sip:p1;lr>\r\nRoute: <sip:p2;lr>\r\nContent-Length: 0\r\n\r\n",
            Text(ack.Bytes));
        Assert.Equal(SipMethod.Ack, ack.Method);
        FixedPoint.Check(ack);
    }

    [Fact]
    public void A_cancel_is_like_its_invite_and_may_say_why()
    {
        var invite = Request(Options("Route: <sip:p1;lr>\nRequire: 100rel\n").AsSpan());
        var cancel = invite.CancelFor("SIP;cause=200;text=\"Call completed elsewhere\""u8);
        Assert.Equal((SipMethod.Cancel, SipMethod.Cancel, 1u), (cancel.Method, cancel.CSeqMethod, cancel.CSeq));
        Assert.Equal(Text(invite.Branch), Text(cancel.Branch));
        Assert.Equal(Text(invite.First(SipHeaderId.To)), Text(cancel.First(SipHeaderId.To)));
        Assert.True(cancel.Has(SipHeaderId.Route) && cancel.Has(SipHeaderId.Reason) && !cancel.Has(SipHeaderId.Require));
        Assert.False(invite.CancelFor().Has(SipHeaderId.Reason));
        FixedPoint.Check(cancel);
    }

    [Fact]
    public void Only_the_topmost_of_joined_vias_is_ours()
    {
        var invite = Request($"INVITE sip:b@c SIP/2.0\n{Usual.Replace("branch=z9hG4bKa", "branch=z9hG4bKa , SIP/2.0/TCP theirs", StringComparison.Ordinal)}CSeq: 1 INVITE\n\n");
        Assert.Equal("SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa", Text(invite.CancelFor().First(SipHeaderId.Via)));
    }

    [Fact]
    public void Every_status_has_a_phrase()
    {
        for (var status = 100; status < 700; status++) Assert.False(SipReasonPhrases.Of(status).IsEmpty);
        Assert.Equal("Busy Here", Text(SipReasonPhrases.Of(486)));
        Assert.Equal("Request Failure", Text(SipReasonPhrases.Of(499)));
    }
}
