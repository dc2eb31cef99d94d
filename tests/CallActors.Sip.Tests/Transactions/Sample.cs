using CallActors.Sip.Messages;

namespace CallActors.Sip.Tests.Transactions;

/// <summary>Messages of a call between Alice and Bob, as the machines' tests need them.</summary>
public static class Sample
{
    public const string Sdp = "v=0\r\no=a 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n";

    public static readonly SipRequest Invite = Request("INVITE", 1);

    public static readonly SipRequest Options = Request("OPTIONS", 1);

    public static SipRequest Ack { get; } = Request("ACK", 1, to: "<sip:bob@example.com>;tag=bob");

    /// <summary>A request of Alice's; <paramref name="more"/> are header lines, each ended by a line feed.</summary>
    public static SipRequest Request(
        string method,
        uint cseq,
        string uri = "sip:bob@example.com",
        string to = "<sip:bob@example.com>",
        string from = "\"Alice\" <sip:alice@example.com>;tag=alice",
        string via = "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKbranch",
        string more = "",
        string body = "") =>
        (SipRequest)Parsed(
            $"{method} {uri} SIP/2.0\nVia: {via}\nMax-Forwards: 70\nFrom: {from}\nTo: {to}\nCall-ID: call@192.0.2.1\nCSeq: {cseq} {method}\n{more}",
            body);

    /// <summary>Bob's response to <paramref name="request"/>.</summary>
    public static SipResponse Answer(SipRequest request, int status, string tag = "bob", string more = "", string body = "")
    {
        var head = Text(request.RespondTo(status, default, status > 100 ? System.Text.Encoding.ASCII.GetBytes(tag) : default).Bytes);
        var lines = head.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("Content-Length: 0\n\n", "", StringComparison.Ordinal);
        return (SipResponse)Parsed(lines + more, body);
    }

    public static string Text(ReadOnlySpan<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes);

    private static SipMessage Parsed(string head, string body)
    {
        var type = body.Length > 0 ? "Content-Type: application/sdp\n" : "";
        var text = head + type + $"Content-Length: {body.Length}\n\n";
        var bytes = System.Text.Encoding.UTF8.GetBytes(text.Replace("\n", "\r\n", StringComparison.Ordinal) + body);
        var result = SipParser.Parse(bytes);
        Assert.Equal(SipParseStatus.Message, result.Status);
        return result.Message!;
    }
}
