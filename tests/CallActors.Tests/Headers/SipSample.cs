using System.Text;
using CallActors.Sip.Messages;

namespace CallActors.Tests.Headers;

/// <summary>Messages written as text in tests: line feeds become CRLF.</summary>
internal static class SipSample
{
    public const string Dialog = "From: <sip:alice@example.com>;tag=f\nTo: <sip:bob@example.com>\n";

    public static SipRequest Invite(string more = "", string uri = "sip:bob@example.com", string dialog = Dialog, byte[]? body = null) =>
        Assert.IsType<SipRequest>(Parse($"INVITE {uri} SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa\n{dialog}Call-ID: c@d\nCSeq: 1 INVITE\nContact: <sip:alice@192.0.2.1>\nMax-Forwards: 70\n{more}", body));

    public static SipResponse Response(int status, string more = "", byte[]? body = null) =>
        Assert.IsType<SipResponse>(Parse($"SIP/2.0 {status} Reason\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa\nFrom: <sip:alice@example.com>;tag=f\nTo: <sip:bob@example.com>;tag=t\nCall-ID: c@d\nCSeq: 1 INVITE\n{more}", body));

    private static SipMessage Parse(string head, byte[]? body)
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes((head + "\n").Replace("\n", "\r\n", StringComparison.Ordinal)), .. body ?? []];
        var result = SipParser.Parse(bytes);
        Assert.Equal(SipParseStatus.Message, result.Status);
        return result.Message!;
    }
}
