using CsCheck;

namespace CallActors.Control.Tests;

public sealed class ControlMessageTests
{
    [Theory]
    [InlineData("", "", null)]
    [InlineData("m4|ping", "m4|ping", null)]
    [InlineData("m1|sip||d1⏎INFO", "m1|sip||d1", "INFO")]
    [InlineData("m1|sip||⏎", "m1|sip||", "")]
    [InlineData("⏎⏎", "", "⏎")]
    [InlineData("a|b\n|c\r|d⏎x", "a|b\n|c\r|d", "x")]
    [InlineData("a|b\r", "a|b\r", null)]
    public void The_meta_line_ends_at_the_first_crlf(string payload, string metaLine, string? sip)
    {
        var message = new ControlMessage(Wire.Bytes(payload));
        Assert.Equal(metaLine, Wire.Text(message.MetaLine));
        Assert.Equal(sip is not null, message.HasSip);
        Assert.Equal(sip ?? "", Wire.Text(message.Sip));
    }

    [Fact]
    public void Empty_tokens_count_and_absent_ones_are_empty()
    {
        var message = new ControlMessage("|sip||x|"u8);
        Assert.Equal(5, message.TokenCount);
        Assert.True(message.Id.IsEmpty);
        Assert.Equal("sip", Wire.Text(message.Type));
        Assert.True(message.Token(2).IsEmpty);
        Assert.Equal("x", Wire.Text(message.Token(3)));
        Assert.True(message.Token(4).IsEmpty);
        Assert.True(message.Token(5).IsEmpty);
        Assert.True(message.Token(-1).IsEmpty);
        Assert.True(message.Token(int.MaxValue).IsEmpty);
        Assert.Equal("|x|", Wire.Text(message.TokensFrom(2)));
        Assert.True(message.TokensFrom(5).IsEmpty);
    }

    [Fact]
    public void Whatever_the_payload_its_tokens_are_those_of_a_plain_split() =>
        Gen.Char["ab|||\r\n"].Array[0, 60].Select(chars => new string(chars)).Sample(text =>
        {
            var payload = System.Text.Encoding.UTF8.GetBytes(text);
            var lineEnd = text.IndexOf("\r\n", StringComparison.Ordinal);
            var expected = (lineEnd < 0 ? text : text[..lineEnd]).Split('|');

            var message = new ControlMessage(payload);
            if (message.TokenCount != expected.Length) return false;
            for (var i = 0; i < expected.Length; i++)
            {
                if (System.Text.Encoding.UTF8.GetString(message.Token(i)) != expected[i]) return false;
                if (System.Text.Encoding.UTF8.GetString(message.TokensFrom(i)) != string.Join('|', expected[i..])) return false;
            }
            return message.HasSip == lineEnd >= 0;
        }, iter: 5_000);
}
