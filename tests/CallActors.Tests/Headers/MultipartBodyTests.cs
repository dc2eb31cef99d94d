using System.Text;
using CallActors.Headers;
using CsCheck;

namespace CallActors.Tests.Headers;

public sealed class MultipartBodyTests
{
    private const string Siprec =
        "--b1\r\nContent-Type: application/sdp\r\n\r\nv=0\r\no=a 1 1 IN IP4 h\r\n\r\n--b1\r\nContent-Type: application/rs-metadata+xml\r\nContent-Disposition: recording-session\r\n\r\n"
        + "<?xml version=\"1.0\"?>\r\n\r\n<recording>\r\n\r\n</recording>\r\n--b1--\r\n";

    [Theory]
    [InlineData("multipart/mixed;boundary=b1")]
    [InlineData("multipart/mixed;boundary=\"b1\"")]
    [InlineData("multipart/mixed;  boundary=b1")]
    [InlineData("multipart/mixed ; boundary = b1")]
    [InlineData("MULTIPART/Mixed;charset=utf-8;Boundary=b1;x=y")]
    public void Parts_are_found_however_the_boundary_is_written(string contentType)
    {
        Assert.True(MultipartBody.TryRead(Encoding.UTF8.GetBytes(contentType), Encoding.UTF8.GetBytes(Siprec), out var body));
        Assert.Equal(2, body.Parts.Length);
        Assert.True(body.Parts[0].Is("application/sdp"));
        Assert.Equal("v=0\r\no=a 1 1 IN IP4 h\r\n", body.Parts[0].Text);
        Assert.Equal("recording-session", body.Parts[1].Header("content-disposition"));

        // Blank lines are the part's own.
        Assert.Equal("<?xml version=\"1.0\"?>\r\n\r\n<recording>\r\n\r\n</recording>", body.Parts[1].Text);
    }

    [Theory]
    [InlineData("--b\r\n\r\nA\r\n--b--", "A")]
    [InlineData("--b\r\n\r\nA\r\n--b\r\n\r\nB\r\n--b--\r\nepilogue", "A|B")]
    [InlineData("preamble\r\n--b\r\n\r\nA\r\n--b--", "A")]
    [InlineData("--b  \r\n\r\nA\r\n--b \t\r\n\r\nB\r\n--b--", "A|B")]
    [InlineData("--b\n\nA\n--b\n\nB\n--b--\n", "A|B")]
    [InlineData("--b\r\n\r\nA\r\n--bc\r\n--b--", "A\r\n--bc")]
    [InlineData("--b\r\n\r\nA --b\r\n--b--", "A --b")]
    [InlineData("--b\r\n\r\nA\r\n\r\n--b--", "A\r\n")]
    [InlineData("--b\r\n\r\n\r\n--b--", "")]
    [InlineData("--b\r\n\r\n--b--", "")]
    [InlineData("--b\r\nX: y\r\n--b--", "")]
    [InlineData("--b\r\n\r\nA", "A")]
    [InlineData("--b\r\n\r\nA\r\n--b", "A")]
    [InlineData("--b\r\nno header\r\n\r\nA\r\n--b--", "no header\r\n\r\nA")]
    [InlineData("--b--", "")]
    public void Delimiters_end_parts_and_nothing_else_does(string text, string expected)
    {
        Assert.True(MultipartBody.TryRead("multipart/mixed;boundary=b"u8, Encoding.UTF8.GetBytes(text), out var body));
        Assert.Equal(expected, string.Join('|', body.Parts.Select(part => part.Text)));
    }

