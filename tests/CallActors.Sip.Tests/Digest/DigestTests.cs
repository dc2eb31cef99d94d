using System.Buffers;
using System.Text;
using CallActors.Sip.Digest;
using CsCheck;

namespace CallActors.Sip.Tests.Digest;

/// <summary>Client and server against each other, and the server against all that may be wrong.</summary>
public sealed class DigestTests
{
    private static readonly NonceKey Key = new("0123456789abcdef"u8);
    private static readonly DigestAlgorithm[] AllAlgorithms = [.. Enum.GetValues<DigestAlgorithm>().Where(a => a != DigestAlgorithm.Unknown)];
    private static readonly TimeSpan Now = TimeSpan.FromHours(3);

    private static DigestServer Server(bool authInt = false, bool userHash = false, bool noProtection = true, int maxNonces = 100) => new("atlanta \"x\" com", Key)
    {
        Algorithms = AllAlgorithms,
        OffersAuthInt = authInt,
        OffersUserHash = userHash,
        AllowsNoProtection = noProtection,
        MaxNonces = maxNonces,
    };

    private static readonly DigestUser Alice = new("al\"ice", "s:ecret ☎");
    private static readonly DigestSecret AliceSecret = DigestSecret.OfPassword(Alice.Name, "atlanta \"x\" com"u8, Encoding.UTF8.GetBytes("s:ecret ☎"));

    private static byte[] Answer(
        DigestServer server, DigestAlgorithm algorithm, uint count = 1, ulong salt = 1, TimeSpan? issued = null, DigestUser? user = null,
        Func<string, string>? change = null, string method = "REGISTER", string body = "")
    {
        var challengeText = new ArrayBufferWriter<byte>();
        server.WriteChallenge(algorithm, Key.Make(issued ?? Now, salt), isStale: false, challengeText);
        var text = Encoding.UTF8.GetBytes((change ?? (same => same))(Encoding.UTF8.GetString(challengeText.WrittenSpan)));
        Assert.True(Challenge.TryParse(text, out var challenge));
        var target = new ArrayBufferWriter<byte>();
        Assert.True(DigestClient.TryAnswer(
            challenge, user ?? Alice, Encoding.ASCII.GetBytes(method), "sip:atlanta.com"u8, Encoding.UTF8.GetBytes(body), "0a4f113b"u8, count, target));
        return target.WrittenSpan.ToArray();
    }

    private static DigestVerification Verify(
        DigestServer server, byte[] value, NonceMemory? memory = null, DigestSecret? secret = null, bool isUnknown = false, TimeSpan? now = null,
        string method = "REGISTER", string body = "")
    {
        Assert.True(Credentials.TryParse(value, out var credentials));
        return server.Verify(
            credentials, Encoding.ASCII.GetBytes(method), Encoding.UTF8.GetBytes(body), isUnknown ? null : secret ?? AliceSecret, memory ?? NonceMemory.Empty, now ?? Now);
    }

