using CallActors.Sip.Messages;
using static CallActors.Sip.Tests.Messages.SipText;

namespace CallActors.Sip.Tests.Messages;

public sealed class SipParserTests
{
    [Fact]
    public void The_sample_is_read_whole()
    {
        Assert.Equal(900, InviteSample.Bytes.Length);
        var invite = Request(InviteSample.Bytes);

        Assert.Equal(SipMethod.Invite, invite.Method);
        Assert.Equal("INVITE", Text(invite.MethodName));
        Assert.Equal("sip:+498912345678@gateway.example.com;user=phone", Text(invite.RequestUri));
        Assert.Equal("sip", Text(invite.RequestUriScheme));
        Assert.Equal("3848276298220188511@192.0.2.101", Text(invite.CallId));
        Assert.Equal("9fxced76sl", Text(invite.FromTag));
        Assert.True(invite.ToTag.IsEmpty);
        Assert.Equal("z9hG4bK2d4790.1", Text(invite.Branch));
        Assert.Equal("198.51.100.23:5060", Text(invite.SentBy));
        Assert.Equal((102u, SipMethod.Invite), (invite.CSeq, invite.CSeqMethod));
        Assert.Equal(15, invite.HeaderCount);
        Assert.Equal(2, invite.Count(SipHeaderId.Via));
        Assert.Equal("application/sdp", Text(invite.First(SipHeaderId.ContentType)));
        Assert.StartsWith("v=0\r\n", Text(invite.Body), StringComparison.Ordinal);
        Assert.True(invite.Bytes.SequenceEqual(InviteSample.Bytes));
    }

    [Fact]
    public void A_response_is_read()
    {
        var ringing = Response($"SIP/2.0 180 Es klingelt\n{Usual.Replace("example.com>\nCall", "example.com>;tag=t\nCall", StringComparison.Ordinal)}CSeq: 7 INVITE\n\n");

        Assert.Equal((180, "Es klingelt", "t"), (ringing.StatusCode, Text(ringing.ReasonPhrase), Text(ringing.ToTag)));
        Assert.True(ringing is { IsProvisional: true, IsFinal: false, IsSuccess: false, IsRejection: false });
        Assert.Equal(SipMethod.Invite, ringing.CSeqMethod);
    }
}