    [Theory]
    [InlineData("application/sdp", "--b\r\n\r\nA\r\n--b--")]
    [InlineData("multipart/mixed", "--b\r\n\r\nA\r\n--b--")]
    [InlineData("multipart/mixed;boundary=", "--b\r\n\r\nA\r\n--b--")]
    [InlineData("multipart/mixed;boundary=c", "--b\r\n\r\nA\r\n--b--")]
    [InlineData("", "--b--")]
    public void What_is_no_multipart_body_is_none(string contentType, string text) =>
        Assert.False(MultipartBody.TryRead(Encoding.UTF8.GetBytes(contentType), Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Headers_of_parts_are_kept_in_order_folded_or_not()
    {
        Assert.True(MultipartBody.TryRead(
            "multipart/mixed;boundary=b"u8,
            "--b\r\ncontent-type: application/isup; version=itu-t92+\r\nContent-Disposition: signal;\r\n handling=optional\r\nX-A: 1\r\n\r\nx\r\n--b--"u8.ToArray(), out var body));
        var part = Assert.Single(body.Parts);
        Assert.Equal(
            "content-type: application/isup; version=itu-t92+|Content-Disposition: signal; handling=optional|X-A: 1", string.Join('|', part.Headers));
        Assert.True(part.Is("application/ISUP"));
    }

    [Fact]
    public void An_invite_with_isup_and_sdp_keeps_every_byte()
    {
        byte[] isup = [0x01, 0x00, 0x0D, 0x0A, 0x0D, 0x0A, 0xFF, 0x2D, 0x2D, 0x0A, 0x80];
        var sent = MultipartBody.Of(
            BodyPart.Of("application/sdp", "v=0\r\n"),
            BodyPart.Of("application/isup;version=nxv3", isup, new HeaderLine("Content-Disposition", "signal;handling=optional")));
        var invite = SipSample.Invite($"Content-Type: {sent.ContentType}\n", body: sent.ToBytes());

        Assert.Equal(2, invite.BodyParts.Length);
        Assert.Equal("v=0\r\n", invite.BodyParts[0].Text);
        Assert.Equal(isup, invite.BodyParts[1].Content.ToArray());
        Assert.Equal("signal;handling=optional", invite.BodyParts[1].Header("Content-Disposition"));
    }

    [Fact]
    public void A_single_body_is_one_part_with_its_headers()
    {
        var part = Assert.Single(SipSample.Invite("c: application/sdp\nContent-Disposition: session\nSubject: x\n", body: "v=0\r\n"u8.ToArray()).BodyParts);
        Assert.Equal(("application/sdp", "session", 2, "v=0\r\n"), (part.ContentType, part.Header("Content-Disposition"), part.Headers.Length, part.Text));
        Assert.Empty(SipSample.Invite().BodyParts);
    }

    [Fact]
    public void Whatever_the_parts_hold_they_come_back_byte_for_byte() =>
        Gen.OneOf(Gen.Byte.Array[0, 40], Gen.OneOf("--part-1", "\r\n--part-1--\r\n", "--part-1\r\n\r\n", "\r\n\r\n", "--", "part-2\r\n").Select(Encoding.ASCII.GetBytes))
            .Array[1, 4].Select(pieces => pieces.SelectMany(piece => piece).ToArray()).Array[1, 4]
            .Sample(contents =>
            {
                var sent = MultipartBody.Of([.. contents.Select(content => BodyPart.Of("application/octet-stream", content))]);
                return MultipartBody.TryRead(Encoding.UTF8.GetBytes(sent.ContentType), sent.ToBytes(), out var read)
                    && read.Parts.Length == contents.Length
                    && read.Parts.Zip(contents).All(pair => pair.Item1.Content.Span.SequenceEqual(pair.Item2));
            });

    [Fact]
    public void Whatever_is_read_nothing_throws() =>
        Gen.OneOf("--b", "--b--", "\r\n", "\n", "\r", " ", "A: b", "A:", ":", "x", "--").Array[0, 20].Select(string.Concat)
            .Sample(text => MultipartBody.TryRead("multipart/mixed;boundary=b"u8, Encoding.ASCII.GetBytes(text), out _)
                == (text.Contains("--b", StringComparison.Ordinal) && IsDelimited(text)));

    private static bool IsDelimited(string text) => System.Text.RegularExpressions.Regex.IsMatch(text, "(^|\n)--b(--|[ \t]*(\r|\n|$(?!\n)))");
}
