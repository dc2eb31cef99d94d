using System.Buffers;
using System.Text;
using CallActors.Sip.Digest;
using CallActors.Sip.Messages;

namespace CallActors.TestKit;

/// <summary>Makes a phone's challenges and judges the credentials that answer them.</summary>
internal sealed class Challenger(Phone phone)
{
    private readonly NonceKey _key = new(Encoding.UTF8.GetBytes($"{phone.Name} of a test, which has no secrets"));
    private NonceMemory _memory = NonceMemory.Empty;
    private ulong _salt;

    /// <summary>The values of the fields that challenge, the preferred algorithm first.</summary>
    public IEnumerable<string> Challenge(string realm, DigestAlgorithm[] algorithms, bool isStale)
    {
        var server = Server(realm, algorithms);
        var nonce = _key.Make(phone.Net.Now, ++_salt);
        foreach (var algorithm in server.Algorithms)
        {
            var text = new ArrayBufferWriter<byte>();
            server.WriteChallenge(algorithm, nonce, isStale, text);
            yield return Encoding.UTF8.GetString(text.WrittenSpan);
        }
    }

    /// <summary>What is wrong with the credentials of a request; null when they prove that the user knows the password.</summary>
    public string? Fault(SipRequest request, string user, string password)
    {
        var verdict = "none were sent";
        foreach (var id in new[] { SipHeaderId.Authorization, SipHeaderId.ProxyAuthorization })
        {
            foreach (var value in request.Fields(id))
            {
                if (!Sip.Digest.Credentials.TryParse(value, out var credentials)) continue;
                if (credentials.User.ToString() != user)
                {
                    verdict = $"they are of {credentials.User}";
                    continue;
                }

                if (!credentials.Uri.SequenceEqual(request.RequestUri)) return $"they are for the URI {Encoding.UTF8.GetString(credentials.Uri)}";
                var realm = Encoding.UTF8.GetString(credentials.Realm);
                var secret = DigestSecret.OfPassword(Encoding.UTF8.GetBytes(user), credentials.Realm, Encoding.UTF8.GetBytes(password));
                (var judged, _memory) = Server(realm, [credentials.Algorithm]).Verify(credentials, request.MethodName, request.Body, secret, _memory, phone.Net.Now);
                if (judged == DigestVerdict.Accepted) return null;
                verdict = $"they are {judged}";
            }
        }

        return verdict;
    }

    private DigestServer Server(string realm, DigestAlgorithm[] algorithms) => new(realm, _key) { Algorithms = algorithms is [] ? [DigestAlgorithm.Md5] : algorithms };
}
