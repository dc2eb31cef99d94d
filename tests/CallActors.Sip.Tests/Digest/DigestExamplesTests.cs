using System.Buffers;
using System.Text;
using CallActors.Sip.Digest;

namespace CallActors.Sip.Tests.Digest;

/// <summary>The worked examples of the RFCs, through the client that answers and the hashes that the server compares.</summary>
public sealed class DigestExamplesTests
{
    private const string Nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
    private const string Cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Response(
        DigestAlgorithm algorithm, string user, string realm, string password, string nonce, string cnonce, DigestProtection protection, string uri)
    {
        Span<byte> secret = stackalloc byte[DigestHash.MaxLength];
        secret = secret[..DigestHash.Secret(algorithm, Bytes(user), Bytes(realm), Bytes(password), secret)];
        Span<byte> hex = stackalloc byte[DigestHash.MaxLength];
        var length = DigestHash.Response(algorithm, secret, Bytes(nonce), "00000001"u8, Bytes(cnonce), protection, "GET"u8, Bytes(uri), default, hex);
        return Encoding.ASCII.GetString(hex[..length]);
    }

    [Theory]
    [InlineData(DigestAlgorithm.Md5, "8ca523f5e9506fed4657c9700eebdbec")]
    [InlineData(DigestAlgorithm.Sha256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1")]
    public void RFC_7616_3_9_1(DigestAlgorithm algorithm, string response) => Assert.Equal(
        response, Response(algorithm, "Mufasa", "http-auth@example.org", "Circle of Life", Nonce, Cnonce, DigestProtection.Auth, "/dir/index.html"));

    /// <summary>With the figures of erratum 4897: the RFC's own were made with a SHA-512 cut short.</summary>
    [Fact]
    public void RFC_7616_3_9_2()
    {
        Assert.Equal("3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5", Response(
            DigestAlgorithm.Sha512Over256, "Jäsøn Doe", "api@example.org", "Secret, or not?", "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
            "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v", DigestProtection.Auth, "/doe.json"));
        Span<byte> hex = stackalloc byte[DigestHash.MaxLength];
        DigestHash.UserHash(DigestAlgorithm.Sha512Over256, Bytes("Jäsøn Doe"), "api@example.org"u8, hex);
        Assert.Equal("793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b", Encoding.ASCII.GetString(hex));
    }

    [Fact]
    public void RFC_2617_3_5() => Assert.Equal("6629fae49393a05397450978507c4ef1", Response(
        DigestAlgorithm.Md5, "Mufasa", "testrealm@host.com", "Circle Of Life", "dcd98b7102dd2f0e8b11d0f600bfb0c093", "0a4f113b",
        DigestProtection.Auth, "/dir/index.html"));

    [Fact]
    public void RFC_2069_without_protection() => Assert.Equal("670fd8c2df070c60b045671b8b24ff02", Response(
        DigestAlgorithm.Md5, "Mufasa", "testrealm@host.com", "Circle Of Life", "dcd98b7102dd2f0e8b11d0f600bfb0c093", "",
        DigestProtection.None, "/dir/index.html"));

    [Fact]
    public void The_client_writes_what_RFC_7616_shows()
    {
        Assert.True(Challenge.TryParse(Bytes(
            $"Digest\r\n realm=\"http-auth@example.org\",\r\n qop=\"auth, auth-int\",\r\n algorithm=SHA-256,\r\n nonce=\"{Nonce}\",\r\n opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""),
            out var challenge));
        var target = new ArrayBufferWriter<byte>();
        Assert.True(DigestClient.TryAnswer(challenge, new("Mufasa", "Circle of Life"), "GET"u8, "/dir/index.html"u8, default, "cnonce1"u8, 1, target));
        Assert.Equal(
            $"Digest username=\"Mufasa\", realm=\"http-auth@example.org\", nonce=\"{Nonce}\", uri=\"/dir/index.html\", response=\"{Response(DigestAlgorithm.Sha256, "Mufasa", "http-auth@example.org", "Circle of Life", Nonce, "cnonce1", DigestProtection.Auth, "/dir/index.html")}\", algorithm=SHA-256, cnonce=\"cnonce1\", qop=auth, nc=00000001, opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
            Encoding.UTF8.GetString(target.WrittenSpan));
    }
}
