using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using CallActors.Sip.Digest;
using CallActors.Sip.Messages;
using CallActors.Targets;

namespace CallActors.Requests;

/// <summary>
/// What one request answers to the digest challenges on its way (RFC 7616, 8760): each realm once, and again where only the nonce was stale. Answers add up, for
/// behind a proxy that was shown credentials there may be a callee who wants others.
/// </summary>
internal sealed class Authentication
{
    private const int MostRounds = 4;

    private readonly Dictionary<(bool IsProxy, string Realm), string> _answers = [];
    private int _rounds;

    private readonly record struct Asked(string Realm, bool IsStale);

    /// <summary>Whether a response challenges, and somebody may know an answer that was not given yet.</summary>
    public bool CanAnswer(SipResponse response, CredentialsProvider? provider)
    {
        if (provider is null || _rounds == MostRounds || FieldOf(response) is not { } field) return false;
        foreach (var asked in AskedIn(response, field))
        {
            if (IsNews(response.StatusCode == 407, asked)) return true;
        }

        return false;
    }

    /// <summary>The header fields with which the request is to be sent again; null when nobody knows a new answer.</summary>
    /// <param name="response">The response, of which <see cref="CanAnswer"/> was true.</param>
    /// <param name="provider">Who knows credentials.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="uri">The request's URI as it was sent.</param>
    /// <param name="body">The request's body, for auth-int.</param>
    public async ValueTask<HeaderFields?> Answer(SipResponse response, CredentialsProvider provider, string method, string uri, MessageBody? body)
    {
        _rounds++;
        var isProxy = response.StatusCode == 407;
        var field = FieldOf(response)!.Value;
        var users = new List<DigestUser?>();
        foreach (var asked in AskedIn(response, field))
            users.Add(IsNews(isProxy, asked) ? (await provider(new CredentialsRequest(asked.Realm, method, uri, isProxy), default))?.ToDigestUser() : null);
        return TryAnswer(response, field, users, method, uri, body) ? All() : null;
    }

    private bool TryAnswer(SipResponse response, SipHeaderId field, List<DigestUser?> users, string method, string uri, MessageBody? body)
    {
        var target = new ArrayBufferWriter<byte>(512);
        var nonce = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
        var (index, isAny) = (0, false);
        foreach (var challenge in DigestClient.Choose(response, field))
        {
            if (users[index++] is not { } user) continue;
            target.ResetWrittenCount();
            if (!DigestClient.TryAnswer(challenge, user, Encoding.ASCII.GetBytes(method), Encoding.UTF8.GetBytes(uri), body is null ? default : body.Content.Span, nonce, 1, target)) continue;
            _answers[(response.StatusCode == 407, Encoding.UTF8.GetString(challenge.Realm))] = Encoding.UTF8.GetString(target.WrittenSpan);
            isAny = true;
        }

        return isAny;
    }

    private HeaderFields All()
    {
        var fields = new HeaderFields();
        foreach (var ((isProxy, _), value) in _answers) fields.Add(isProxy ? "Proxy-Authorization" : "Authorization", value);
        return fields;
    }

    // Credentials that were refused are wrong; only a nonce can be too old (RFC 7616 §3.3).
    private bool IsNews(bool isProxy, Asked asked) => asked.IsStale || !_answers.ContainsKey((isProxy, asked.Realm));

    private static List<Asked> AskedIn(SipResponse response, SipHeaderId field)
    {
        var realms = new List<Asked>();
        foreach (var challenge in DigestClient.Choose(response, field)) realms.Add(new Asked(Encoding.UTF8.GetString(challenge.Realm), challenge.IsStale));
        return realms;
    }

    private static SipHeaderId? FieldOf(SipResponse response) => response.StatusCode switch
    {
        401 => SipHeaderId.WwwAuthenticate,
        407 => SipHeaderId.ProxyAuthenticate,
        _ => null,
    };
}
