using System.Text;
using CallActors.Sip.Digest;

namespace CallActors.Sip.Tests.Digest;

public sealed class Sha512Over256Tests
{
    private static string Hash(ReadOnlySpan<byte> source)
    {
        Span<byte> hash = stackalloc byte[Sha512Over256.Length];
        Sha512Over256.Hash(source, hash);
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>The examples that NIST publishes beside FIPS 180-4, and the empty message.</summary>
    [Theory]
    [InlineData("", "c672b8d1ef56ed28ab87c3622c5114069bdd3ad7b8f9737498d0c01ecef0967a")]
    [InlineData("abc", "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23")]
    [InlineData("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
        "3928e184fb8690f840da3988121d31be65cb9d3ef83ee6146feac861e19b563a")]
    public void Agrees_with_the_published_examples(string message, string hash) => Assert.Equal(hash, Hash(Encoding.ASCII.GetBytes(message)));

    /// <summary>The hash of the hashes of 0, 1, 2 … 299 counted bytes, as OpenSSL makes it: every way the last block can be filled.</summary>
    [Fact]
    public void Agrees_with_another_implementation_at_every_length()
    {
        var hashes = new byte[300 * Sha512Over256.Length];
        var message = new byte[300];
        for (var length = 0; length < 300; length++)
        {
            message[length] = (byte)length;
            Sha512Over256.Hash(message.AsSpan(0, length), hashes.AsSpan(length * Sha512Over256.Length));
        }
        Assert.Equal("b7d81f916805eef5c7767a6d539d6d7a6eec0402ad3233842b16f9b1727cabc8", Hash(hashes));
    }
}
