using System.Text;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Harness;

/// <summary>SIP as text, for questions and answers in tests.</summary>
internal static class Text
{
    public const string Sdp = "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";

    public static string Of(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    public static string Header(this SipMessage message, SipHeaderId id) => Of(message.First(id));

    public static string Uri(this SipRequest request) => Of(request.RequestUri);

    public static string End(string body) => (body.Length == 0 ? "" : "Content-Type: application/sdp\r\n") + $"Content-Length: {body.Length}\r\n\r\n{body}";

    /// <summary>A response as the client library writes it.</summary>
    public static string Answer(int status, SipRequest request, string headers = "", string body = "") =>
        $"SIP/2.0 {status} {Of(SipReasonPhrases.Of(status))}\r\ncall-id: {Of(request.CallId)}\r\ncseq: {request.CSeq} {Of(request.MethodName)}\r\n"
        + $"from: {request.Header(SipHeaderId.From)}\r\nto: {request.Header(SipHeaderId.To)}\r\n{headers}{End(body)}";

    /// <summary>A request as the client library writes it, in a dialog.</summary>
    public static string Ask(string method, string headers = "", string body = "") => $"{method} sip:placeholder SIP/2.0\r\n{headers}{End(body)}";

    /// <summary>A new INVITE of an application.</summary>
    public static string Invite(Peer to, string headers = "", string body = Sdp) => $"INVITE sip:far@{to.HostPort} SIP/2.0\r\nFrom: sip:near@localhost\r\n{headers}{End(body)}";
}
