using System.Text;
using CallActors.Sip.Digest;
using CallActors.Sip.Messages;

namespace CallActors.Sip.Tests.Digest;

public sealed class DigestChoicesTests
{
    private static SipResponse Unauthorized(params string[] challenges)
    {
        var text = "SIP/2.0 401 Unauthorized\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n"
            + string.Concat(challenges.Select(value => $"WWW-Authenticate: {value}\r\n")) + "Content-Length: 0\r\n\r\n";
        var message = SipParser.Parse(Encoding.ASCII.GetBytes(text)).Message;
        return Assert.IsType<SipResponse>(message);
    }

    private static List<string> Chosen(SipResponse response)
    {
        var nonces = new List<string>();
        foreach (var challenge in DigestClient.Choose(response, SipHeaderId.WwwAuthenticate)) nonces.Add(Encoding.ASCII.GetString(challenge.Nonce));
        return nonces;
    }

    [Fact]
    public void For_each_realm_the_topmost_supported_is_chosen() => Assert.Equal(["2", "5"], Chosen(Unauthorized(
        "Digest realm=\"a\", nonce=\"1\", algorithm=SHA3-512",
        "Digest realm=\"a\", nonce=\"2\", algorithm=SHA-256",
        "Digest realm=\"a\", nonce=\"3\", algorithm=MD5",
        "Bearer realm=\"b\"",
        "Digest realm=\"b\", nonce=\"5\"")));

    [Fact]
    public void None_is_chosen_where_none_is_supported() => Assert.Empty(Chosen(Unauthorized("Bearer realm=\"b\"", "Digest realm=\"a\"")));

    [Fact]
    public void Hundreds_of_challenges_are_not_all_looked_at() =>
        Assert.Equal(16, Chosen(Unauthorized([.. Enumerable.Range(0, 300).Select(n => $"Digest realm=\"{n}\", nonce=\"{n}\"")])).Count);
}
