using System.Text;
using CallActors.Sip.Headers;

namespace CallActors.Sip.Tests.Headers;

public sealed class SipListReaderTests
{
    [Theory]
    [InlineData("", new string[0], false)]
    [InlineData("  ", new string[0], false)]
    [InlineData("a", new[] { "a" }, false)]
    [InlineData(" a , b\r\n ,c ", new[] { "a", "b", "c" }, false)]
    [InlineData("a,,b", new[] { "a", "b" }, true)]
    [InlineData(",a", new[] { "a" }, true)]
    [InlineData("a,", new[] { "a" }, true)]
    [InlineData(",", new string[0], true)]
    [InlineData("\"a,\\\",b\" <sip:x@y>, <sip:u,v@w>;p=\",\"", new[] { "\"a,\\\",b\" <sip:x@y>", "<sip:u,v@w>;p=\",\"" }, false)]
    [InlineData("a (b, (c,\\)) d), e", new[] { "a (b, (c,\\)) d)", "e" }, false)]
    [InlineData("sip:(a@b, sip:c)@d", new[] { "sip:(a@b", "sip:c)@d" }, false)]
    [InlineData("a ( b, ( c", new[] { "a ( b", "( c" }, false)]
    [InlineData("\"a, b", new[] { "\"a, b" }, false)]
    [InlineData("<a, b", new[] { "<a, b" }, false)]
    public void Splits_at_the_commas_that_separate(string field, string[] values, bool skipped)
    {
        var reader = new SipListReader(Encoding.UTF8.GetBytes(field));
        var seen = new List<string>();
        while (reader.MoveNext()) seen.Add(Encoding.UTF8.GetString(reader.Current));

        Assert.Equal(values, seen);
        Assert.Equal(skipped, reader.SkippedEmpty);
    }
}
