using System.Buffers;
using System.Text;
using CallActors.Sip.Digest;
using Microsoft.Extensions.Time.Testing;

namespace CallActors.Tests.Registrations;

/// <summary>The gate against a client that answers its challenges. The vectors of RFC 7616 are held by the digest's own tests: a gate's nonces are never those.</summary>
public sealed class DigestGateTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly DigestGate _gate;

    public DigestGateTests() => _gate = new DigestGate(
        new DigestGateOptions { Realm = "pbx", Password = static (user, realm) => new(user == "alice" && realm == "pbx" ? "wonder land" : null) }, _time);

    [Theory]
    [InlineData(0)]     // SHA-256, offered first
    [InlineData(1)]     // MD5
    public async Task Whoever_knows_the_password_is_let_in_once(int algorithm)
    {
        var answer = Answer(algorithm, "wonder land");
        Assert.Equal((DigestVerdict.Accepted, "alice"), await Judge(answer));
        Assert.Equal(DigestVerdict.Stale, (await Judge(answer)).Verdict);
    }

    [Fact]
    public async Task A_nonce_serves_with_a_count_that_grows_and_not_for_ever()
    {
        var challenge = _gate.Challenges(asProxy: false, isStale: false).First().Value;
        for (uint count = 1; count < 4; count++) Assert.Equal(DigestVerdict.Accepted, (await Judge(Answer(challenge, "wonder land", count))).Verdict);
        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(DigestVerdict.Stale, (await Judge(Answer(challenge, "wonder land", 4))).Verdict);
        Assert.Contains("stale=true", _gate.Challenges(asProxy: false, isStale: true).First().Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_else_is()
    {
        Assert.Equal(DigestVerdict.NotForUs, (await Judge("Authorization: Basic abc\n")).Verdict);
        Assert.Equal(DigestVerdict.NotForUs, (await Judge("")).Verdict);
        Assert.Equal(DigestVerdict.Wrong, (await Judge(Answer(0, "guess"))).Verdict);
        Assert.Equal(DigestVerdict.Wrong, (await Judge(Answer(0, "wonder land").Replace("\"alice\"", "\"mallory\"", StringComparison.Ordinal))).Verdict);
        Assert.Equal(DigestVerdict.NotForUs, (await Judge(Answer(0, "wonder land").Replace("realm=\"pbx\"", "realm=\"other\"", StringComparison.Ordinal))).Verdict);
        Assert.Equal(DigestVerdict.Incomplete, (await Judge("Authorization: Digest realm=\"pbx\"\n")).Verdict);
        Assert.Equal(DigestVerdict.Stale, (await Judge(Other(Answer(1, "wonder land")))).Verdict);

        // Credentials for another gate, made by the right user.
        string Other(string _) => Answer(new DigestGate(new DigestGateOptions { Realm = "pbx", Password = static (_, _) => new("") }, _time).Challenges(false, false).Last().Value, "wonder land", 1);
    }

    [Fact]
    public async Task Several_credentials_are_looked_through() =>
        Assert.Equal(DigestVerdict.Accepted, (await Judge("Authorization: Digest realm=\"elsewhere\", username=\"x\"\n" + Answer(0, "wonder land"))).Verdict);

    [Fact]
    public void Its_text_holds_no_password() =>
        Assert.Equal("DigestGateOptions { Realm = r }", new DigestGateOptions { Realm = "r", Password = static (_, _) => new("geheim") }.ToString());

    private Task<(DigestVerdict Verdict, string User)> Judge(string header) => _gate.Judge(Registers.Request(header), asProxy: false);

    private string Answer(int algorithm, string password) => Answer(_gate.Challenges(asProxy: false, isStale: false).ElementAt(algorithm).Value, password, 1);

    private static string Answer(string challengeText, string password, uint count)
    {
        Assert.True(Challenge.TryParse(Encoding.UTF8.GetBytes(challengeText), out var challenge));
        var text = new ArrayBufferWriter<byte>();
        Assert.True(DigestClient.TryAnswer(challenge, new DigestUser("alice", password), "REGISTER"u8, "sip:example.com"u8, default, "0a4f113b"u8, count, text));
        return $"Authorization: {Encoding.UTF8.GetString(text.WrittenSpan)}\n";
    }
}
