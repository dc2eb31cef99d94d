using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using CallActors.Sip.Digest;
using CallActors.Sip.Messages;
using CallActors.Targets;

namespace CallActors;

/// <summary>Answers the digest challenges of a 401 or 407 (RFC 7616, 8760).</summary>
internal static class Challenges
{
    /// <summary>Whether a response challenges, and somebody may know the answer.</summary>
    public static bool AreIn(SipResponse response, CredentialsProvider? provider) =>
        provider is not null && ((response.StatusCode == 401 && response.Has(SipHeaderId.WwwAuthenticate)) || (response.StatusCode == 407 && response.Has(SipHeaderId.ProxyAuthenticate)));

    /// <summary>The header fields that answer a response's challenges; null when nobody knows an answer to any.</summary>
    /// <param name="response">The response.</param>
    /// <param name="provider">Who knows credentials.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="uri">The request's URI as it was sent.</param>
    /// <param name="body">The request's body, for auth-int.</param>
    public static async ValueTask<HeaderFields?> Answer(SipResponse response, CredentialsProvider provider, string method, string uri, MessageBody? body)
    {
        var isProxy = response.StatusCode == 407;
        var asked = isProxy ? SipHeaderId.ProxyAuthenticate : SipHeaderId.WwwAuthenticate;
        var users = new List<DigestUser?>();
        foreach (var realm in RealmsOf(response, asked))
            users.Add((await provider(new CredentialsRequest(realm, method, uri, isProxy), default))?.ToDigestUser());
        return Write(response, asked, users, isProxy ? "Proxy-Authorization" : "Authorization", method, uri, body);
    }

    private static List<string> RealmsOf(SipResponse response, SipHeaderId asked)
    {
        var realms = new List<string>();
        foreach (var challenge in DigestClient.Choose(response, asked)) realms.Add(Encoding.UTF8.GetString(challenge.Realm));
        return realms;
    }

    private static HeaderFields? Write(SipResponse response, SipHeaderId asked, List<DigestUser?> users, string name, string method, string uri, MessageBody? body)
    {
        var fields = new HeaderFields();
        var target = new ArrayBufferWriter<byte>(512);
        var nonce = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
        var index = 0;
        foreach (var challenge in DigestClient.Choose(response, asked))
        {
            if (users[index++] is not { } user) continue;
            target.ResetWrittenCount();
            if (DigestClient.TryAnswer(challenge, user, Encoding.ASCII.GetBytes(method), Encoding.UTF8.GetBytes(uri), body is null ? default : body.Content.Span, nonce, 1, target))
                fields.Add(name, Encoding.UTF8.GetString(target.WrittenSpan));
        }

        return fields.Count == 0 ? null : fields;
    }
}
