using CallActors.Targets;

namespace CallActors.Tests.Targets;

public sealed class CallTargetTests
{
    [Theory]
    [InlineData("example.com", null, "sip:example.com")]
    [InlineData("example.com:5070", null, "sip:example.com:5070")]
    [InlineData("192.0.2.1", null, "sip:192.0.2.1")]
    [InlineData("192.0.2.1:5060", "1234", "sip:1234@192.0.2.1:5060")]
    [InlineData("[2001:db8::1]:5060", "1234", "sip:1234@[2001:db8::1]:5060")]
    [InlineData("pbx", "+49 89", "sip:+49%2089@pbx")]
    [InlineData("my_host-1", "", "sip:my_host-1")]
    [InlineData("bob@example.com", null, "sip:bob@example.com")]
    [InlineData("bob@example.com", "1234", "sip:bob@example.com")]
    [InlineData("bob@example.com;transport=tcp", null, "sip:bob@example.com;transport=tcp")]
    [InlineData("sip:bob@example.com", "1234", "sip:bob@example.com")]
    [InlineData("sips:bob@example.com", null, "sips:bob@example.com")]
    [InlineData("SIP:bob@example.com", null, "SIP:bob@example.com")]
    [InlineData("sip:example.com", "1234", "sip:example.com")]
    [InlineData("tel:+498912", "1234", "tel:+498912")]
    [InlineData("tel:12;phone-context=example.com", null, "tel:12;phone-context=example.com")]
    [InlineData("urn:service:sos", null, "urn:service:sos")]
    [InlineData("  bob@example.com ", null, "sip:bob@example.com")]
    [InlineData("sip:a@p1;lr", null, "sip:a@p1;lr")]
    public void A_target_becomes_a_request_uri(string target, string? number, string uri)
    {
        var parsed = CallTarget.Parse(target, number);
        Assert.Equal(uri, parsed.Uri);
        Assert.Equal(uri.StartsWith("sips", StringComparison.Ordinal), parsed.IsSecure);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("1234")]
    [InlineData("+498912")]
    [InlineData("a b@c")]
    [InlineData("sip:")]
    [InlineData("sip:a@")]
    [InlineData("sip:a@b:99999")]
    [InlineData("http://example.com")]
    [InlineData("<sip:a@b>")]
    [InlineData("tel:")]
    [InlineData("@example.com")]
    [InlineData("sip:Ü@b")]
    [InlineData("sip:a@b\r\nX: y")]
    public void What_is_none_is_refused_with_the_arguments_name(string target)
    {
        Assert.Equal("target", Assert.Throws<ArgumentException>(() => CallTarget.Parse(target)).ParamName);
        Assert.False(CallTarget.TryParse(target, out _));
    }

    [Fact]
    public void Nothing_at_all_is_refused_too()
    {
        Assert.Equal("target", Assert.Throws<ArgumentException>(() => CallTarget.Parse(null!)).ParamName);
        Assert.Contains("number without a host", Assert.Throws<ArgumentException>(() => CallTarget.Parse("1234")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_next_hop_is_read_the_same_way()
    {
        CallTarget target = "bob@example.com";
        Assert.Equal("sip:proxy:5080", (target with { NextHop = "proxy:5080" }).NextHop);
        Assert.Equal("NextHop", Assert.Throws<ArgumentException>(() => target with { NextHop = " " }).ParamName);
        Assert.Null((target with { NextHop = null }).NextHop);
    }

    [Fact]
    public async Task Credentials_are_found_by_realm_and_never_shown()
    {
        var provider = CredentialsProviders.ByRealm(new Dictionary<string, SipCredentials>
        {
            ["a"] = SipCredentials.OfPassword("alice", "secret"),
            ["b"] = SipCredentials.OfHash("bob", "939e7578ed9e3c518a452acee763bce9"),
        });
        var a = await provider(new("a", "INVITE", "sip:x", false), default);
        Assert.Equal(("alice", true), (a!.ToString(), a.ToDigestUser() is not null));
        Assert.Null((await provider(new("b", "INVITE", "sip:x", true), default))!.ToDigestUser());
        Assert.Null(await provider(new("c", "INVITE", "sip:x", false), default));
        Assert.Throws<ArgumentException>(() => SipCredentials.OfHash("bob", "zz"));
    }
}
