using System.Text;
using CallActors.Sip.Messages;
using static CallActors.Sip.Tests.Messages.SipText;

namespace CallActors.Sip.Tests.Messages;

/// <summary>RFC 3261 §18.2.1 and RFC 3581 §4: what the receiver notes in the topmost Via.</summary>
public sealed class ViaStampTests
{
    public static TheoryData<string, string, string> Stamps => new()
    {
        // Via as received, source host, Via as kept.
        { "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa", "192.0.2.1", "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa;rport=5099" },
        { "SIP/2.0/UDP 192.0.2.1:5060", "192.0.2.1", "SIP/2.0/UDP 192.0.2.1:5060;rport=5099" },
        { "SIP/2.0/UDP pc.example.com;branch=z9hG4bKa", "192.0.2.1", "SIP/2.0/UDP pc.example.com;branch=z9hG4bKa;received=192.0.2.1;rport=5099" },
        { "SIP/2.0/UDP 192.0.2.1;rport;branch=z9hG4bKa", "192.0.2.1", "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa;received=192.0.2.1;rport=5099" },
        { "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKa;rport", "192.0.2.1", "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKa;received=192.0.2.1;rport=5099" },
        { "SIP/2.0/UDP 10.0.0.1;rport=1;branch=z9hG4bKa;received=6.6.6.6", "192.0.2.1", "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKa;received=192.0.2.1;rport=5099" },
        { "SIP/2.0/UDP 10.0.0.1;received=6.6.6.6;x=y;rport=1;branch=z9hG4bKa", "192.0.2.1", "SIP/2.0/UDP 10.0.0.1;x=y;branch=z9hG4bKa;received=192.0.2.1;rport=5099" },
        { "SIP/2.0/UDP 192.0.2.1;received=6.6.6.6", "192.0.2.1", "SIP/2.0/UDP 192.0.2.1;rport=5099" },
        { "SIP/2.0/UDP a;branch=z9hG4bKa , SIP/2.0/TCP b;rport;received=1.1.1.1", "192.0.2.1", "SIP/2.0/UDP a;branch=z9hG4bKa ;received=192.0.2.1;rport=5099, SIP/2.0/TCP b;rport;received=1.1.1.1" },
        { "SIP / 2.0 / UDP\n 10.0.0.1 ; RPORT ;\n branch = z9hG4bKa", "192.0.2.1", "SIP / 2.0 / UDP\r\n 10.0.0.1  ;\r\n branch = z9hG4bKa;received=192.0.2.1;rport=5099" },
        { "SIP/2.0/UDP [2001:DB8::1]:5060;branch=z9hG4bKa", "2001:db8::1", "SIP/2.0/UDP [2001:DB8::1]:5060;branch=z9hG4bKa;rport=5099" },
        { "SIP/2.0/UDP [2001:db8::1];branch=z9hG4bKa;received=[2001:db8::9]", "2001:db8::2", "SIP/2.0/UDP [2001:db8::1];branch=z9hG4bKa;received=2001:db8::2;rport=5099" },
    };

    [Theory]
    [MemberData(nameof(Stamps))]
    public void The_source_is_written_into_the_topmost_via(string via, string source, string kept)
    {
        // The Via stands first, in the middle and last: whatever is behind it has moved.
        foreach (var place in new[] { 0, 2, 4 })
        {
            var lines = new List<string> { "f: <sip:a@b>;tag=ft", "To: <sip:b@c>;tag=tt", "Call-ID: id@x", "CSeq: 9 OPTIONS", "Subject: y" };
            lines.Insert(place, "Via: " + via);
            lines.Add("Via: SIP/2.0/UDP last;rport");
            var bytes = Bytes($"OPTIONS sip:b@c SIP/2.0\n{string.Join('\n', lines)}\nl: 4\n\nbody");
            var plain = SipParser.Parse(bytes).Message!;

            var result = SipParser.Parse(bytes, new ViaStamp(Encoding.ASCII.GetBytes(source), 5099));
            var request = Assert.IsType<SipRequest>(result.Message);

            Assert.Equal(bytes.Length, result.Consumed);
            Assert.Equal(kept, Text(request.First(SipHeaderId.Via)));
            Assert.Equal("SIP/2.0/UDP last;rport", Text(request.Header(5 + 1).Value));
            Assert.Equal(
                (Text(plain.CallId), Text(plain.FromTag), Text(plain.ToTag), Text(plain.Branch), Text(plain.SentBy), Text(plain.CSeqMethodName)),
                (Text(request.CallId), Text(request.FromTag), Text(request.ToTag), Text(request.Branch), Text(request.SentBy), Text(request.CSeqMethodName)));
            Assert.Equal("body", Text(request.Body));
            Assert.Equal("y", Text(request.First(SipHeaderId.Subject)));
            // The ranges are those that a parse of the stamped bytes finds.
            FixedPoint.Check(request, kept);
            Assert.Equal(Dump(SipParser.Parse(request.Bytes).Message!), Dump(request));
        }
    }

    [Fact]
    public void A_response_is_never_stamped()
    {
        var bytes = Bytes($"SIP/2.0 200 OK\n{Usual}CSeq: 1 OPTIONS\n\n");
        Assert.True(SipParser.Parse(bytes, new ViaStamp("203.0.113.1"u8, 1)).Message!.Bytes.SequenceEqual(bytes));
    }

    [Fact]
    public void A_broken_request_is_stamped_too_so_that_the_answer_finds_its_way()
    {
        var bytes = Bytes("OPTIONS sip:b@c SIP/2.0\nVia: SIP/2.0/UDP host;branch=z9hG4bKa\nCSeq: x\n\nbody");
        var result = SipParser.Parse(bytes, new ViaStamp("203.0.113.1"u8, 65535));
        Assert.True(result.CanBeAnswered);
        Assert.Equal("SIP/2.0/UDP host;branch=z9hG4bKa;received=203.0.113.1;rport=65535", Text(result.Message!.First(SipHeaderId.Via)));
        Assert.True(result.Message.Body.IsEmpty);
    }

    [Fact]
    public void A_via_that_cannot_be_read_stays_as_it_is()
    {
        var bytes = Bytes("OPTIONS sip:b@c SIP/2.0\nVia: SIP/2.0/UDP host;;\nCSeq: 1 OPTIONS\n\n");
        var result = SipParser.Parse(bytes, new ViaStamp("203.0.113.1"u8, 1));
        Assert.Equal(SipRejection.BadVia, result.Error.Reason);
        Assert.Equal("SIP/2.0/UDP host;;", Text(result.Message!.First(SipHeaderId.Via)));
    }

    private static string Dump(SipMessage message)
    {
        var text = new StringBuilder(Text(message.Body));
        for (var index = 0; index < message.HeaderCount; index++)
            text.Append(message.Header(index).Id).Append('|').Append(Text(message.Header(index).Name)).Append('|').AppendLine(Text(message.Header(index).Value));
        return text.ToString();
    }
}
