using System.Text;
using CallActors.Sip.Messages;

namespace CallActors.Simulation.Scripts;

/// <summary>SIP text as an application writes it.</summary>
internal static class Sip
{
    /// <summary>The response to a request, the way the client library writes it.</summary>
    public static string Answer(int status, SipRequest request, string headers = "", string body = "")
    {
        static string First(SipRequest request, SipHeaderId id) => Encoding.UTF8.GetString(request.First(id));
        return $"SIP/2.0 {status} {Encoding.UTF8.GetString(SipReasonPhrases.Of(status))}\r\ncall-id: {First(request, SipHeaderId.CallId)}\r\ncseq: {First(request, SipHeaderId.CSeq)}\r\n"
            + $"from: {First(request, SipHeaderId.From)}\r\nto: {First(request, SipHeaderId.To)}\r\n{headers}{Body(body)}";
    }

    /// <summary>The end of a message: its body with the headers about it.</summary>
    public static string Body(string body) =>
        (body.Length == 0 ? "" : "Content-Type: application/sdp\r\n") + $"Content-Length: {body.Length}\r\n\r\n{body}";
}
