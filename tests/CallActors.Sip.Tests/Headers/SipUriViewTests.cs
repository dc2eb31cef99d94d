using System.Text;
using CallActors.Sip.Headers;

namespace CallActors.Sip.Tests.Headers;

public sealed class SipUriViewTests
{
    private static ReadOnlySpan<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    [Theory]
    [InlineData("sip:alice@example.com", UriScheme.Sip, "alice", "", "example.com", 0, "", "")]
    [InlineData("sip:example.com", UriScheme.Sip, "", "", "example.com", 0, "", "")]
    [InlineData("SIPS:alice:secret@example.com:5061;transport=tls", UriScheme.Sips, "alice", "secret", "example.com", 5061, ";transport=tls", "")]
    [InlineData("sip:bob@[2001:db8::10]:5070;lr?Subject=x&Priority=urgent", UriScheme.Sip, "bob", "", "2001:db8::10", 5070, ";lr", "Subject=x&Priority=urgent")]
    [InlineData("sip:[2001:db8::10:5070]", UriScheme.Sip, "", "", "2001:db8::10:5070", 0, "", "")]
    [InlineData("sip:[::ffff:192.0.2.1]", UriScheme.Sip, "", "", "::ffff:192.0.2.1", 0, "", "")]
    [InlineData("sip:[2001:db8:::192.0.2.1]", UriScheme.Sip, "", "", "2001:db8:::192.0.2.1", 0, "", "")]
    [InlineData("sip:user;par=u%40example.net@example.com", UriScheme.Sip, "user;par=u%40example.net", "", "example.com", 0, "", "")]
    [InlineData("sip:sips%3Auser%40example.com@example.net", UriScheme.Sip, "sips%3Auser%40example.com", "", "example.net", 0, "", "")]
    [InlineData("sip:null-%00-null@example.com", UriScheme.Sip, "null-%00-null", "", "example.com", 0, "", "")]
    [InlineData("sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com", UriScheme.Sip,
        "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*", "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)", "example.com", 0, "", "")]
    [InlineData("sip:user@example.com?Route=%3Csip:example.com%3E", UriScheme.Sip, "user", "", "example.com", 0, "", "Route=%3Csip:example.com%3E")]
    [InlineData("sip:*67#1234@example.com;;lr;", UriScheme.Sip, "*67#1234", "", "example.com", 0, ";;lr;", "")]
    [InlineData("sip:+1(555)123@host_1.local", UriScheme.Sip, "+1(555)123", "", "host_1.local", 0, "", "")]
    [InlineData("sip:placeholder", UriScheme.Sip, "", "", "placeholder", 0, "", "")]
    [InlineData("tel:+1-201-555-0123;phone-context=x", UriScheme.Tel, "+1-201-555-0123", "", "", 0, ";phone-context=x", "")]
    [InlineData("tel:*21%", UriScheme.Other, null, "", "", 0, "", "")]
    [InlineData("urn:service:sos", UriScheme.Other, "", "", "", 0, "", "")]
    [InlineData("soap.beep://192.0.2.103:3002", UriScheme.Other, "", "", "", 0, "", "")]
    [InlineData("sip:", UriScheme.Other, null, "", "", 0, "", "")]
    [InlineData("sip:@example.com", UriScheme.Other, null, "", "", 0, "", "")]
    [InlineData("sip:a@", UriScheme.Other, null, "", "", 0, "", "")]
    [InlineData("sip:a@b@c", UriScheme.Other, null, "", "", 0, "", "")]
    [InlineData("sip:2001:db8::10", UriScheme.Other, null, "", "", 0, "", "")]
    [InlineData("sip:a@b:65536", UriScheme.Other, null, "", "", 0, "", "")]
    [InlineData("sip:a@b:", UriScheme.Other, null, "", "", 0, "", "")]
    [InlineData("sip:a@b; lr", UriScheme.Other, null, "", "", 0, "", "")]
    [InlineData("sip:a b@c", UriScheme.Other, null, "", "", 0, "", "")]
    [InlineData("sip:a%4@c", UriScheme.Other, null, "", "", 0, "", "")]
    [InlineData("sip:a@c%41", UriScheme.Other, null, "", "", 0, "", "")]
    [InlineData("sip:[2001:db8::10", UriScheme.Other, null, "", "", 0, "", "")]
    [InlineData("sip:[1::2::3]", UriScheme.Other, null, "", "", 0, "", "")]
    [InlineData("<sip:user@example.com>", UriScheme.Other, null, "", "", 0, "", "")]
    [InlineData("name:", UriScheme.Other, null, "", "", 0, "", "")]
    [InlineData("1:2", UriScheme.Other, null, "", "", 0, "", "")]
    [InlineData("", UriScheme.Other, null, "", "", 0, "", "")]
    public void Reads_or_refuses(
        string text, UriScheme scheme, string? user, string password, string host, int port, string parameters, string headers)
    {
        var isUri = SipUriView.TryParse(Bytes(text), out var uri);

        Assert.Equal(user is not null, isUri);
        if (user is null) return;
        Assert.Equal(scheme, uri.Scheme);
        Assert.Equal(scheme == UriScheme.Other ? "" : user, Text(uri.User));
        Assert.Equal(password, Text(uri.Password));
        Assert.Equal(host, Text(uri.Host));
        Assert.Equal(port, uri.Port);
        Assert.Equal(parameters, Text(uri.Parameters.Text));
        Assert.Equal(headers, Text(uri.Headers.Text));
    }

    [Fact]
    public void An_escaped_parameter_name_is_the_name()
    {
        Assert.True(SipUriView.TryParse(Bytes("sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31"), out var uri));

        Assert.True(uri.Lr);
        Assert.True(uri.TryParameter("name"u8, out var value));
        Assert.Equal("v%61lue%25%34%31", Text(value));
    }

    [Theory]
    [InlineData("sip:a@192.0.2.1", true)]
    [InlineData("sip:a@[2001:db8::1]", true)]
    [InlineData("sip:a@192.0.2", false)]
    [InlineData("sip:a@192.0.2.256", false)]
    [InlineData("sip:a@1234", false)]
    [InlineData("sip:a@example.com", false)]
    public void Tells_addresses_from_names(string text, bool isLiteral)
    {
        Assert.True(SipUriView.TryParse(Bytes(text), out var uri));
        Assert.Equal(isLiteral, uri.IsIpLiteral);
    }
}
