using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using CallActors.Sip;
using CallActors.Sip.Digest;
using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>Answers the digest challenges of a 401 or 407.</summary>
internal static class Challenges
{
    /// <summary>The header fields that answer a response's challenges; false when it has none that we can answer.</summary>
    /// <param name="response">The response.</param>
    /// <param name="credentials">Whose credentials; null answers nothing.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="uri">The digest-uri: the Request-URI.</param>
    /// <param name="body">The request's body, for auth-int.</param>
    /// <param name="answer">The fields.</param>
    public static bool TryAnswer(SipResponse response, Credentials? credentials, string method, string uri, MessageBody? body, out HeaderFields answer)
    {
        answer = [];
        if (credentials is null || response.StatusCode is not (401 or 407)) return false;
        var (asked, given) = response.StatusCode == 401 ? (SipHeaderId.WwwAuthenticate, "Authorization") : (SipHeaderId.ProxyAuthenticate, "Proxy-Authorization");
        var user = new DigestUser(Octets.Of(credentials.User), Octets.Of(credentials.Password));
        var nonce = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
        var target = new ArrayBufferWriter<byte>(512);
        foreach (var challenge in DigestClient.Choose(response, asked))
        {
            target.ResetWrittenCount();
            if (DigestClient.TryAnswer(challenge, user, Encoding.ASCII.GetBytes(method), Encoding.UTF8.GetBytes(uri), body is null ? default : body.Content.Span, nonce, 1, target))
                answer.Add(given, Encoding.UTF8.GetString(target.WrittenSpan));
        }

        return answer.Count > 0;
    }
}