    public static TheoryData<DigestAlgorithm> Algorithms => [.. AllAlgorithms];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void What_the_client_answers_the_server_accepts(DigestAlgorithm algorithm)
    {
        var server = Server();
        Assert.Equal(DigestVerdict.Accepted, Verify(server, Answer(server, algorithm)).Verdict);
        Assert.Equal(DigestVerdict.Accepted, Verify(server, Answer(server, algorithm, change: text => text.Replace(", qop=\"auth\"", ""))).Verdict);
        Assert.Equal(DigestVerdict.Wrong, Verify(server, Answer(server, algorithm), method: "INVITE").Verdict);
        Assert.Equal(DigestVerdict.Wrong, Verify(server, Answer(server, algorithm, user: new("al\"ice", "guess"))).Verdict);
        Assert.Equal(DigestVerdict.Wrong, Verify(server, Answer(server, algorithm), isUnknown: true).Verdict);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void With_auth_int_the_body_counts(DigestAlgorithm algorithm)
    {
        var server = Server(authInt: true);
        var answer = Answer(server, algorithm, body: "v=0", change: text => text.Replace("auth,auth-int", "auth-int"));
        Assert.Equal(DigestVerdict.Accepted, Verify(server, answer, body: "v=0").Verdict);
        Assert.Equal(DigestVerdict.Wrong, Verify(server, answer, body: "v=1").Verdict);
        Assert.Equal(DigestVerdict.NotForUs, Verify(Server(), answer, body: "v=0").Verdict);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void With_userhash_the_name_is_not_sent(DigestAlgorithm algorithm)
    {
        var server = Server(userHash: true);
        var answer = Answer(server, algorithm);
        Assert.True(Credentials.TryParse(answer, out var credentials));
        Span<byte> hex = stackalloc byte[DigestHash.MaxLength];
        var length = DigestHash.UserHash(algorithm, Alice.Name, server.Realm, hex);
        Assert.True(credentials.IsUserHash);
        Assert.Equal(Octets.Of(hex[..length]), credentials.User);
        Assert.Equal(DigestVerdict.Accepted, Verify(server, answer).Verdict);
    }

    [Fact]
    public void The_user_is_read_in_either_form()
    {
        Assert.True(Credentials.TryParse("Digest username=\"a\\\"b\""u8, out var plain));
        Assert.True(Credentials.TryParse("Digest username*=UTF-8''J%C3%A4s%C3%B8n%20Doe"u8, out var extended));
        Assert.True(Credentials.TryParse("Digest username*=latin1''J"u8, out var foreign));
        Assert.Equal("a\"b", plain.User.ToString());
        Assert.Equal("Jäsøn Doe", extended.User.ToString());
        Assert.True(foreign.User.IsEmpty);
    }

    [Fact]
    public void A_request_is_accepted_once()
    {
        var server = Server();
        var answer = Answer(server, DigestAlgorithm.Sha256);
        var first = Verify(server, answer);
        Assert.Equal((DigestVerdict.Accepted, 1), (first.Verdict, first.Memory.Count));
        var second = Verify(server, answer, first.Memory);
        Assert.Equal(DigestVerdict.Stale, second.Verdict);
        Assert.Same(first.Memory, second.Memory);
        Assert.Equal(DigestVerdict.Accepted, Verify(server, Answer(server, DigestAlgorithm.Sha256, count: 2), first.Memory).Verdict);
    }

    [Fact]
    public void Without_a_count_a_nonce_is_good_for_one_request()
    {
        var server = Server();
        var answer = Answer(server, DigestAlgorithm.Md5, change: text => text.Replace(", qop=\"auth\"", ""));
        var other = Answer(server, DigestAlgorithm.Md5, method: "INVITE", change: text => text.Replace(", qop=\"auth\"", ""));
        var first = Verify(server, answer);
        Assert.Equal(DigestVerdict.Accepted, first.Verdict);
        Assert.Equal(DigestVerdict.Stale, Verify(server, other, first.Memory, method: "INVITE").Verdict);
        Assert.Equal(DigestVerdict.NotForUs, Verify(Server(noProtection: false), answer).Verdict);
    }

    [Fact]
    public void A_nonce_grows_old()
    {
        var server = Server();
        var answer = Answer(server, DigestAlgorithm.Sha256);
        Assert.Equal(DigestVerdict.Accepted, Verify(server, answer, now: Now + server.NonceLifetime).Verdict);
        Assert.Equal(DigestVerdict.Stale, Verify(server, answer, now: Now + server.NonceLifetime + TimeSpan.FromTicks(1)).Verdict);
        Assert.Equal(DigestVerdict.Wrong, Verify(server, answer, isUnknown: true, now: Now + 2 * server.NonceLifetime).Verdict);
    }

    [Fact]
    public void A_nonce_of_another_key_is_stale()
    {
        var server = Server();
        var other = new NonceKey("fedcba9876543210"u8).Make(Now, 1).ToString();
        Assert.Equal(DigestVerdict.Stale, Verify(server, Answer(server, DigestAlgorithm.Sha256, change: text => text.Replace(Key.Make(Now, 1).ToString(), other))).Verdict);
    }

    [Theory]
    [InlineData("NoOneKnowsThisScheme opaque-data=here", DigestVerdict.NotForUs)]
    [InlineData("Digest username=\"a\", realm=\"other\", nonce=\"n\", uri=\"sip:b\", response=\"0\"", DigestVerdict.NotForUs)]
    [InlineData("Digest username=\"a\", realm=\"atlanta \\\"x\\\" com\", nonce=\"n\", uri=\"sip:b\", response=\"0\", algorithm=SHA-3", DigestVerdict.NotForUs)]
    [InlineData("Digest username=\"a\", realm=\"atlanta \\\"x\\\" com\", nonce=\"n\", uri=\"sip:b\", response=\"0\", qop=other, nc=00000001, cnonce=\"c\"", DigestVerdict.NotForUs)]
    [InlineData("Digest realm=\"atlanta \\\"x\\\" com\"", DigestVerdict.Incomplete)]
    [InlineData("Digest username=\"a\", realm=\"atlanta \\\"x\\\" com\", nonce=\"n\", uri=\"sip:b\", response=\"0\", qop=auth, nc=1, cnonce=\"c\"", DigestVerdict.Incomplete)]
    [InlineData("Digest username=\"a\", realm=\"atlanta \\\"x\\\" com\", nonce=\"n\", uri=\"sip:b\", response=\"0\"", DigestVerdict.Wrong)]
    [InlineData("Digest username=\"a\", realm=\"atlanta \\\"x\\\" com\", nonce=\"n\", uri=\"sip:b\", response=\"00000000000000000000000000000000\"", DigestVerdict.Wrong)]
    public void Other_credentials_are_told_apart(string value, DigestVerdict verdict) =>
        Assert.Equal(verdict, Verify(Server(), Encoding.UTF8.GetBytes(value)).Verdict);

    [Fact]
    public void An_algorithm_that_is_not_offered_is_not_taken()
    {
        var strong = new DigestServer("atlanta \"x\" com", Key) { Algorithms = [DigestAlgorithm.Sha256] };
        Assert.Equal(DigestVerdict.NotForUs, Verify(strong, Answer(Server(), DigestAlgorithm.Md5)).Verdict);
    }

    [Fact]
    public void A_stored_hash_does_for_its_algorithm_only()
    {
        Span<byte> hex = stackalloc byte[DigestHash.MaxLength];
        var length = DigestHash.Secret(DigestAlgorithm.Md5, Alice.Name, "atlanta \"x\" com"u8, Encoding.UTF8.GetBytes("s:ecret ☎"), hex);
        var secret = DigestSecret.OfHash(DigestAlgorithm.Md5, Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(hex[..length]).ToUpperInvariant()));
        var server = Server();
        Assert.Equal(DigestVerdict.Accepted, Verify(server, Answer(server, DigestAlgorithm.Md5Session), secret: secret).Verdict);
        Assert.Equal(DigestVerdict.Wrong, Verify(server, Answer(server, DigestAlgorithm.Sha256), secret: secret).Verdict);
        Assert.Null(DigestSecret.OfHash(DigestAlgorithm.Sha256, hex[..length]));
    }

    [Fact]
    public void The_server_proves_itself_too()
    {
        var server = Server();
        var answer = Answer(server, DigestAlgorithm.Sha256);
        Assert.True(Credentials.TryParse(answer, out var sent));
        var info = new ArrayBufferWriter<byte>();
        DigestServer.WriteInfo(sent, AliceSecret, "body"u8, "next", info);
        Assert.True(AuthenticationInfo.TryParse(info.WrittenSpan, out var parsed));
        Assert.Equal("next", Encoding.ASCII.GetString(parsed.NextNonce));
        Assert.True(DigestClient.IsProven(parsed, sent, Alice, "body"u8));
        Assert.False(DigestClient.IsProven(parsed, sent, new("al\"ice", "guess"), "body"u8));
    }

    [Fact]
    public void A_stale_challenge_says_so()
    {
        var text = new ArrayBufferWriter<byte>();
        Server(authInt: true, userHash: true).WriteChallenge(DigestAlgorithm.Sha512Over256, Key.Make(Now, 1), isStale: true, text);
        Assert.True(Challenge.TryParse(text.WrittenSpan, out var challenge));
        Assert.True(challenge is { IsStale: true, OffersAuth: true, OffersAuthInt: true, IsUserHash: true, IsSupported: true });
        Assert.Equal(DigestAlgorithm.Sha512Over256, challenge.Algorithm);
    }

    [Theory]
    [InlineData("Digest realm=\"r\", nonce=\"n\", algorithm=SHA-3", "sip:a", "c")]
    [InlineData("Digest realm=\"r\", nonce=\"n\", qop=\"token\"", "sip:a", "c")]
    [InlineData("Bearer realm=\"r\"", "sip:a", "c")]
    [InlineData("Digest realm=\"r\", nonce=\"n\"", "sip:a\"b", "c")]
    [InlineData("Digest realm=\"r\", nonce=\"n\"", "sip:a\r\nX: y", "c")]
    [InlineData("Digest realm=\"r\", nonce=\"n\"", "", "c")]
    [InlineData("Digest realm=\"r\", nonce=\"n\"", "sip:a", "c\"d")]
    public void The_client_answers_only_what_it_can(string text, string uri, string cnonce)
    {
        Assert.True(Challenge.TryParse(Encoding.ASCII.GetBytes(text), out var challenge));
        var target = new ArrayBufferWriter<byte>();
        Assert.False(DigestClient.TryAnswer(challenge, Alice, "INVITE"u8, Encoding.ASCII.GetBytes(uri), default, Encoding.ASCII.GetBytes(cnonce), 1, target));
        Assert.Equal(0, target.WrittenCount);
    }

    [Fact]
    public void A_user_never_shows_its_password() => Assert.Equal("al\"ice", Alice.ToString());

    [Fact]
    public void Memory_is_bounded_and_forgetting_lets_no_copy_in()
    {
        var server = Server(maxNonces: 10);
        var memory = NonceMemory.Empty;
        var answers = Enumerable.Range(0, 50).Select(n => Answer(server, DigestAlgorithm.Sha256, salt: (ulong)n, issued: Now + TimeSpan.FromSeconds(n))).ToList();
        foreach (var answer in answers)
        {
            var result = Verify(server, answer, memory, now: Now + TimeSpan.FromMinutes(1));
            Assert.Equal(DigestVerdict.Accepted, result.Verdict);
            memory = result.Memory;
            Assert.InRange(memory.Count, 1, 10);
        }
        Assert.All(answers, answer => Assert.Equal(DigestVerdict.Stale, Verify(server, answer, memory, now: Now + TimeSpan.FromMinutes(1)).Verdict));
    }

    [Fact]
    public void Nonces_that_are_too_old_are_forgotten()
    {
        var server = Server();
        var first = Verify(server, Answer(server, DigestAlgorithm.Sha256));
        var later = Now + 2 * server.NonceLifetime;
        var second = Verify(server, Answer(server, DigestAlgorithm.Sha256, issued: later), first.Memory, now: later);
        Assert.Equal((DigestVerdict.Accepted, 1), (second.Verdict, second.Memory.Count));
    }

    [Fact]
    public void Whatever_order_counts_come_in_none_is_accepted_twice() => Gen.UInt[1, 100].Array[1, 60].Sample(counts =>
    {
        var memory = NonceMemory.Empty;
        var accepted = new HashSet<uint>();
        foreach (var count in counts)
        {
            var next = memory.Accept("nonce"u8, Now, count, Now, 10);
            if (next is not null && !accepted.Add(count)) return false;
            memory = next ?? memory;
        }
        // What comes in order, or overtaken by fewer than 64, is accepted.
        return accepted.Contains(counts[0]) && accepted.Contains(counts.Max());
    });

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Whatever_user_and_password_there_are_they_are_accepted(DigestAlgorithm algorithm) =>
        Gen.Select(Gen.String[Gen.Char['\t', '\uD7FF'], 1, 20], Gen.String[0, 300]).Sample((name, password) =>
        {
            if (name.AsSpan().ContainsAny('\r', '\n')) return true;
            var server = Server();
            var value = Answer(server, algorithm, user: new(name, password));
            var secret = DigestSecret.OfPassword(Encoding.UTF8.GetBytes(name), server.Realm, Encoding.UTF8.GetBytes(password));
            return Credentials.TryParse(value, out var credentials) && credentials.User.ToString() == name
                && Verify(server, value, secret: secret).Verdict == DigestVerdict.Accepted;
        }, iter: 100);
}
