using CallActors.Sip.Messages;
using static CallActors.Sip.Tests.Messages.SipText;

namespace CallActors.Sip.Tests.Messages;

/// <summary>Looking things up in a message.</summary>
public sealed class SipMessageTests
{
    private static readonly SipRequest Message = Request(Options(
        "Route: <sip:a;lr>, \"x,\\\"y\" <sip:b?c=d,e>\nroute:\nROUTE : <sip:c>,,\n  <sip:d>\nSubject: a, b\nX-One: 1\nx-one: 2\nk: timer\n"));

    [Fact]
    public void Fields_come_one_by_one_and_values_are_taken_apart()
    {
        Assert.Equal(["<sip:a;lr>, \"x,\\\"y\" <sip:b?c=d,e>", "", "<sip:c>,,\r\n  <sip:d>"], Fields(Message, SipHeaderId.Route));
        Assert.Equal(["<sip:a;lr>", "\"x,\\\"y\" <sip:b?c=d,e>", "<sip:c>", "<sip:d>"], Values(Message, SipHeaderId.Route));
        Assert.Equal(["a, b"], Values(Message, SipHeaderId.Subject));
        Assert.Empty(Values(Message, SipHeaderId.Contact));
        Assert.Equal(3, Message.Count(SipHeaderId.Route));
        Assert.Equal(0, Message.Count(SipHeaderId.Contact));
    }

    [Fact]
    public void Headers_are_found_by_name_in_any_case_and_form()
    {
        Assert.True(Message.TryFind("Supported"u8, out var value) && value.SequenceEqual("timer"u8));
        Assert.True(Message.TryFind("K"u8, out value) && value.SequenceEqual("timer"u8));
        Assert.True(Message.TryFind("X-ONE"u8, out value) && value.SequenceEqual("1"u8));
        Assert.False(Message.TryFind("X-Two"u8, out value));
        Assert.True(value.IsEmpty);
        Assert.False(Message.TryFind(""u8, out _));
        Assert.True(Message.Has(SipHeaderId.Supported));
        Assert.False(Message.Has(SipHeaderId.Require));
        Assert.True(Message.First(SipHeaderId.Require).IsEmpty);
        Assert.Equal("OPTIONS sip:b@example.com SIP/2.0", Message.ToString());
    }

    [Theory]
    [InlineData("X-Remove-Me: v")]
    [InlineData("X-Remove-Me : v")]
    [InlineData("x-remove-me\t:v")]
    [InlineData("X-REMOVE-ME \t : \n v")]
    public void Blanks_before_the_colon_and_folding_hide_no_header(string line)
    {
        Assert.True(Request(Options(line + "\n")).TryFind("X-Remove-Me"u8, out var value));
        Assert.Equal("v", Text(value));
    }

    [Theory]
    [InlineData("v", SipHeaderId.Via)]
    [InlineData("m", SipHeaderId.Contact)]
    [InlineData("o", SipHeaderId.Event)]
    [InlineData("R", SipHeaderId.ReferTo)]
    [InlineData("x", SipHeaderId.SessionExpires)]
    [InlineData("z", SipHeaderId.Unknown)]
    [InlineData("", SipHeaderId.Unknown)]
    [InlineData("!", SipHeaderId.Unknown)]
    [InlineData("content-LENGTH", SipHeaderId.ContentLength)]
    [InlineData("Content-Lengt", SipHeaderId.Unknown)]
    [InlineData("Content_Length", SipHeaderId.Unknown)]
    [InlineData("Proxy-Authentication-Infos", SipHeaderId.Unknown)]
    public void A_name_finds_its_id(string name, SipHeaderId id) => Assert.Equal(id, SipHeaderNames.Find(Bytes(name)));

    [Fact]
    public void Every_header_is_found_by_its_own_name_in_any_case()
    {
        foreach (var id in Enum.GetValues<SipHeaderId>())
        {
            var name = Text(SipHeaderNames.Canonical(id));
            Assert.Equal(id, SipHeaderNames.Find(Bytes(name)));
            Assert.Equal(id, SipHeaderNames.Find(Bytes(name.ToUpperInvariant())));
            Assert.Equal(id, SipHeaderNames.Find(Bytes(name.ToLowerInvariant())));
            Assert.Equal(SipHeaderId.Unknown, SipHeaderNames.Find(Bytes(name + "xx")));
            Assert.False(SipHeaderNames.IsMultiValue(id) && SipHeaderNames.MustBeUnique(id));
        }
    }

    [Fact]
    public void Every_method_is_found_by_its_own_name_only()
    {
        foreach (var method in Enum.GetValues<SipMethod>())
        {
            var name = Text(SipMethods.Name(method));
            Assert.Equal(method, SipMethods.Find(Bytes(name)));
            Assert.Equal(SipMethod.Unknown, SipMethods.Find(Bytes(name.ToLowerInvariant())));
            Assert.Equal(SipMethod.Unknown, SipMethods.Find(Bytes(name + "X")));
        }
    }

    private static List<string> Fields(SipMessage message, SipHeaderId id)
    {
        var values = new List<string>();
        foreach (var value in message.Fields(id)) values.Add(Text(value));
        return values;
    }

    private static List<string> Values(SipMessage message, SipHeaderId id)
    {
        var values = new List<string>();
        foreach (var value in message.Values(id)) values.Add(Text(value));
        return values;
    }
}
